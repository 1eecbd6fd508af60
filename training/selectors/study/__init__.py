"""How did we get here? Every stage from the untrained model on: our runs of it, and what was published.

`stages` says which there are and what was published of each, `sets` which cases a figure is from, `measured` reads the
runs, `pooling` takes those that differ by seed alone together, `claims` holds what was published against them, and
`collapse` reads the episodes that replay the published prompt cut.
"""
