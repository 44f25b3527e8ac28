"""The commands of ``dayzero``, one module a noun. Errors are sentences."""
