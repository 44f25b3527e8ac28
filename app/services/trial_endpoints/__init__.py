"""A trial endpoint as of a data cut: histories -> derivations -> statistics -> report."""
