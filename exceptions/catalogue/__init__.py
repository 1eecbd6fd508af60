"""The 22 catalogue cases, kept as one case pack beside this file.

The first twelve are the slice `canonical`, the last ten the slice `hard`. Our own recipes never train on
them: they are the test set.
"""

from pathlib import Path

from exceptions.environment import Case, load_case_pack

CATALOGUE_PATH = Path(__file__).with_name("catalogue.json")


def load_catalogue() -> list[Case]:
    """The 22 cases in catalogue order.

    Raises:
        CasePackError: the pack beside this file was edited and no longer validates.
    """
    return load_case_pack(CATALOGUE_PATH)
