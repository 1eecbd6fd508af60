"""What may be said from so many cases: intervals, paired tests, agreement, calibration.

Pure functions of NumPy arrays. The case is the unit everywhere: several samples of one case are averaged before
anything here sees them. docs/statistics.md has every formula with its source.

NumPy and SciPy take half a second to load: whoever serves pages imports these modules inside functions. Only
`scipy.special` is used; `scipy.stats`, which takes a second more and 40 MB, is what the tests compare with.
"""
