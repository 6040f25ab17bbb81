"""Everything that touches the world: files, readers, tables, Prefect flows and the command line."""
