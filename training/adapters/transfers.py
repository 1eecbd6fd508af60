"""Transfers to and from the Hub: asked for, called for, and brought to their end by a worker of queue `cpu`."""

import json
import re
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from evaluation.leases import renewed
from evaluation.models import RunStatus
from evaluation.players.adapters import ADAPTER_FILES, checked_adapter
from evaluation.players.base_model_files import HUB_IDS
from evaluation.players.configs import LocalModelConfig
from evaluation.players.protocol import PlayerError
from evaluation.services.hub_token import hub_token
from evaluation.services.players import MAX_NAME, model_player_register
from exceptions.models import Player
from exceptions.services.errors import DeskError
from training.adapters.card import model_card
from training.adapters.lineage import adapter_lineage
from training.adapters.peft_format import read_adapter, read_config
from training.adapters.storage import store_adapter
from training.models import Direction, HubTransfer
from training.services.registering import free_slug

TRANSFER_TASK: Final = "training.hub_transfer"
QUEUE: Final = "cpu"
#: Workers that are lost on one transfer before it has failed.
MAX_ATTEMPTS: Final = 3
_RESEND_AFTER: Final = timedelta(seconds=30)
_LEASE: Final = timedelta(seconds=30)
#: https://huggingface.co/docs/huggingface_hub/package_reference/utilities#huggingface_hub.utils.validate_repo_id
_REPO: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_REVISION: Final = re.compile(r"[\w./-]{1,200}")

log = structlog.get_logger(__name__)


class TransferRefused(DeskError):
    """A transfer that cannot be begun."""

    status = 422
    title = "Nothing was sent to the Hub or loaded from there"


@transaction.atomic
def push_request(
    *, player: Player, repo: str, private: bool, user: User | None, base_model: str = "", call: bool = True
) -> HubTransfer:
    """Ask for the adapter of a model's present version to be pushed. `base_model`: the hub id of its base, where that
    is a folder or file of this machine. `call`: a worker is called for it.

    Raises:
        TransferRefused: the model has no adapter, or others could not tell what it is for.
    """
    _check_repo(repo)
    lineage = adapter_lineage(player)
    if lineage is None:
        raise TransferRefused(f"{player.name} has no adapter: there is nothing of its own to push.")
    base = base_model.strip() or lineage.base_hub_id
    if not is_hub_id(base):
        raise TransferRefused(
            f"The base model of {player.name} is “{lineage.base_model}”, which is on this machine only. "
            "Say by which hub id others find it (base_model)."
        )
    transfer = HubTransfer.objects.create(
        direction=Direction.PUSH,
        repo=repo,
        private=private,
        base_model=base,
        player=player,
        player_version=player.version,
        created_by=user,
    )
    return _called(transfer, call)


@transaction.atomic
def pull_request(
    *,
    repo: str,
    user: User | None,
    revision: str = "",
    name: str = "",
    base_model: str = "",
    call: bool = True,
) -> HubTransfer:
    """Ask for an adapter to be loaded and registered as a model. `name`: of the model, else that of the repository.
    `base_model`: what it is put onto, else what its files say. `call`: a worker is called for it.

    Raises:
        TransferRefused: this is no name of a repository or a revision.
    """
    _check_repo(repo)
    if revision and not _REVISION.fullmatch(revision):
        raise TransferRefused(f"“{revision[:80]}” is no revision; give a branch, a tag or a commit.")
    transfer = HubTransfer.objects.create(
        direction=Direction.PULL,
        repo=repo,
        revision=revision,
        name=(name.strip() or repo.partition("/")[2])[:MAX_NAME],
        base_model=base_model.strip(),
        created_by=user,
    )
    return _called(transfer, call)


def transfer_run(transfer_id: UUID) -> HubTransfer:
    """Bring a transfer to its end. One that has ended, or that somebody else is at, is returned as it is."""
    now = timezone.now()
    free = Q(status=RunStatus.QUEUED) | Q(status=RunStatus.RUNNING, lease_expires_at__lt=now)
    mine = HubTransfer.objects.filter(free, pk=transfer_id).update(
        status=RunStatus.RUNNING, lease_expires_at=now + _LEASE, attempts=F("attempts") + 1
    )
    transfer = HubTransfer.objects.select_related("player", "created_by").get(pk=transfer_id)
    if mine:
        with renewed(lambda: _renew(transfer_id), every=_LEASE.total_seconds() / 4, name=f"hub-{transfer_id}"):
            _bring_to_its_end(transfer)
    return transfer


def transfers_call_again() -> int:
    """End those on which too many workers were lost, call workers for the others. Returns how many were called for."""
    now = timezone.now()
    lost = Q(status=RunStatus.RUNNING, lease_expires_at__lt=now)
    HubTransfer.objects.filter(lost, attempts__gte=MAX_ATTEMPTS).update(
        status=RunStatus.FAILED, ended_at=now, error=f"The worker was lost {MAX_ATTEMPTS} times; its log says why."
    )
    unsent = Q(enqueued_at__isnull=True) | Q(enqueued_at__lt=now - _RESEND_AFTER)
    waiting = HubTransfer.objects.filter(Q(status=RunStatus.QUEUED) | lost).filter(unsent)
    return sum(_send(transfer_id) for transfer_id in waiting.values_list("pk", flat=True))


