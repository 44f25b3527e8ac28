"""Adverse events of one subject: emergent, graded, in episodes and with what they belong to."""
