"""Facts: the DuckDB store, its archive and ledger, and the editions made from it."""
