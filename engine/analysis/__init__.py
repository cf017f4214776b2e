"""Analyses of a policy: proving, deciding, planning, comparing, testing, showing and describing it."""
