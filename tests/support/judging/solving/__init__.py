"""What a general solver says about a policy: z3, which shares nothing with the engine but the file."""
