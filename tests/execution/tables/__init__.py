"""Tables of records, row by row against `decide`."""
