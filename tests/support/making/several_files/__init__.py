"""Policies that lie in several files: libraries, and steps in files of their own."""
