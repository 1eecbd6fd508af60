"""Runs that differ by seed alone, taken together: the case stays the unit, each run a sample of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from evaluation.models import EvaluationRun
from training.models import TrainingRun
from training.recipes import RECIPES
from training.selectors.evaluated import estimates_of
from training.selectors.study.sets import StudySet
from training.selectors.study.stages import UNTRAINED

if TYPE_CHECKING:
    from evaluation.statistics.intervals import Estimate

#: Settings that neither change what is learned nor how it is measured: runs that differ in them alone are alike.
NOT_A_VARIANT: Final = frozenset(
    {
        *("name", "kind", "title", "words", "published", "seed"),
        *("checkpoint_every", "micro_batch_tokens", "gradient_checkpointing"),
    }
)
#: The figures of every case, by the id of its version.
ByCase = Mapping[UUID, Mapping[str, float]]
Preference = tuple[bool, bool, int, tuple[datetime, UUID]]


@dataclass(frozen=True, slots=True)
class Reading:
    """One run on one set of cases: the model that came of it, or what it started from (stage `untrained`).

    `source` is an evaluation run where the untrained model was played by itself.
    """

    source: TrainingRun | EvaluationRun
    stage: str
    epoch: int
    of_set: StudySet
    evaluation_id: UUID
    cases: ByCase
    #: Answers were written on a worksheet.
    worksheet: bool
    #: Equal for runs that differ by seed alone.
    variant: str
    figures: "Mapping[str, Estimate]" = field(default_factory=dict)

    @property
    def run(self) -> TrainingRun | None:
        return self.source if isinstance(self.source, TrainingRun) else None

    @property
    def seed(self) -> int:
        return self.source.seed if isinstance(self.source, TrainingRun) else int(self.source.settings.get("seed", 0))


@dataclass(frozen=True, slots=True)
class Pool:
    """The runs of a stage that differ by seed alone, on one set. `figures` are over cases, each averaged over runs.

    `changed` are the settings that are not the recipe's; `on_line`: the time line goes through it, for its model plays
    in the lane, or else it is the recipe as it stands, or else has the most runs, or else the newest.
    """

    stage: str
    of_set: StudySet
    readings: Sequence[Reading]
    cases: ByCase
    figures: "Mapping[str, Estimate]"
    changed: Sequence[str]
    on_line: bool

    def spread(self, metric: str) -> tuple[float, float] | None:
        """The least and the greatest mean of a run; None for a single run."""
        values = [one.figures[metric].value for one in self.readings]
        return (min(values), max(values)) if len(values) > 1 else None


def pooled(readings: Sequence[Reading], in_lane: Collection[UUID] = ()) -> list[Pool]:
    """Every stage on every set, in the order of readings. `in_lane`: the runs whose model plays in the lane."""
    groups: dict[tuple[str, StudySet, str], list[Reading]] = {}
    for one in readings:
        groups.setdefault((one.stage, one.of_set, one.variant), []).append(one)
    cases = {key: _averaged(group) for key, group in groups.items()}
    figures = estimates_of({key: cases[key] for key, group in groups.items() if len(group) > 1})
    changed = {key: _changed(group[0]) for key, group in groups.items()}

    def rank(key: tuple[str, StudySet, str]) -> Preference:
        return preference(key[0], groups[key], changed[key], in_lane)

    lines: dict[tuple[str, StudySet], tuple[str, StudySet, str]] = {}
    for key in groups:
        place = key[:2]
        if place not in lines or rank(key) > rank(lines[place]):
            lines[place] = key
    return [
        Pool(
            stage=key[0],
            of_set=key[1],
            readings=group,
            cases=cases[key],
            figures=figures.get(key, group[0].figures),
            changed=changed[key],
            on_line=lines[key[:2]] == key,
        )
        for key, group in groups.items()
    ]


def preference(
    stage: str, readings: Sequence[Reading], changed: Sequence[str], in_lane: Collection[UUID]
) -> Preference:
    """Of runs with the same settings: those whose model plays in the lane come first, then the recipe as it stands,
    then settings with many runs, then new ones.
    """
    runs = {one.source.pk: one.source for one in readings}
    plays = stage != UNTRAINED and any(key in in_lane for key in runs)
    return plays, not changed, len(runs), max((run.created_at, run.pk) for run in runs.values())


def _averaged(group: Sequence[Reading]) -> ByCase:
    """Every case with the mean of its figures over the runs, which all played the same cases."""
    if len(group) == 1:
        return group[0].cases
    return {
        version: {name: sum(float(one.cases[version][name]) for one in group) / len(group) for name in first}
        for version, first in group[0].cases.items()
    }


def _changed(reading: Reading) -> list[str]:
    return [] if reading.run is None or reading.stage == UNTRAINED else changed_settings(reading.run)


def changed_settings(run: TrainingRun) -> list[str]:
    """The names of the settings that differ from the recipe as it stands now."""
    recipe = RECIPES.get(run.recipe)
    if recipe is None:
        return []
    settings = variant_settings(run)
    own: dict[str, Any] = recipe.model_dump(mode="json")
    return [name for name, value in own.items() if name not in NOT_A_VARIANT and settings.get(name) != value]


def variant_settings(run: TrainingRun) -> dict[str, Any]:
    """Of a run, those that make a variant; what it does not name is as it was before there was such a setting."""
    fields = type(RECIPES[run.recipe]).model_fields if run.recipe in RECIPES else {}
    before = {name: field.default for name, field in fields.items() if not field.is_required()}
    return {name: value for name, value in (before | run.config).items() if name not in NOT_A_VARIANT}
