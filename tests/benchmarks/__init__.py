"""Speed, as ratios to other ways."""
