"""The tables, and the kinds of value that their columns hold."""
