"""REST for players, evaluation runs and comparisons."""
