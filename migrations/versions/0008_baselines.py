"""Baselines, and the errors on each data set.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString()
    op.create_table(
        "baseline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.Column("note", text, nullable=False),
        sa.Column("url", text, nullable=False),
        sa.Column("fair", text, nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("recorded_by", text, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_baseline_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baseline")),
    )
    with op.batch_alter_table("baseline", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_baseline_project_id"), ["project_id"], unique=False)

    op.create_table(
        "error_analysis",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("metric", text, nullable=False),
        sa.Column("scale", text, nullable=False),
        sa.Column("unit", text, nullable=False),
        sa.Column("run", text, nullable=False),
        sa.Column("human", sa.Float(), nullable=True),
        sa.Column("train", sa.Float(), nullable=True),
        sa.Column("validation", sa.Float(), nullable=True),
        sa.Column("train_validation", sa.Float(), nullable=True),
        sa.Column("test_validation", sa.Float(), nullable=True),
        sa.Column("test", sa.Float(), nullable=True),
        sa.Column("note", text, nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("recorded_by", text, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_error_analysis_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_error_analysis")),
    )
    with op.batch_alter_table("error_analysis", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_error_analysis_project_id"), ["project_id"], unique=False)


def downgrade() -> None:
    op.drop_table("error_analysis")
    op.drop_table("baseline")
