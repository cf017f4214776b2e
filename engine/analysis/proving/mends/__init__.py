"""Edits that settle a finding, each tried as it is pasted."""
