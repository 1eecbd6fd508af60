"""The table of stages: what was published of each, every run with its figures, and how to make one that is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from evaluation.charts.chart import Table, Value
from evaluation.published import Published
from training.charts.of_study import Measure, ends
from training.forms.run import field_label
from training.selectors.study.measured import Study
from training.selectors.study.pooling import Pool, Preference, Reading, preference
from training.selectors.study.stages import STAGES, UNTRAINED, Stage

if TYPE_CHECKING:
    from evaluation.statistics.intervals import Estimate

_EVALUATE: Final = "evaluate smollm2-135m-instruct --cases catalogue --demonstration --wait"
#: What plays the same model as published, and in our rendering.
COLLAPSE_COMMANDS: Final = (
    f'make manage ARGS="{_EVALUATE} --rendering cumulative --prompt-policy cut_right --prompt-budget 2048"',
    f'make manage ARGS="{_EVALUATE}"',
)


@dataclass(frozen=True, slots=True)
class StageRow:
    """A run on a set of cases, or the mean of several (`reading` is None).

    `changed`: the settings that are not the recipe's, in the first row of those runs.
    """

    pool: Pool
    reading: Reading | None
    cases: str
    estimates: "Sequence[Estimate]"
    changed: str = ""

    @property
    def epoch(self) -> str:
        """What the run is evaluated at, in words; nothing where a cut-off run names no epoch."""
        if self.reading is None or self.reading.run is None or not self.reading.epoch:
            return ""
        return f"{'iteration' if self.reading.run.kind == 'grpo' else 'epoch'} {self.reading.epoch}"

    @property
    def spread(self) -> tuple[float, float] | None:
        """Least and greatest mean score by seed-1 of a run."""
        return self.pool.spread("eval/score")

    @property
    def untrained(self) -> bool:
        return self.pool.stage == UNTRAINED


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """A published value with its cells: the figures that were published, None for the others."""

    published: Published
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class StageBlock:
    """A stage with all its rows; `rows` is empty where nothing was measured.

    `trials`: the runs with other settings than those in `rows`.
    """

    stage: Stage
    rows: Sequence[StageRow]
    trials: Sequence[StageRow]
    published: Sequence[PublishedRow]


def stage_blocks(study: Study, measures: Sequence[Measure]) -> list[StageBlock]:
    """Every stage, in order."""
    return [_block(study, stage, measures) for stage in STAGES]


def _block(study: Study, stage: Stage, measures: Sequence[Measure]) -> StageBlock:
    variants: dict[str, list[Pool]] = {}
    for pool in study.pools:
        if pool.stage == stage.name:
            variants.setdefault(pool.readings[0].variant, []).append(pool)

    def rank(pools: Sequence[Pool]) -> Preference:
        readings = [one for pool in pools for one in pool.readings]
        return preference(stage.name, readings, pools[0].changed, study.in_lane)

    ranked = sorted(variants.values(), key=rank, reverse=True)
    # The untrained model is the same in all of them, but for the form of its answers.
    first = len(ranked) if stage.name == UNTRAINED else 1
    return StageBlock(
        stage,
        list(_rows(study, stage.name, ranked[:first], measures)),
        list(_rows(study, stage.name, ranked[first:], measures)),
        [PublishedRow(one, [measure.published(one) for measure in measures]) for one in stage.published],
    )


def _rows(
    study: Study, stage: str, variants: Sequence[Sequence[Pool]], measures: Sequence[Measure]
) -> Iterator[StageRow]:
    """Runs that differ by seed alone together, set by set, with their mean below them."""
    for pools in variants:
        changed = ", ".join(field_label(name).lower() for name in pools[0].changed)
        for pool in sorted(pools, key=lambda pool: pool.of_set):
            words, count = study.sets[pool.of_set], len(pool.readings)
            # The untrained model is one, in however many runs it was played: a row for each would say the same.
            for one in pool.readings if stage != UNTRAINED or count == 1 else ():
                yield StageRow(pool, one, words, [one.figures[each.metric] for each in measures], changed)
                changed = ""
            if count > 1:
                yield StageRow(pool, None, words, [pool.figures[each.metric] for each in measures])


def stages_table(study: Study, measures: Sequence[Measure]) -> Table:
    """Everything measured and published, a row for each run and set of cases."""
    rows: list[tuple[Value, ...]] = []
    for stage in STAGES:
        for pool in (one for one in study.pools if one.stage == stage.name):
            words = study.sets[pool.of_set]
            for one in pool.readings:
                about: tuple[Value, ...] = (stage.name, "a run here", one.source.name, str(one.source.pk))
                about += (one.seed, one.epoch, words)
                rows.append((*about, *_all_ends(one.figures, measures), len(one.cases), str(one.evaluation_id)))
            about = (stage.name, f"mean of {len(pool.readings)}", None, None, None, None, words)
            rows.append((*about, *_all_ends(pool.figures, measures), len(pool.cases), None))
        for published in stage.published:
            values = [(measure.published(published), None, None) for measure in measures]
            about = (stage.name, published.source, published.player, None, None, None, published.cases)
            rows.append((*about, *(part for value in values for part in value), published.n, None))
    columns = ("stage", "source", "run", "id", "seed", "epoch or iteration", "cases")
    names = tuple(f"{measure.name}{end}" for measure in measures for end in ("", " low", " high"))
    return Table((*columns, *names, "n", "evaluation"), rows)


def _all_ends(figures: "Mapping[str, Estimate]", measures: Sequence[Measure]) -> list[Value]:
    return [part for measure in measures for part in ends(figures[measure.metric])[:3]]
