"""Day Zero: the centres of a trial exchange its data; the service computes its endpoints."""
