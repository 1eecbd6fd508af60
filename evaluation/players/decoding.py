"""One answer of a causal language model: compute what is new in the prompt, then one token after another.

Own loop instead of `generate`: it goes on from a kept cache, records log-probabilities, and has no set-up per call.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import torch
from transformers import PreTrainedModel

from evaluation.players.kv_cache import KeptCache

#: Prompts are computed in blocks of this many tokens, which bounds the memory of scores and activations.
_PREFILL_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Sampling:
    """How answers are drawn.

    Temperature 0 is greedy. `top_p` keeps the smallest set of tokens with at least that mass. An answer is cut after
    `max_new_tokens`.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    max_new_tokens: int = 192

    def __post_init__(self) -> None:
        if self.temperature < 0 or not 0 < self.top_p <= 1 or self.max_new_tokens < 1:
            raise ValueError(f"{self}: temperature must be ≥ 0, top_p in (0, 1], max_new_tokens ≥ 1")


@dataclass(slots=True)
class Answer:
    """Sampled ids (the end token included when it was sampled) and the log-probability of each.

    Log-probabilities are those of the distribution at the sampling temperature (1 when greedy), before `top_p` cuts
    it: what a trainer recomputes from the logits.
    """

    ids: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    ended: bool = False


@torch.inference_mode()
def prefill(model: PreTrainedModel, kept: KeptCache, ids: Sequence[int]) -> torch.Tensor:
    """Compute the ids that `kept` lacks, and add them to it. Returns the last logits, float32, (vocabulary,)."""
    new = torch.tensor([ids[len(kept.ids) :]], device=model.device)
    for block in torch.split(new, _PREFILL_BLOCK, dim=1):
        logits = model(input_ids=block, past_key_values=kept.cache, use_cache=True, logits_to_keep=1).logits
    kept.ids = list(ids)
    last: torch.Tensor = logits[0, -1].float()
    return last


@torch.inference_mode()
def answer(
    model: PreTrainedModel,
    kept: KeptCache,
    ids: Sequence[int],
    *,
    sampling: Sampling,
    max_new_tokens: int,
    stop_ids: Collection[int],
    seed: int,
) -> Answer:
    """Answer the prompt `ids`. Afterwards `kept` holds the prompt and all sampled ids but the last."""
    generator = torch.Generator().manual_seed(seed)
    given = Answer()
    logits = prefill(model, kept, ids)
    while True:
        token, logprob = _draw(logits, sampling, generator)
        given.ids.append(token)
        given.logprobs.append(logprob)
        given.ended = token in stop_ids
        if given.ended or len(given.ids) == max_new_tokens:
            return given
        logits = prefill(model, kept, [*kept.ids, token])


def _draw(logits: torch.Tensor, sampling: Sampling, generator: torch.Generator) -> tuple[int, float]:
    if sampling.temperature == 0:
        token = int(logits.argmax())
        return token, float(logits[token] - logits.logsumexp(0))
    # Drawn on the CPU, so that a seed means the same on every device.
    logprobs = (logits.cpu() / sampling.temperature).log_softmax(0)
    probabilities = logprobs.exp()
    if sampling.top_p < 1:
        ranked, order = probabilities.sort(descending=True, stable=True)
        beyond = ranked.cumsum(0) - ranked >= sampling.top_p
        probabilities = probabilities.index_fill(0, order[beyond], 0.0)
    token = int(torch.multinomial(probabilities, 1, generator=generator))
    return token, float(logprobs[token])
