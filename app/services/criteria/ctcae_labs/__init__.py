"""The CTCAE 5.0 grade of one laboratory result, from its number.

Start at :mod:`grading`; :mod:`rules` reads the cuts from the table, :mod:`intervals` compares a
value with them, :mod:`open_value` is for a number with a comparator, :mod:`lab_grade` the answer.
"""
