"""How the work of a step is parted between processes."""

import pytest

pytest.importorskip("torch", reason="needs the extra `models`")

from training.processes import Processes


def parts(costs: list[int], count: int) -> list[list[int]]:
    return [Processes(index=index, count=count).part(costs) for index in range(count)]


def test_alone_a_process_does_everything_in_order() -> None:
    assert parts([3, 1, 2], 1) == [[0, 1, 2]]


def test_the_longest_go_first_to_who_has_the_least_to_do() -> None:
    assert parts([1700, 800, 1700, 800], 2) == [[0, 1], [2, 3]]
    assert parts([5, 9, 4], 2) == [[1], [0, 2]]


def test_everything_is_done_once_whatever_the_number_of_processes() -> None:
    costs = [7, 7, 1, 30, 2, 2, 11]
    for count in (2, 3, 9):
        assert sorted(at for part in parts(costs, count) for at in part) == list(range(len(costs)))
