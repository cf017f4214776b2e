"""The policy language: from an author's text to a frozen `Policy`, or to every problem in it."""
