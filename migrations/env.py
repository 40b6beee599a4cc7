"""Run by Alembic with the connection that planner.store.migrations opened; there is no ini file."""

from alembic import context

from planner.store.migrations import own_object
from planner.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
    include_object=own_object,
)
context.run_migrations()
