"""What a model's page shows of its adapter: where it is from, and what can be done with it."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.urls import reverse

from evaluation.players.protocol import PlayerError
from evaluation.views.player_words import Origin
from exceptions.models import Player
from exceptions.services.errors import DeskError
from training.adapters.forms import push_form
from training.adapters.lineage import AdapterLineage, adapter_lineage, kept_facts
from training.models import Direction, HubTransfer, ModelLineage, RecipeKind

register = template.Library()
_TRANSFERS = 5


@register.simple_tag
def with_pedigree(player: Player, origins: Sequence[Origin]) -> Sequence[Origin]:
    """The links of where a model is from, with those between its base and its adapter."""
    lineage = adapter_lineage(player)
    if lineage is None:
        return origins
    first, *rest = origins
    return [first, *_between(lineage), *rest]


@register.inclusion_tag("training/adapters/card.html", takes_context=True)
def adapter_card(context: template.Context, player: Player) -> dict[str, Any]:
    """The card of a model's adapter; empty for a model without one."""
    lineage = adapter_lineage(player)
    shown: dict[str, Any] = {"player": player, "lineage": lineage, "perms": context["perms"]}
    if lineage is None:
        return shown
    if lineage.adapter.path is None:
        try:
            shown["facts"], shown["size"] = kept_facts(lineage.adapter.sha256)
        except (PlayerError, DeskError) as error:
            shown["problem"] = str(error)
    pushes = HubTransfer.objects.filter(player=player, direction=Direction.PUSH).order_by("-created_at")
    return shown | {
        "form": push_form(player, lineage),
        "pushes": pushes[:_TRANSFERS],
        "csrf_token": context.get("csrf_token"),
    }


def _between(lineage: AdapterLineage) -> list[Origin]:
    found = _trained(lineage.trained) if lineage.trained else []
    if lineage.pulled is not None:
        commit = f"commit {lineage.pulled.commit[:12]}"
        found.append(Origin("Hugging Face Hub", lineage.pulled.repo, commit, lineage.pulled.url))
    return found


def _trained(origin: ModelLineage) -> list[Origin]:
    run, dataset, checkpoint = origin.run, origin.dataset, origin.checkpoint
    found = []
    if run.start_from is not None:
        began = reverse("player", args=[run.start_from.slug])
        found.append(Origin("Begun from", run.start_from.name, f"version {run.start_from_version}", began))
    elif run.start_adapter:
        found.append(Origin("Begun from", "an adapter that is not here", f"sha256 {run.start_adapter[:16]}…"))
    if dataset is not None:
        note = f"{dataset.traces:,} traces of {dataset.cases:,} cases, sha256 {dataset.sha256[:16]}…"
        found.append(Origin("Data set", dataset.name, note))
    code = f", code {origin.code_version}" if origin.code_version else ""
    page = reverse("training-run", args=[run.pk])
    found.append(Origin("Training run", run.name, f"recipe {run.recipe}, seed {run.seed}{code}", page))
    unit = "iteration" if run.kind == RecipeKind.GRPO else "epoch"
    best = ", the best" if checkpoint.best else ", the last" if checkpoint.last else ""
    found.append(Origin("Checkpoint", f"{unit} {checkpoint.epoch}", f"step {checkpoint.step:,}{best}"))
    return found
