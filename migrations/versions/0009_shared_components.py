"""Components that a portfolio has once, and the tools that it adds or makes its standard.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString()
    op.create_table(
        "shared_component",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("portfolio_id", sa.Integer(), nullable=False),
        sa.Column("component", text, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("status", text, nullable=False),
        sa.Column("owner", text, nullable=False),
        sa.Column("tool", text, nullable=False),
        sa.Column("cost", sa.Float(), nullable=True),
        sa.Column("cost_per_month", sa.Float(), nullable=True),
        sa.Column("effort", sa.Float(), nullable=True),
        sa.Column("note", text, nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("recorded_by", text, nullable=False),
        sa.ForeignKeyConstraint(
            ["portfolio_id"],
            ["portfolio.id"],
            name=op.f("fk_shared_component_portfolio_id_portfolio"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_component")),
    )
    with op.batch_alter_table("shared_component", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shared_component_portfolio_id"), ["portfolio_id"], unique=False)

    op.create_table(
        "own_tool",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("portfolio_id", sa.Integer(), nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("components", sa.JSON(), nullable=False),
        sa.Column("standard_for", sa.JSON(), nullable=False),
        sa.Column("licence", text, nullable=False),
        sa.Column("note", text, nullable=False),
        sa.Column("url", text, nullable=False),
        sa.Column("as_of", text, nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("recorded_by", text, nullable=False),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolio.id"], name=op.f("fk_own_tool_portfolio_id_portfolio"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_tool")),
    )
    with op.batch_alter_table("own_tool", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_own_tool_portfolio_id"), ["portfolio_id"], unique=False)


def downgrade() -> None:
    op.drop_table("own_tool")
    op.drop_table("shared_component")
