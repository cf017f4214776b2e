"""Policies with what they say in every situation, worked out by arithmetic of `decimal` alone."""
