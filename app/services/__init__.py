"""What the service does: the impure services, and the pure rooms criteria, derivations, statistics."""
