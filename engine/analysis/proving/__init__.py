"""Does every possible situation get exactly one verdict? The proof, its errors and warnings, and its certificate."""
