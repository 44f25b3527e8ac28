"""Tokens, keys and who is calling."""
