"""What several sequences have in common, once: samples of a case share their prompt, and often much of what follows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from evaluation.players.kv_cache import shared_prefix


@dataclass(frozen=True, slots=True)
class Branch:
    """Neighbouring tokens that the same sequences share.

    They stand at `start`…`end` of the tree and read, besides each what is left of it here, the tokens `above`: the
    (start, end) of every branch on the way from the root, in order.
    """

    start: int
    end: int
    above: tuple[tuple[int, int], ...]

    @property
    def depth(self) -> int:
        """Position of its first token in the sequences."""
        return sum(end - start for start, end in self.above)


@dataclass(slots=True)
class PrefixTree:
    """Sequences of ids as a tree: `ids` with their `positions`, every beginning that is shared there once.

    `nodes[s][p]` is where the p-th id of sequence s stands among them.
    """

    ids: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)
    nodes: list[list[int]] = field(default_factory=list)

    @classmethod
    def of(cls, sequences: Sequence[Sequence[int]]) -> "PrefixTree":
        """The tree of some sequences, none of them empty."""
        tree = cls(nodes=[[] for _ in sequences])
        tree._grow(sequences, sorted(range(len(sequences)), key=lambda at: tuple(sequences[at])), ())
        return tree

    def _grow(self, sequences: Sequence[Sequence[int]], some: list[int], above: tuple[tuple[int, int], ...]) -> None:
        """Add what lies below `above` of some sequences, which are sorted and agree on everything above."""
        first, last = sequences[some[0]], sequences[some[-1]]
        depth = len(self.nodes[some[0]])
        # Sorted: what the first and the last share, all share.
        common = shared_prefix(first, last)
        if common > depth:
            branch = Branch(len(self.ids), len(self.ids) + common - depth, above)
            self.branches.append(branch)
            self.ids += first[depth:common]
            self.positions += range(depth, common)
            for one in some:
                self.nodes[one] += range(branch.start, branch.end)
            above = (*above, (branch.start, branch.end))
        longer = [one for one in some if len(sequences[one]) > common]
        for _next_id, same in groupby(longer, key=lambda one: sequences[one][common]):
            self._grow(sequences, list(same), above)


def tree_batches(sequences: Sequence[Sequence[int]], most_tokens: int) -> list[list[int]]:
    """Neighbouring sequences in groups whose trees have at most `most_tokens`; one too long stands alone.

    Returns:
        Indices, in order.
    """
    groups: list[list[int]] = []
    size = 0
    for index, ids in enumerate(sequences):
        known = max((shared_prefix(sequences[other], ids) for other in groups[-1]), default=0) if groups else 0
        if groups and size + len(ids) - known <= most_tokens:
            groups[-1].append(index)
            size += len(ids) - known
        else:
            groups.append([index])
            size = len(ids)
    return groups
