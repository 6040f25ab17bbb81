"""Tables: their schemas, the store that publishes them as Parquet snapshots, currency rates and `datapackage.json`."""
