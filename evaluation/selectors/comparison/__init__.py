"""Who is better, and can it be said: the figures of the comparison page, of its downloads and of REST.

`choice` is what was asked for, `entrants` who can be compared, `plays` what they did, case by case, `figures` what
follows from it. The statistics are in `evaluation.statistics`; `exceptions.selectors.visibility` guards the answers.
"""
