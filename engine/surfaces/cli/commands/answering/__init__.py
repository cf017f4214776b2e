"""Commands that decide: one situation, or a table of records."""
