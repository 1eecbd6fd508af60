"""What a run would take in time, estimated without loading a model: from earlier runs of the same base model where
there are some, else from what such a machine does.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Final

from pydantic import ValidationError

from evaluation.models import RunStatus
from evaluation.play import Play
from exceptions.models import Player
from training.grpo.recipes import GrpoRecipe
from training.machine import Machine
from training.material import RecipeSize, recipe_size, training_traces
from training.memory import ModelSize
from training.models import RecipeKind, TrainingRun
from training.recipe_fields import CPU_MICRO_BATCH_TOKENS
from training.recipes import SftRecipe, read_recipe
from training.traces import Trace

Recipe = SftRecipe | GrpoRecipe
#: Characters of a conversation for each token, markers of turns included. Measured on the catalogue's traces with the
#: tokenizer of SmolLM2: 2.59.
CHARACTERS_PER_TOKEN: Final = 2.6
#: Traces that are counted of a set of generated ones.
_SAMPLE: Final = 60
#: What of a recipe decides how long its traces are and what they share; and what a recipe must have.
_DECISIVE: Final = (
    *("source", "trace_lengths", "case_seed", "families", "twin_share", "wordings", "shuffled_share"),
    *("drills_per_case", "sheets_per_case", "traces_per_step", "micro_batch_tokens"),
)
_NAMELESS: Final[dict[str, str]] = {"name": "sample", "title": "", "words": ""}
#: Tokens a second and core in training, for a model of a billion weights. Measured with SmolLM2-135M in float32 on two
#: cores: 233 tokens a second.
_CORE_SPEED: Final = 233 / 2 * 0.135
#: The same on a data-centre GPU in bfloat16: 4 floating-point operations for each weight and token at 40 % of 300·10¹².
_GPU_SPEED: Final = 30_000.0
#: No GPU feeds a small model faster than this.
_FASTEST: Final = 60_000.0
#: Tokens that an episode costs when it is played, counted as if they were trained on: answers are written one by one.
_EPISODE_TOKENS: Final = 1500
#: Shorter runs tell more of loading a model than of training it.
_FEWEST_STEPS: Final = 10


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run takes. `tokens` are trained on in all passes; `measured_by` is the run that the speed is from."""

    size: RecipeSize
    tokens: int
    speed: float
    training: timedelta
    playing: timedelta
    measured_by: TrainingRun | None

    @property
    def time(self) -> timedelta:
        return self.training + self.playing


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens trained on in a second, seconds that an episode takes to be played, and the run that both are from, with
    its recipe.
    """

    tokens_per_second: float
    seconds_per_episode: float
    measured_by: TrainingRun | None = None
    recipe: SftRecipe | None = None


def known_speed(base: Player) -> Speed | None:
    """Of the newest supervised run of this base model that was trained here to its end. One query."""
    ended = TrainingRun.objects.filter(base=base, kind=RecipeKind.SFT, status=RunStatus.SUCCEEDED, recorded=False)
    run = ended.filter(tokens_per_second__gt=0, done__gte=_FEWEST_STEPS).order_by("-ended_at").first()
    if run is None or not run.tokens_per_second:
        return None
    try:
        recipe = read_recipe(run.config)
    except ValidationError:
        # Of a recipe that has had other fields since.
        return None
    size = recipe_size(recipe)
    trained = _tokens(recipe, size) / run.tokens_per_second
    played = max(_episodes(recipe, size), 1)
    seconds = max(run.worked_seconds - trained, 0.02 * played) / played
    return Speed(run.tokens_per_second, seconds, run, recipe if isinstance(recipe, SftRecipe) else None)


def assumed_speed(machine: Machine, size: ModelSize | None) -> Speed:
    """What such a machine does with a model of such a size (SmolLM2's, when it is not known)."""
    billions = (size.parameters if size else 135e6) / 1e9
    whole = _CORE_SPEED * machine.cores if machine.gpu_memory is None else _GPU_SPEED
    speed = min(whole / billions, _FASTEST)
    return Speed(speed, _EPISODE_TOKENS / speed)


def training_cost(recipe: Recipe, speed: Speed, machine: Machine) -> Cost:
    """Counted tokens over a speed, and episodes over theirs.

    On a CPU, where what traces share is computed once, a recipe whose traces share more gets through more of them.
    """
    size = recipe_size(recipe)
    tokens = _tokens(recipe, size)
    tokens_per_second = speed.tokens_per_second
    if machine.gpu_memory is None:
        tokens_per_second *= _sharing(recipe) / _sharing(speed.recipe)
    return Cost(
        size=size,
        tokens=tokens,
        speed=tokens_per_second,
        training=timedelta(seconds=tokens / tokens_per_second),
        playing=timedelta(seconds=_episodes(recipe, size) * speed.seconds_per_episode),
        measured_by=speed.measured_by,
    )


def _episodes(recipe: Recipe, size: RecipeSize) -> int:
    """Episodes that are played: in evaluations, and in reinforcement to learn from."""
    evaluated = size.evaluations * size.evaluated_cases
    return evaluated + (size.traces * recipe.iterations if isinstance(recipe, GrpoRecipe) else 0)


def _tokens(recipe: Recipe, size: RecipeSize) -> int:
    if isinstance(recipe, GrpoRecipe):
        # An episode that was played has about the length of a trace; each is scored by the reference as well.
        whole = _measured(SftRecipe(trace_lengths=(9,), **_NAMELESS)).tokens_of_a_trace
        return round(size.traces * recipe.iterations * recipe.passes * whole * 1.3)
    return round(size.traces * recipe.epochs * _measured(_sample(recipe)).tokens_of_a_trace)


def _sharing(recipe: Recipe | None) -> float:
    return _measured(_sample(recipe)).sharing if isinstance(recipe, SftRecipe) else 1.0


def _sample(recipe: SftRecipe) -> SftRecipe:
    """A recipe for a few traces of the same kinds, with nothing else in it: one for all that differ in the rest."""
    fields = {name: getattr(recipe, name) for name in _DECISIVE}
    if recipe.source == "generated":
        traces_per_case = 1 + recipe.drills_per_case + recipe.sheets_per_case
        fields["case_count"] = min(recipe.case_count, max(1, _SAMPLE // traces_per_case))
    return SftRecipe(**fields, **_NAMELESS)


@dataclass(frozen=True, slots=True)
class _Measured:
    """`sharing`: tokens of traces for each that is computed where what they have in common is computed once."""

    tokens_of_a_trace: float
    sharing: float


@lru_cache(maxsize=64)
def _measured(sample: SftRecipe) -> _Measured:
    """Counted in characters: as the trainer does, traces are dealt out to steps by case, and those to passes."""
    by_case: dict[str, list[str]] = {}
    for trace in training_traces(sample):
        by_case.setdefault(trace.case.opaque_reference, []).append(_text(trace))
    cases = list(by_case.values())
    random.Random(0).shuffle(cases)
    texts = [text for case in cases for text in case]
    most = (sample.micro_batch_tokens or CPU_MICRO_BATCH_TOKENS) * CHARACTERS_PER_TOKEN
    size = sample.traces_per_step
    computed = sum(_computed(sorted(texts[at : at + size]), most) for at in range(0, len(texts), size))
    whole = sum(map(len, texts))
    return _Measured(whole / len(texts) / CHARACTERS_PER_TOKEN, whole / computed)


def _computed(texts: Sequence[str], most: float) -> int:
    """Characters that are computed for a step's sorted texts, in passes of at most `most`."""
    in_all = in_pass = 0
    before = ""
    for text in texts:
        agreeing = next((at for at, (one, other) in enumerate(zip(before, text, strict=False)) if one != other), None)
        new = len(text) - (min(len(before), len(text)) if agreeing is None else agreeing)
        if in_pass and in_pass + new > most:
            in_pass, new = 0, len(text)
        in_all, in_pass, before = in_all + new, in_pass + new, text
    return in_all


def _text(trace: Trace) -> str:
    """The conversation; a drill's ends where its loss does."""
    messages = Play.begin(trace.case, play_id=trace.case.id, played=trace.answers).conversation.messages
    text = "\n".join(message.content for message in (messages[:-1] if trace.drill else messages))
    return text.partition('", "evidence_references"')[0] if trace.drill else text
