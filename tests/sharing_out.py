"""How the processes of a parallel run (`make test`) share the tests out among themselves."""

from typing import Final

import pytest
from xdist.scheduler import LoadScopeScheduling

#: Tests below these share servers that take long to start, so one process runs all of each.
TOGETHER: Final = ("tests/browser/", "tests/faults/", "tests/openenv/")


class SharingOut(LoadScopeScheduling):
    """A process gets a file, or one of these folders, in the order in which the tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """What a test is run together with: its file, or a folder of `TOGETHER`."""
    file = nodeid.split("::", 1)[0]
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def longest_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """The tests with those first whose group takes long, so that no process ends long after the others.

    Tests that take long say so by a time-out of their own; otherwise the number of tests tells.
    """
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        groups.setdefault(group_of(item.nodeid), []).append(item)
    return [item for group in sorted(groups.values(), key=_patience, reverse=True) for item in group]


def _patience(group: list[pytest.Item]) -> tuple[float, int]:
    allowed = [marker.args[0] for item in group if (marker := item.get_closest_marker("timeout"))]
    return max(allowed, default=0.0), len(group)
