"""weights of criteria that a portfolio states for itself

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("portfolio", sa.Column("weights", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    stated = op.get_bind().exec_driver_sql("SELECT count(*) FROM portfolio WHERE weights IS NOT NULL").scalar()
    if stated:
        raise RuntimeError(f"{stated} portfolios state weights of their own, which an older version cannot hold")
    op.drop_column("portfolio", "weights")
