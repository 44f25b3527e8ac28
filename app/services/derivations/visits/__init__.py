"""Visits of one subject: which are planned, and which took place."""
