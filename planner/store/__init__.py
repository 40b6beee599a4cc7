"""All SQL. Rows never leave this package: functions take a connection and return domain objects."""
