"""Markers of one subject over time: pharmacodynamics, B cells and immunoglobulins."""
