"""Input of situations: records, cases files, and the format of tables with columns of their own."""
