"""Indicators of the material dimension."""
