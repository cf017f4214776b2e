"""A proved policy at work: one record, a table of records, a database."""
