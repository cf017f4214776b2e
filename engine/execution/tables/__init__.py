"""Tables of records: rows by the hundred thousand."""
