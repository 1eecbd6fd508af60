"""Verbs that write, each in one transaction."""
