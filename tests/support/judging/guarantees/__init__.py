"""What trying every pair of situations shows of guarantees."""
