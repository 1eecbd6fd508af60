"""Verbs that write: runs, what workers tell of them, data sets, and what comes in and goes out as files."""
