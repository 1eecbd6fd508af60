"""Attention block by block is attention."""

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from training.blocked_attention import blocked_attention


@pytest.mark.parametrize("before", [0, 37])
@pytest.mark.parametrize("tokens", [1, 64, 150])
@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
def test_values_and_gradients_are_those_of_masked_attention(tokens: int, before: int, dtype: str) -> None:
    drawn = torch.Generator().manual_seed(tokens)
    kind = getattr(torch, dtype)
    query = torch.randn(1, tokens, 6, 16, generator=drawn).to(kind).transpose(1, 2).requires_grad_()
    key, value = (
        torch.randn(1, before + tokens, 2, 16, generator=drawn).to(kind).transpose(1, 2).requires_grad_()
        for _ in range(2)
    )
    direction = torch.randn(1, 6, tokens, 16, generator=drawn).double()
    exact = tuple(one.detach().double().requires_grad_() for one in (query, key, value))
    mask = torch.ones(tokens, before + tokens, dtype=torch.bool).tril(before)
    expected = scaled_dot_product_attention(exact[0], exact[1], exact[2], attn_mask=mask, scale=0.3, enable_gqa=True)
    wanted = torch.autograd.grad((expected * direction).sum(), exact)

    found = blocked_attention(query, key, value, 0.3)
    gradients = torch.autograd.grad((found.double() * direction).sum(), (query, key, value))

    # Sums over blocks are float32 in either case.
    allowed = 1e-6 if dtype == "float64" else 0.02
    for one, other in zip((found.detach(), *gradients), (expected.detach(), *wanted), strict=True):
        assert one.dtype == kind
        assert float((one.double() - other).norm()) <= allowed * float(other.norm()) + 1e-9
