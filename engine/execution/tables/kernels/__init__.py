"""Kernels that decide whole blocks of rows at once."""
