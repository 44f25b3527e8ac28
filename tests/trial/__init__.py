"""What the trial file says, and what follows from it."""
