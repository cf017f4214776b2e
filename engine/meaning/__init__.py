"""What a policy means: the definition, and the exact decision over all of its situations."""
