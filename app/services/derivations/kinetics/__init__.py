"""CAR-T cells of one subject: profile, parameters and persistence."""
