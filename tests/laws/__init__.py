"""What must hold across all of it, whatever is drawn."""
