"""Commands that show a policy."""
