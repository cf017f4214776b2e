"""Chains: policies that build on steps, taken apart."""
