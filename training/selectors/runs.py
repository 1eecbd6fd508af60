"""Training runs as lists and pages show them."""

from uuid import UUID

from django.db.models import Q, QuerySet

from exceptions.models import Player
from training.models import ModelLineage, TrainingCheckpoint, TrainingEvaluation, TrainingLogLine, TrainingRun

LOG_LINES = 500


def training_runs() -> QuerySet[TrainingRun]:
    """Newest first, with whom a list names."""
    return TrainingRun.objects.select_related("base", "start_from", "created_by").order_by("-created_at", "-pk")


def runs_matching(search: str) -> QuerySet[TrainingRun]:
    """Those whose name, recipe or base model holds the words."""
    found = training_runs()
    for word in search.split()[:8]:
        found = found.filter(Q(name__icontains=word) | Q(recipe__icontains=word) | Q(base__name__icontains=word))
    return found


def log_after(run: TrainingRun, sequence: int = 0, limit: int = LOG_LINES) -> list[TrainingLogLine]:
    """The lines that came after line `sequence`, oldest first."""
    return list(run.log_lines.filter(sequence__gt=sequence).order_by("sequence")[:limit])


def log_end(run: TrainingRun, limit: int = LOG_LINES) -> list[TrainingLogLine]:
    """The last lines, oldest first."""
    return list(run.log_lines.order_by("-sequence")[:limit])[::-1]


def checkpoints_of(run: TrainingRun) -> list[TrainingCheckpoint]:
    """Oldest first."""
    return list(run.checkpoints.order_by("step", "epoch", "kind"))


def evaluations_of(run: TrainingRun) -> list[TrainingEvaluation]:
    """By epoch and set, each with its evaluation run."""
    return list(run.evaluations.select_related("evaluation").order_by("epoch", "set_name"))


def models_from(run: TrainingRun) -> list[ModelLineage]:
    """The models that were registered from the run's checkpoints."""
    return list(run.lineage.select_related("player", "checkpoint").order_by("pk"))


def lineage_of(player: Player) -> dict[int, ModelLineage]:
    """Where the versions of a model are from, by version; those that were not trained here are left out."""
    found = player.lineage.select_related("run__base", "run__start_from", "checkpoint", "dataset")
    return {one.player_version: one for one in found}


def trained_players(runs: list[UUID]) -> dict[UUID, list[Player]]:
    """The registered models of several runs, for lists. One query."""
    found: dict[UUID, list[Player]] = {}
    for one in ModelLineage.objects.filter(run__in=runs).select_related("player").order_by("pk"):
        if one.player not in found.setdefault(one.run_id, []):
            found[one.run_id].append(one.player)
    return found
