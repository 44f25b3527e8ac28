"""One subject in, one analysis value out: rules on plain values, with their dates and reasons."""
