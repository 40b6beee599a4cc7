"""What is stated about readiness, ethics and risk.

Revision: 0010, after 0009
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString()
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("rules", text, nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=True),
        sa.Column("item", text, nullable=False),
        sa.Column("value", text, nullable=True),
        sa.Column("evidence", text, nullable=False),
        sa.Column("note", text, nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("recorded_by", text, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_assessment_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_project_id"), ["project_id"], unique=False)


def downgrade() -> None:
    op.drop_table("assessment")
