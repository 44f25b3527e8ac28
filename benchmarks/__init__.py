"""Measurements of the service against the bare framework and the bare database, in one run."""
