"""The shapes of the figures, for the contract alone: no answer is validated when it is given.

A report is an object that its builder writes. Here stands what its members are, with the results of
rules and statistics in it by their own types; the contract is made of these, and a test holds every
answer to it.
"""
