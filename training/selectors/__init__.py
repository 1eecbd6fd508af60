"""Reads that more than one caller needs: pages, REST and commands."""
