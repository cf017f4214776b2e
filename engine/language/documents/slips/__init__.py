"""Recognition and repair of the slips behind YAML syntax errors: quotes, indentation, brackets, hyphens."""
