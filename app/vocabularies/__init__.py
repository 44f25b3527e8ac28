"""The coded words of the trial: each module one coding system, with its published version."""
