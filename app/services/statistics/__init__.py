"""Many subjects in, one estimate out: the trial's statistics, equal to R's to the digit.

NumPy and SciPy are imported inside the functions that need them: a service that only takes in
records never pays for them.
"""
