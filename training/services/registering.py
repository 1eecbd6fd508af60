"""A checkpoint becomes a model that can be played with, and a run comes to its end."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from evaluation.models import RunStatus
from evaluation.players.configs import AdapterConfig, LocalModelConfig, SamplingConfig
from evaluation.services.players import MAX_NAME, MAX_SLUG, model_player_register, slug_of
from exceptions.models import Player, PlayerVersion
from exceptions.services.errors import DeskError
from exceptions.services.players import player_retire
from training.models import CheckpointKind, ModelLineage, TrainingCheckpoint, TrainingRun
from training.services.leases import lease_end, leased
from training.services.records import LogRecord, log_store


class NotRegistrable(DeskError):
    """A checkpoint that cannot become a model."""

    status = 409
    title = "The checkpoint cannot be registered"


@transaction.atomic
def checkpoint_register(*, checkpoint: TrainingCheckpoint, user: User | None, name: str = "") -> Player:
    """Register a checkpoint's adapter as a local model, once: one that has been is returned as it is.

    Raises:
        NotRegistrable: its adapter is not kept.
    """
    run = TrainingRun.objects.select_for_update(of=("self",)).select_related("base").get(pk=checkpoint.run_id)
    if known := ModelLineage.objects.filter(checkpoint=checkpoint).select_related("player").first():
        return known.player
    if not checkpoint.kept:
        where = "where the run was trained" if run.recorded else "on the worker's disk"
        raise NotRegistrable(f"The adapter of this checkpoint is {where}, not in the storage of adapters.")
    return _register(run, checkpoint, user, name)


def _register(run: TrainingRun, checkpoint: TrainingCheckpoint, user: User | None, name: str) -> Player:
    name = (name.strip() or _name(run, checkpoint))[:MAX_NAME]
    player = model_player_register(
        name=name,
        slug=free_slug(name),
        config=LocalModelConfig(
            base_model=base_model(run),
            adapter=AdapterConfig(sha256=checkpoint.sha256),
            # As in the evaluations of its training.
            sampling=SamplingConfig(max_new_tokens=int(run.config.get("max_new_tokens", 192))),
            worksheet=bool(run.config.get("worksheet")),
        ),
        user=user,
    )
    ModelLineage.objects.create(
        player=player,
        player_version=player.version,
        run=run,
        checkpoint=checkpoint,
        dataset=run.dataset,
        code_version=run.code_version,
    )
    return player


@transaction.atomic
def run_succeed(*, run_id: UUID, token: UUID) -> Player | None:
    """End a run that was trained to its end, and register the checkpoint that its recipe wants. None: it left none.

    Raises:
        LeaseLost: the lease is somebody else's now; nothing was changed.
    """
    run = leased(run_id, token)
    checkpoint = wanted_checkpoint(run)
    player = checkpoint_register(checkpoint=checkpoint, user=run.created_by) if checkpoint else None
    if player is not None and checkpoint is not None:
        said = (
            f"The adapter of {checkpoint.get_kind_display().lower()} {checkpoint.epoch} is registered as {player.slug}."
        )
        log_store(run, [LogRecord(timezone.now(), "info", said)])
    # In reinforcement the last progress is told before the last evaluation.
    run.done = run.total
    lease_end(run, RunStatus.SUCCEEDED)
    return player


@transaction.atomic
def recorded_model_register(*, run: TrainingRun) -> Player | None:
    """Register the model of a run that succeeded elsewhere. Retired where its adapter is not here: what it has played
    stands on the pages, and it plays nothing until somebody brings the adapter and returns it.
    """
    checkpoint = wanted_checkpoint(run)
    if checkpoint is None or checkpoint.kept:
        return checkpoint_register(checkpoint=checkpoint, user=None) if checkpoint else None
    player = _register(run, checkpoint, None, "")
    return player_retire(player_id=player.pk)


def wanted_checkpoint(run: TrainingRun) -> TrainingCheckpoint | None:
    """The one that the recipe wants as a model: the best or the last; the last where none was evaluated."""
    epochs = run.checkpoints.filter(kind=CheckpointKind.EPOCH)
    wanted = epochs.filter(best=True) if run.config.get("register_as") == "best" else epochs.filter(last=True)
    return wanted.first() or epochs.filter(last=True).first()


@transaction.atomic
def run_fail(*, run_id: UUID, token: UUID, reason: str) -> None:
    """End a run that cannot go on; its checkpoints stay, and it can be resumed.

    Raises:
        LeaseLost: the lease is somebody else's now; nothing was changed.
    """
    lease_end(leased(run_id, token), RunStatus.FAILED, reason or "It failed without saying why; see the worker's log.")


@transaction.atomic
def run_cancel(*, run_id: UUID, token: UUID) -> None:
    """End a run that somebody wanted to stop.

    Raises:
        LeaseLost: the lease is somebody else's now; nothing was changed.
    """
    lease_end(leased(run_id, token), RunStatus.CANCELLED)


def base_model(run: TrainingRun) -> str:
    """The base model of the version of the player that the run was launched with."""
    return model_config(run.base, run.base_version).base_model


def start_adapter(run: TrainingRun) -> AdapterConfig | None:
    """The adapter that the run begins with, if it begins with one of a model here."""
    if run.start_from is None or run.start_from_version is None:
        return None
    return model_config(run.start_from, run.start_from_version).adapter


def model_config(player: Player, version: int) -> LocalModelConfig:
    """The configuration that a local model had in this version."""
    config = player.config
    if player.version != version:
        config = PlayerVersion.objects.get(player=player, number=version).config
    return LocalModelConfig.model_validate(config)


def _name(run: TrainingRun, checkpoint: TrainingCheckpoint) -> str:
    if checkpoint.last and run.config.get("register_as") != "best":
        return run.name
    return f"{run.name}, {'iteration' if run.kind == 'grpo' else 'epoch'} {checkpoint.epoch}"


def free_slug(name: str) -> str:
    """A slug made of the name, with a number behind it where it is taken."""
    slug = slug_of(name)[: MAX_SLUG - 6]
    taken = set(Player.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    if slug not in taken:
        return slug
    return next(free for number in range(2, len(taken) + 3) if (free := f"{slug}-{number}") not in taken)
