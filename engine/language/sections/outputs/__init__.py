"""Readers for the outputs of rules and the names of those that are collected."""
