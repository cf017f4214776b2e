"""Tables in memory or in a database, with their verdicts beside them."""
