"""Judges what two versions of a policy say."""
