"""The response of one subject: its evaluations, what confirms them, and what they come to."""
