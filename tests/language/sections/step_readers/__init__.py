"""Steps of policies."""
