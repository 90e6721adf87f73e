"""Indicators of the perspective dimension."""
