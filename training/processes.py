"""The processes that train one model together (`accelerate launch`), or the one that trains it alone.

Each computes some of a step's micro-batches; their gradients are added up, so that all take the step that one alone
would take. An adapter is small: one sum for each step needs no overlapping and no buckets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.distributed as dist
from accelerate import PartialState


@dataclass(frozen=True, slots=True)
class Processes:
    """`index` of `count`. `device`: where what is sent between them has to be, which for NCCL is a card."""

    index: int = 0
    count: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @classmethod
    def start(cls) -> "Processes":
        """As `accelerate launch` or `torchrun` started this process; alone when neither did."""
        # Without being told, it takes processes without a card for strangers to each other, and each would train alone.
        state = PartialState(cpu=not torch.cuda.is_available())
        return cls(state.process_index, state.num_processes, state.device)

    @staticmethod
    def end() -> None:
        """Take leave of the others. A process that ends without may be aborted for a connection that broke."""
        if dist.is_initialized():
            dist.destroy_process_group()

    @property
    def first(self) -> bool:
        """The one that reports and writes checkpoints."""
        return self.index == 0

    def part(self, costs: Sequence[int]) -> list[int]:
        """Which of some tasks are this one's: the longest first, each to who has the least to do so far."""
        loads = [0] * self.count
        mine = []
        for at in sorted(range(len(costs)), key=lambda one: (-costs[one], one)):
            least = loads.index(min(loads))
            loads[least] += costs[at]
            if least == self.index:
                mine.append(at)
        return sorted(mine)

    def sum(self, values: torch.Tensor) -> torch.Tensor:
        """The sum over all processes, in all of them."""
        if self.count > 1:
            there = values.to(self.device)
            dist.all_reduce(there)
            values.copy_(there)
        return values

    def share(self, value: Any) -> Any:
        """The first one's value, in all of them; the others wait for it."""
        box = [value]
        if self.count > 1:
            dist.broadcast_object_list(box, src=0, device=self.device)
        return box[0]

    def any(self, mine: bool) -> bool:
        """Whether it holds in any process."""
        return bool(self.sum(torch.tensor(int(mine)))) if self.count > 1 else mine

    def sum_gradients(self, weights: Sequence[torch.nn.Parameter]) -> None:
        """Add up every weight's gradient over the processes, in place; one that had nothing to do adds zeros."""
        if self.count == 1:
            return
        for weight in weights:
            if weight.grad is None:
                weight.grad = torch.zeros_like(weight)
        flat = torch.cat([weight.grad.flatten() for weight in weights if weight.grad is not None])
        dist.all_reduce(flat)
        start = 0
        for weight in weights:
            if weight.grad is not None:
                weight.grad.copy_(flat[start : start + weight.numel()].view_as(weight))
                start += weight.numel()
