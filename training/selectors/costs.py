"""What a run would take in time, estimated without loading a model: from earlier runs of the same base model where
there are some, else from what such a machine does.
"""

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
from training.recipes import SftRecipe, read_recipe
from training.traces import Trace

Recipe = SftRecipe | GrpoRecipe
#: Characters of a conversation for each token, markers of turns included. Measured on the catalogue's traces with the
#: tokenizer of SmolLM2: 2.59.
CHARACTERS_PER_TOKEN: Final = 2.6
#: Traces that are counted of a set of generated ones.
_SAMPLE: Final = 24
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
    """Tokens trained on in a second, seconds that an episode takes to be played, and the run that both are from."""

    tokens_per_second: float
    seconds_per_episode: float
    measured_by: TrainingRun | None


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
    return Speed(run.tokens_per_second, max(run.worked_seconds - trained, 0.02 * played) / played, run)


def assumed_speed(machine: Machine, size: ModelSize | None) -> Speed:
    """What such a machine does with a model of such a size (SmolLM2's, when it is not known)."""
    billions = (size.parameters if size else 135e6) / 1e9
    whole = _CORE_SPEED * machine.cores if machine.gpu_memory is None else _GPU_SPEED
    speed = min(whole / billions, _FASTEST)
    return Speed(speed, _EPISODE_TOKENS / speed, None)


def training_cost(recipe: Recipe, speed: Speed) -> Cost:
    """Counted tokens over a speed, and episodes over theirs."""
    size = recipe_size(recipe)
    tokens = _tokens(recipe, size)
    return Cost(
        size=size,
        tokens=tokens,
        speed=speed.tokens_per_second,
        training=timedelta(seconds=tokens / speed.tokens_per_second),
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
        return round(size.traces * recipe.iterations * recipe.passes * _trace_tokens("catalogue", (9,), None, 0) * 1.3)
    drills = recipe.drills if recipe.source == "generated" else 0
    of_which = (recipe.source, recipe.trace_lengths, recipe.families, recipe.case_seed)
    whole = (size.traces - drills) * _trace_tokens(*of_which)
    return round(recipe.epochs * (whole + (drills * _trace_tokens(*of_which, drill=True) if drills else 0)))


@lru_cache(maxsize=64)
def _trace_tokens(
    source: str, lengths: tuple[int, ...], families: tuple[str, ...] | None, seed: int, drill: bool = False
) -> float:
    """The mean length of such traces, in tokens."""
    sample = SftRecipe(
        name="sample",
        title="",
        words="",
        source="catalogue" if source == "catalogue" else "generated",
        trace_lengths=lengths,
        families=families,
        case_seed=seed,
        case_count=_SAMPLE,
        drills=_SAMPLE if drill else 0,
    )
    counted = [_characters(trace) for trace in training_traces(sample) if trace.drill == drill]
    return sum(counted) / len(counted) / CHARACTERS_PER_TOKEN


def _characters(trace: Trace) -> int:
    messages = Play.begin(trace.case, play_id=trace.case.id, played=trace.answers).conversation.messages
    return sum(len(message.content) for message in messages)
