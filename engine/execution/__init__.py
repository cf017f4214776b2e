"""Execution of proved policies: on single records, on tables of records, and as SQL in databases."""
