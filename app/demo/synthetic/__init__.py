"""An invented trial of sixty subjects at six centres that a haematologist would find plausible.

It repeats itself by its seed: the same seed gives the same records to the last digit.
"""

from app.demo.synthetic.trial import synthetic_trial

__all__ = ["synthetic_trial"]
