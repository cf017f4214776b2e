"""The policy language: reads an author's text into a frozen `Policy`, or reports every problem in it."""
