"""The rule book: every rule with its source, as a physician can read it and sign it off.

It is made of the docstrings of the rules themselves, so that what is read is what is run.
"""
