"""One column of a table as the answers to one field."""
