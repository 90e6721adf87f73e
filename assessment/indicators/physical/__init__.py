"""Indicators of the physical dimension."""
