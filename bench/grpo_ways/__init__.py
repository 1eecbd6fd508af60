"""One iteration of GRPO in three ways, each in a process of its own: see `python -m bench.grpo --help`."""
