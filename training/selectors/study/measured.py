"""What our runs of every stage have measured: each run on each set of cases, read from its episodes."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from evaluation.models import EvaluationEntry, EvaluationRun, RunStatus
from exceptions.models import Player
from training.models import (
    CheckpointKind,
    EvaluatedSet,
    ModelLineage,
    TrainingCheckpoint,
    TrainingEvaluation,
    TrainingRun,
)
from training.selectors.evaluated import best_epochs, case_figures, estimates_of
from training.selectors.study.pooling import ByCase, Pool, Reading, pooled, variant_settings
from training.selectors.study.sets import StudySet, split, told_apart
from training.selectors.study.stages import BEFORE, STAGE_NAMES, UNTRAINED

if TYPE_CHECKING:
    from evaluation.statistics.intervals import Estimate

#: The newest runs of each recipe that are read; older ones stay in the list of runs.
MOST_RUNS: Final = 24
#: How training runs are evaluated, as an evaluation run's settings have it.
_AS_IN_TRAINING: Final = {
    "settings__rendering": "append_only",
    "settings__demonstration": False,
    "settings__constrained": False,
}


@dataclass(frozen=True, slots=True)
class Study:
    """All that was read for one base model. `runs` are the newest of each recipe that have ended, newest first."""

    runs: Sequence[TrainingRun]
    readings: Sequence[Reading]
    pools: Sequence[Pool]
    #: The same of what runs began with (stage `before RECIPE`), where that was a trained model.
    before: Sequence[Pool]
    #: The sets of cases in words, in the order of use.
    sets: Mapping[StudySet, str]
    #: Those whose model plays in the workspace's lane.
    in_lane: Collection[UUID] = ()

    def line(self, of_set: StudySet) -> list[Pool]:
        """The pools that the time line joins on one set of cases, in the order of stages."""
        found = [pool for pool in self.pools if pool.of_set == of_set and pool.on_line]
        return sorted(found, key=lambda pool: STAGE_NAMES.index(pool.stage))


def bases_with_runs() -> list[Player]:
    """The base models that a recipe of the study was run on, the one with the most runs first. Two queries."""
    rows = _ended().values_list("base").annotate(runs=Count("pk"), newest=Max("created_at"))
    keys = [key for key, _runs, _newest in rows.order_by("-runs", "-newest")]
    players = Player.objects.in_bulk(keys)
    return [players[key] for key in keys]


def study_of(base: Player | None, named: Sequence[UUID] = ()) -> Study:
    """Read every stage: the newest runs of each recipe, those in the lane, and those named. Nine queries at most."""
    if base is None:
        return Study((), (), (), (), {})
    nth = Window(RowNumber(), partition_by=F("recipe"), order_by=[F("created_at").desc(), F("pk").desc()])
    plays = ModelLineage.objects.filter(run=OuterRef("pk"), player__slug__in=settings.LANE_PLAYERS)
    ranked = _ended().filter(base=base).annotate(nth=nth, plays=Exists(plays))
    runs = list(ranked.filter(Q(nth__lte=MOST_RUNS) | Q(plays=True) | Q(pk__in=named)).order_by("-created_at", "-pk"))
    readings, in_lane = _readings(base, runs), frozenset(run.pk for run in runs if run.plays)
    before = [one for one in readings if one.stage.startswith(BEFORE)]
    readings = [one for one in readings if not one.stage.startswith(BEFORE)]
    sets = told_apart(one.of_set for one in readings)
    return Study(runs, readings, pooled(readings, in_lane), pooled(before, in_lane), sets, in_lane)


def _ended() -> QuerySet[TrainingRun]:
    return TrainingRun.objects.filter(recipe__in=STAGE_NAMES).exclude(status__in=[RunStatus.QUEUED, RunStatus.RUNNING])


def model_epochs(runs: Sequence[TrainingRun], evaluations: Sequence[TrainingEvaluation]) -> dict[UUID, int]:
    """The epoch or iteration that a run stands for: of the checkpoint that its recipe registers, the best or the last.

    Four queries at most.
    """
    best = best_epochs(runs)
    marked = TrainingCheckpoint.objects.filter(run__in=runs, last=True, kind=CheckpointKind.EPOCH)
    last = dict(marked.values_list("run", "epoch"))
    newest: dict[UUID, int] = {}
    for one in evaluations:
        if one.set_name != EvaluatedSet.TEST:
            newest[one.run_id] = max(one.epoch, newest.get(one.run_id, 0))
    found: dict[UUID, int] = {}
    for run in runs:
        ends = (last.get(run.pk), newest.get(run.pk))
        known = best.get(run.pk) if run.config.get("register_as") == "best" else next(filter(None, ends), None)
        if known is not None:
            found[run.pk] = known
    return found


def _readings(base: Player, runs: Sequence[TrainingRun]) -> list[Reading]:
    """The untrained model, the model of every run, and what it began with, on each set that it was played on."""
    found = _of_runs(runs)
    begun = {one.of_set for one in found if one.stage == UNTRAINED}
    missing = {one.of_set: one.cases for one in found if one.of_set not in begun}
    found += _untrained_by_itself(base, missing) if missing else []
    estimates: dict[int, dict[str, Estimate]] = estimates_of({at: one.cases for at, one in enumerate(found)})
    return [replace(one, figures=estimates[at]) for at, one in enumerate(found)]


def _of_runs(runs: Sequence[TrainingRun]) -> list[Reading]:
    """Not yet with figures."""
    by_key = {run.pk: run for run in runs}
    ended = TrainingEvaluation.objects.filter(run__in=runs).exclude(
        evaluation__status__in=[RunStatus.QUEUED, RunStatus.RUNNING]
    )
    evaluations = list(ended.order_by("run", "epoch", "set_name"))
    epochs = model_epochs(runs, evaluations)
    wanted: list[tuple[str, TrainingEvaluation]] = []
    tests: dict[UUID, TrainingEvaluation] = {}
    for one in evaluations:
        run = by_key[one.run_id]
        if one.set_name == EvaluatedSet.TEST:
            # The newest counts. It is of the model, also where a run that was cut off names no epoch.
            tests[one.run_id] = one
        elif one.epoch == 0:
            # The best may be what it started from; that is the untrained model where it started from nothing.
            wanted.append((UNTRAINED if _begins_untrained(run) else f"{BEFORE}{run.recipe}", one))
            wanted += [(run.recipe, one)] if epochs.get(run.pk) == 0 else []
        elif one.epoch == epochs.get(run.pk):
            wanted.append((run.recipe, one))
    wanted += [(by_key[key].recipe, one) for key, one in tests.items()]
    figures = case_figures(list({one.evaluation_id for _stage, one in wanted}))
    return [
        Reading(
            source=by_key[one.run_id],
            stage=stage,
            epoch=one.epoch,
            of_set=of_set,
            evaluation_id=one.evaluation_id,
            cases={case.version: found for case, found in cases.items()},
            worksheet=bool(by_key[one.run_id].config.get("worksheet", False)),
            variant=variant_of(by_key[one.run_id], stage),
        )
        for stage, one in wanted
        if one.evaluation_id in figures
        for of_set, cases in split(one.set_name, figures[one.evaluation_id]).items()
    ]


def _untrained_by_itself(base: Player, missing: Mapping[StudySet, ByCase]) -> list[Reading]:
    """The base model on sets that no training run began with, not yet with figures: of the newest evaluation run of it
    alone, under the conditions of training runs, in which all cases of the set were played. Two queries.
    """
    others = EvaluationEntry.objects.filter(run=OuterRef("pk")).exclude(
        player=base, player_version=base.version, sample=0, episode__isnull=False
    )
    alone = EvaluationRun.objects.filter(training_run=None, **_AS_IN_TRAINING).exclude(
        status__in=[RunStatus.QUEUED, RunStatus.RUNNING]
    )
    newest = alone.filter(~Exists(others), entries__isnull=False).distinct().order_by("-created_at", "-pk")
    runs = list(newest[:MOST_RUNS])
    figures = case_figures([run.pk for run in runs])
    found: dict[StudySet, Reading] = {}
    for run in runs:
        played = {case.version: values for case, values in figures[run.pk].items()}
        for of_set, cases in missing.items():
            if of_set not in found and played.keys() >= cases.keys():
                found[of_set] = Reading(
                    source=run,
                    stage=UNTRAINED,
                    epoch=0,
                    of_set=of_set,
                    evaluation_id=run.pk,
                    cases={version: played[version] for version in cases},
                    worksheet=bool(base.config.get("worksheet", False)),
                    variant=json.dumps([base.version, "by itself"]),
                )
    return list(found.values())


def _begins_untrained(run: TrainingRun) -> bool:
    """Whether iteration 0 is the base model as it is: neither an adapter nor a warm-up came before it."""
    from_base = run.start_from_id is None and not run.start_adapter
    return from_base and run.config.get("starts_from", "nothing") == "nothing"


def variant_of(run: TrainingRun, stage: str) -> str:
    """The same for runs that differ by seed alone. Before training only the model and the length of answers count."""
    kept: Mapping[str, Any] = variant_settings(run)
    if stage == UNTRAINED:
        kept = {name: kept.get(name) for name in ("max_new_tokens", "worksheet")}
    return json.dumps([run.base_version, kept], sort_keys=True)


def default_runs(study: Study) -> list[TrainingRun]:
    """Of each recipe the newest whose model plays in the lane, or else that succeeded, or else that ended, in the order
    of stages.
    """
    chosen: dict[str, TrainingRun] = {}
    for run in study.runs:
        known = chosen.get(run.recipe)
        if known is None or _fitness(study, run) > _fitness(study, known):
            chosen[run.recipe] = run
    return sorted(chosen.values(), key=lambda run: STAGE_NAMES.index(run.recipe))


def _fitness(study: Study, run: TrainingRun) -> tuple[bool, bool]:
    return run.pk in study.in_lane, run.status == RunStatus.SUCCEEDED
