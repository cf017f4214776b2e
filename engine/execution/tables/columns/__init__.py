"""Reading the columns of a table as answers to fields."""
