"""Certificates: right ones, altered ones, forged ones."""
