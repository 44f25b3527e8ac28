"""Builds subjects: as histories that the rules read, and as bodies that a centre sends."""
