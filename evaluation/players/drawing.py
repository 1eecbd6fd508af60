"""From scores to the next token: greedy, or sampled in a way that no other conversation of the batch can disturb.

Sampling adds Gumbel noise to the log-probabilities and takes the best (the same as drawing by probability). The noise
of a token is a hash of the draw's key and the token's id: the same on every device, in any company and order.

Either way the outcome is the best of many scores, and rounding, which depends on the company, can only change it when
the two best nearly tie. `Drawn.margin` says how nearly.
"""

import hashlib
from dataclasses import dataclass

import torch

_MIX = (0x85EBCA6B - (1 << 32), 0xC2B2AE35 - (1 << 32))  # of MurmurHash3's 32-bit finalizer
_GOLDEN = 0x9E3779B9 - (1 << 32)
#: A certain token's log-probability rounds to 0 in float32; it is a little less.
_TINY = torch.finfo(torch.float32).tiny


@dataclass(frozen=True, slots=True)
class Sampling:
    """How answers are drawn.

    Temperature 0 is greedy. `top_p` keeps the smallest set of tokens with at least that mass. An answer is cut after
    `max_new_tokens`, unless a grammar bounds it.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    max_new_tokens: int = 192

    def __post_init__(self) -> None:
        if self.temperature < 0 or not 0 < self.top_p <= 1 or self.max_new_tokens < 1:
            raise ValueError(f"{self}: temperature must be ≥ 0, top_p in (0, 1], max_new_tokens ≥ 1")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A token, its log-probability, and by how much its score beat the second best.

    The log-probability is that of the model's distribution at the sampling temperature (1 when greedy), before `top_p`
    or a grammar cuts it: what a trainer recomputes from the logits. It is never 0: that marks tokens nobody drew.
    """

    token: int
    logprob: float
    margin: float


def draw_key(seed: int, turn: int, position: int) -> int:
    """The key of one draw: the position-th token of an episode's turn."""
    digest = hashlib.blake2b(f"{seed}:{turn}:{position}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "little", signed=True)


@torch.inference_mode()
def draw(logits: torch.Tensor, keys: list[int], sampling: Sampling, allowed: torch.Tensor | None = None) -> list[Drawn]:
    """One token for each row of `logits` (float32, (rows, vocabulary)).

    Args:
        keys: of the rows' draws; unused when greedy.
        allowed: bool, (rows, vocabulary): what the rows' grammars allow.
    """
    logprobs = (logits / (sampling.temperature or 1.0)).log_softmax(-1)
    scores = logits if sampling.temperature == 0 else logprobs + _gumbel(keys, logits)
    if allowed is not None:
        scores = scores.masked_fill(~allowed, -torch.inf)
    if sampling.top_p < 1 and sampling.temperature > 0:
        scores = _within_nucleus(scores, logprobs if allowed is None else _renewed(logprobs, allowed), sampling.top_p)
    tokens = scores.argmax(-1, keepdim=True)
    best = scores.topk(2).values
    drawn = torch.cat((logprobs.gather(1, tokens), best[:, :1] - best[:, 1:]), 1).tolist()
    return [
        Drawn(token, min(logprob, -_TINY), margin)
        for token, (logprob, margin) in zip(tokens[:, 0].tolist(), drawn, strict=True)
    ]


def _renewed(logprobs: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    return logprobs.masked_fill(~allowed, -torch.inf).log_softmax(-1)


def _within_nucleus(scores: torch.Tensor, logprobs: torch.Tensor, top_p: float) -> torch.Tensor:
    """The scores without the best ones that lie outside the nucleus, so that the best of the rest lies in it.

    Asking only about the best saves sorting the vocabulary: a token is outside when the likelier ones alone have
    the mass.
    """
    scores, probabilities = scores.clone(), logprobs.exp()
    while True:
        best = scores.argmax(-1, keepdim=True)
        threshold = logprobs.gather(1, best)
        likelier = torch.where(logprobs > threshold, probabilities, 0.0).sum(-1, keepdim=True)
        outside = likelier >= top_p
        if not bool(outside.any()):
            return scores
        scores.scatter_(1, best, torch.where(outside, -torch.inf, scores.gather(1, best)))


def _gumbel(keys: list[int], like: torch.Tensor) -> torch.Tensor:
    """Standard Gumbel noise, (rows, vocabulary)."""
    tokens = torch.arange(like.shape[-1], dtype=torch.int32, device=like.device)
    salt = torch.tensor(keys, dtype=torch.int32, device=like.device)[:, None]
    bits = _mixed(_mixed(tokens * _GOLDEN) ^ salt)
    # 23 bits: with the half, all of them are exact in float32 and none is 1.
    uniform = (bits & 0x7FFFFF).float().add_(0.5).mul_(2.0**-23)
    return uniform.log_().neg_().log_().neg_()


def _mixed(bits: torch.Tensor) -> torch.Tensor:
    """MurmurHash3's finalizer; shifts of int32 are arithmetic, hence the masks."""
    bits = bits ^ (bits >> 16 & 0xFFFF)
    bits *= _MIX[0]
    bits ^= bits >> 13 & 0x7FFFF
    bits *= _MIX[1]
    bits ^= bits >> 16 & 0xFFFF
    return bits
