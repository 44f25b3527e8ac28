"""A report of the trial for people: one document of figures, for a page, for paper, for a terminal.

The figures are those of the public API. What is shown of them, in which order and to how many
places, is decided here once for every form.
"""
