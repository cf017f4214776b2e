"""What stands behind an error of a YAML parser: quotes, indentation, brackets, and the line as it should read."""
