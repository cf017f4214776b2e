"""How long it takes to prove and to follow several decisions that build on each other."""
