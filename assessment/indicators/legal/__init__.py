"""Indicators of the legal dimension."""
