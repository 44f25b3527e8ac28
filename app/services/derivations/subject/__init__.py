"""One subject, whole: everything that is derived of its history."""
