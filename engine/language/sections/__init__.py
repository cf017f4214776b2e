"""Nodes to `Policy`, section by section, with every problem noted on the way."""
