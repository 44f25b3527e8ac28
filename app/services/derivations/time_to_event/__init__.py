"""Times to an event of one subject: what ends them, what censors them, and when."""
