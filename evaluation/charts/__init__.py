"""Figures as plotly.js draws them, and the tables behind them, which are also what is downloaded and read aloud.

A figure is a plain dictionary of Plotly's schema, without a colour in it: every trace says in `meta` whose it is, and
the page colours it for its theme. Axis ranges are fixed: a chart looks the same whoever is in it.
"""
