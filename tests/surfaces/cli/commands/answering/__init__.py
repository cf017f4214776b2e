"""Commands that decide, ask and explain."""
