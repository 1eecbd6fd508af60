"""Prefix trees: every sequence is read back from them, and nothing that is shared is in them twice."""

from hypothesis import given
from hypothesis import strategies as st

from training.prefix_tree import PrefixTree, tree_batches

SEQUENCES = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=8), min_size=1, max_size=8)


@given(SEQUENCES)
def test_any_sequence_is_read_back_from_the_tree(sequences: list[list[int]]) -> None:
    tree = PrefixTree.of(sequences)

    for sequence, nodes in zip(sequences, tree.nodes, strict=True):
        assert [tree.ids[node] for node in nodes] == sequence
        assert [tree.positions[node] for node in nodes] == list(range(len(sequence)))


@given(SEQUENCES)
def test_each_distinct_beginning_is_there_once(sequences: list[list[int]]) -> None:
    beginnings = {tuple(sequence[:end]) for sequence in sequences for end in range(1, len(sequence) + 1)}

    assert len(PrefixTree.of(sequences).ids) == len(beginnings)


@given(SEQUENCES)
def test_a_branch_reads_what_stands_before_it_in_its_sequences(sequences: list[list[int]]) -> None:
    tree = PrefixTree.of(sequences)

    for nodes in tree.nodes:
        for branch in tree.branches:
            if branch.start in nodes:
                above = [node for start, end in branch.above for node in range(start, end)]
                assert above == nodes[: branch.depth]
                assert nodes[branch.depth] == branch.start


@given(SEQUENCES, st.integers(1, 20))
def test_batches_hold_every_sequence_once_in_order_and_no_more_tokens_than_allowed(
    sequences: list[list[int]], most: int
) -> None:
    batches = tree_batches(sequences, most)

    assert [index for batch in batches for index in batch] == list(range(len(sequences)))
    for batch in batches:
        size = len(PrefixTree.of([sequences[index] for index in batch]).ids)
        assert size <= most or len(batch) == 1
