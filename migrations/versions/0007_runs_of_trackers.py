"""Runs of trackers: how they ended, where they come from, how sure their values are; which of them is in production.

Revision: 0007, after 0006
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString()
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("status", text, nullable=False, server_default="finished"))
        batch_op.add_column(sa.Column("source", text, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("source_id", text, nullable=True))
        batch_op.add_column(sa.Column("uncertainty", sa.JSON(none_as_null=True), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_run_project_id_source_source_id"), ["project_id", "source", "source_id"]
        )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.alter_column("status", existing_type=text, existing_nullable=False, server_default=None)
        batch_op.alter_column("source", existing_type=text, existing_nullable=False, server_default=None)

    op.create_table(
        "promotion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("note", text, nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("recorded_by", text, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_promotion_project_id_project"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_promotion_run_id_run"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
    )
    with op.batch_alter_table("promotion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promotion_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_promotion_run_id"), ["run_id"], unique=False)


def downgrade() -> None:
    # An older version judges every run, so those that never finished would count.
    unfinished = op.get_bind().exec_driver_sql("SELECT count(*) FROM run WHERE status <> 'finished'").scalar()
    if unfinished:
        raise RuntimeError(f"{unfinished} runs did not finish, which an older version cannot say of them")
    op.drop_table("promotion")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_run_project_id_source_source_id"), type_="unique")
        batch_op.drop_column("uncertainty")
        batch_op.drop_column("source_id")
        batch_op.drop_column("source")
        batch_op.drop_column("status")
