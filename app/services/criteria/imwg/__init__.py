"""The IMWG 2016 response criteria: one disease evaluation in, one category out.

Start at :mod:`classify` for the algorithm, :mod:`progression` and :mod:`response_levels` for the
thresholds, :mod:`complete_response` for CR and sCR, :mod:`mrd` for residual disease.
"""
