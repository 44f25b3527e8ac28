"""One observation in, one category out: rules a clinician can check, on plain values."""
