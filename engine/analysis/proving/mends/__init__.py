"""Proved mends: edits that settle a finding, each tried exactly as it would be pasted."""
