"""Large policies and tables, made up from a seed."""
