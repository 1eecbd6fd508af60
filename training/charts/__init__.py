"""Curves of training runs as plotly.js draws them: plain dictionaries, without a colour in them.

`lines` makes one figure, `smoothing` and `ranges` what it needs, `of_run` says which charts a run has. Axes hold still:
their ends are round numbers around all that was measured so far, so that a new point hardly ever moves them.
"""
