"""What derived numbers and facts are made of."""
