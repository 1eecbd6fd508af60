"""Cases written by hand to judge a model with while the machine-made material it learns from is being improved.

Generated cases can be learnt by their wording. These were written one by one, two for each mechanism of
the catalogue, in other words than the generator's and the catalogue's, so that a model that does well on them has read.
"""

from pathlib import Path

from exceptions.environment import Case, load_case_pack

HANDWRITTEN_PATH = Path(__file__).with_name("handwritten.json")


def load_handwritten() -> list[Case]:
    """The 44 hand-written cases, `hand-<mechanism>-1` and `-2`, in the order of the catalogue's mechanisms.

    They are the development set: models, checkpoints and versions of the generator are selected by them. They are
    never trained on, and they are never the final test, which is the catalogue: what is selected by a set is no longer
    measured by it.

    Raises:
        CasePackError: the pack beside this file was edited and no longer validates.
    """
    return load_case_pack(HANDWRITTEN_PATH)