def is_hub_id(name: str) -> bool:
    """Whether a base model or a repository is named so that a Hub can have it: `organisation/name`."""
    return _REPO.fullmatch(name) is not None


def _called(transfer: HubTransfer, call: bool) -> HubTransfer:
    if call:
        transaction.on_commit(lambda: _send(transfer.pk))
    return transfer


def _send(transfer_id: UUID) -> bool:
    try:
        current_app.send_task(TRANSFER_TASK, args=[str(transfer_id)], queue=QUEUE)
    except (OperationalError, OSError) as error:
        log.warning("transfer not enqueued, the broker does not answer", transfer=str(transfer_id), error=str(error))
        return False
    HubTransfer.objects.filter(pk=transfer_id).update(enqueued_at=timezone.now())
    return True


def _renew(transfer_id: UUID) -> bool:
    expiry = timezone.now() + _LEASE
    return bool(HubTransfer.objects.filter(pk=transfer_id, ended_at=None).update(lease_expires_at=expiry))


def _bring_to_its_end(transfer: HubTransfer) -> None:
    try:
        if transfer.direction == Direction.PUSH:
            _push(transfer)
        else:
            _pull(transfer)
    except (DeskError, PlayerError) as error:
        _end(transfer, RunStatus.FAILED, error=str(error))
    except Exception:
        # Not tried again: what a bug did once, it does again.
        log.exception("the transfer crashed", transfer=str(transfer.pk))
        _end(transfer, RunStatus.FAILED, error="It failed in a way that was not foreseen; the worker's log says how.")


def _push(transfer: HubTransfer) -> None:
    from training.adapters.hub import Hub

    player = transfer.player
    lineage = adapter_lineage(player) if player and player.version == transfer.player_version else None
    if player is None or lineage is None:
        raise TransferRefused("The model has another version now; push that one.")
    with tempfile.TemporaryDirectory() as temporary:
        folder = _with_base(checked_adapter(lineage.adapter), transfer.base_model, Path(temporary))
        card = model_card(player, lineage, read_adapter(folder), base_model=transfer.base_model)
        hub = Hub(settings.HF_ENDPOINT, hub_token())
        message = f"{player.name}, version {player.version}"
        made = hub.push(folder, transfer.repo, card=card, private=transfer.private, message=message)
    _end(transfer, RunStatus.SUCCEEDED, commit=made.revision, url=made.url)


def _pull(transfer: HubTransfer) -> None:
    from training.adapters.hub import Hub

    hub = Hub(settings.HF_ENDPOINT, hub_token())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        found = hub.pull(transfer.repo, folder, revision=transfer.revision or None)
        facts = read_adapter(folder)
        base = transfer.base_model or _own_name(facts.base_model)
        stored = store_adapter(folder)
    with transaction.atomic():
        player = model_player_register(
            name=transfer.name,
            slug=free_slug(transfer.name),
            config=LocalModelConfig(base_model=base, adapter=stored.config),
            user=transfer.created_by,
        )
        transfer.player, transfer.player_version = player, player.version
        _end(transfer, RunStatus.SUCCEEDED, commit=found.revision, url=found.url)


def _end(transfer: HubTransfer, status: RunStatus, *, error: str = "", commit: str = "", url: str = "") -> None:
    transfer.status, transfer.error, transfer.commit, transfer.url = status, error, commit, url
    transfer.ended_at, transfer.lease_expires_at = timezone.now(), None
    transfer.save()


def _check_repo(repo: str) -> None:
    if not is_hub_id(repo):
        raise TransferRefused(f"“{repo[:80]}” is no name of a repository; write it like organisation/name.")


def _with_base(folder: Path, base_model: str, temporary: Path) -> Path:
    """The adapter as others are to load it: its configuration names the base by the id by which they find it."""
    config = read_config(folder / ADAPTER_FILES[0])
    if config.get("base_model_name_or_path") == base_model:
        return folder
    changed = config | {"base_model_name_or_path": base_model}
    (temporary / ADAPTER_FILES[0]).write_text(json.dumps(changed, indent=2, ensure_ascii=False) + "\n")
    (temporary / ADAPTER_FILES[1]).symlink_to((folder / ADAPTER_FILES[1]).resolve())
    return temporary


def _own_name(hub_id: str) -> str:
    """What this desk calls the base model of a loaded adapter: the packaged one where it has that."""
    packaged = {theirs: ours for ours, theirs in HUB_IDS.items()}
    if hub_id not in packaged and not is_hub_id(hub_id):
        raise TransferRefused(
            f"The adapter says that it is for “{hub_id[:200]}”, which is no hub id; say what it is for (base_model)."
        )
    return packaged.get(hub_id, hub_id)
