"""Measurements. `make bench` runs all that need nothing but the product; figures are ratios measured in one run."""
