"""The decision tree and the integers below it."""
