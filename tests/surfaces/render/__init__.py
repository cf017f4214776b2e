"""Results as tables, reports and pictures."""
