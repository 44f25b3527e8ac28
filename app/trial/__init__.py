"""What this trial's protocol says: the trial file and its typed form."""
