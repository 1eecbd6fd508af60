"""The ways that `bench.sft` compares, each run as a process of its own."""
