"""Adding verdicts to data frames, Arrow tables, DuckDB relations and Spark data frames."""
