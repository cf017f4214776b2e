"""The commands of `verdict`, by what they are for."""
