"""Files from outside: tables, import mappings, portfolio documents. Bytes in, domain objects or a clear error out."""
