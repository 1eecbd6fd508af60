"""A linear layer with a LoRA adapter as one step of the autograd graph, in the numbers of the base weights.

Peft computes the adapter in float32 beside the layer, each product a node that keeps a copy of its input; with bfloat16
base weights much of a step goes into that. Here the adapter's thin products run in the type of the base weights and are
added up inside the large one; the layer's input and the adapter's inner values are all that is kept. The adapter's own
weights and their gradients stay float32. W + s·B·A is never formed: rounded to bfloat16 it would lose most of what an
optimizer step changes, and the thin products cost next to nothing.

Imported only where torch is wanted.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from peft.tuners.lora.layer import Linear as LoraLinear
from torch.autograd.function import once_differentiable
from transformers import PreTrainedModel

#: float16 is not among them: gradients of an adapter are too small for its range.
_TYPES = (torch.float32, torch.bfloat16)


@contextmanager
def fused_lora(model: PreTrainedModel) -> Iterator[None]:
    """LoRA layers are computed in one step where that gives what peft gives; elsewhere peft goes on computing them.

    To be left before an optimizer step changes the adapter.
    """
    fused = [layer for layer in model.modules() if _plain(layer)]
    for layer in fused:
        layer.forward = _Fused(layer, layer.forward)
    try:
        yield
    finally:
        for layer in fused:
            del layer.forward


def _plain(layer: torch.nn.Module) -> bool:
    """Whether it is y = x·Wᵀ + s·x·Aᵀ·Bᵀ, with one adapter and without anything in between."""
    if type(layer) is not LoraLinear or "forward" in vars(layer):
        return False
    base, names = layer.get_base_layer(), list(layer.active_adapters)
    if len(names) != 1 or names[0] not in layer.lora_A or layer.lora_variant or layer.fan_in_fan_out:
        return False
    return (
        type(base) is torch.nn.Linear
        and base.weight.dtype in _TYPES
        and not any(weight.requires_grad for weight in base.parameters())
        and not layer.lora_bias[names[0]]
    )


class _Fused:
    """The forward of one LoRA layer. What it needs of the adapter is cast once, not for every transcript."""

    def __init__(self, layer: Any, peft: Callable[..., torch.Tensor]) -> None:
        self._layer, self._peft = layer, peft
        (self._name,) = layer.active_adapters
        self._weights: tuple[torch.nn.Parameter, torch.nn.Parameter] = (
            layer.lora_A[self._name].weight,
            layer.lora_B[self._name].weight,
        )
        self._versions: tuple[int, ...] = ()
        self._cast: tuple[torch.Tensor, torch.Tensor] = self._weights

    def __call__(self, x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        layer, base = self._layer, self._layer.get_base_layer()
        dropout = layer.lora_dropout[self._name]
        drops = dropout.training and getattr(dropout, "p", 0.0) > 0
        if args or kwargs or layer.disable_adapters or layer.merged or drops or x.dtype != base.weight.dtype:
            return self._peft(x, *args, **kwargs)
        scaling: float = layer.scaling[self._name]
        y: torch.Tensor = _LoraProduct.apply(  # type: ignore[no-untyped-call]  # torch leaves it untyped
            x, base.weight, base.bias, *self._weights, *self._in_base_type(base.weight.dtype, scaling), scaling
        )
        return y

    def _in_base_type(self, dtype: torch.dtype, scaling: float) -> tuple[torch.Tensor, torch.Tensor]:
        """A and s·B, cast anew only when they have been changed."""
        versions = tuple(weight._version for weight in self._weights)
        if versions != self._versions:
            down, up = (weight.detach() for weight in self._weights)
            self._cast, self._versions = (down.to(dtype), (up * scaling).to(dtype)), versions
        return self._cast


class _LoraProduct(torch.autograd.Function):
    """y = x·Wᵀ + b + (x·Aᵀ)·(s·B)ᵀ for x of (…, inputs); gradients of x, A and B."""

    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        _a: torch.Tensor,
        _b: torch.Tensor,
        down: torch.Tensor,
        up: torch.Tensor,
        scaling: float,
    ) -> torch.Tensor:
        """`down` and `up` are A and s·B in the type of x and the weight; `_a` and `_b` receive the gradients."""
        rows = x.reshape(-1, x.shape[-1])
        inner = rows @ down.t()
        y = torch.nn.functional.linear(rows, weight, bias).addmm_(inner, up.t())
        ctx.save_for_backward(rows, weight, down, up, inner)
        ctx.scaling = scaling
        return y.view(*x.shape[:-1], -1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dy: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        rows, weight, down, up, inner = ctx.saved_tensors
        dx_wanted, _, _, da_wanted, db_wanted, *_ = ctx.needs_input_grad
        shape = dy.shape[:-1]
        dy = dy.reshape(-1, dy.shape[-1])
        dx = da = db = None
        if dx_wanted or da_wanted:
            outer = dy @ up
            if dx_wanted:
                dx = (dy @ weight).addmm_(outer, down).view(*shape, -1)
            if da_wanted:
                da = (outer.t() @ rows).float()
        if db_wanted:
            db = (dy.t() @ inner).float().mul_(ctx.scaling)
        return dx, None, None, da, db, None, None, None
