"""What somebody has on the desk, made when an address needs it, and a request to each address that can succeed."""

import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from knox.models import AuthToken

from evaluation.models import EvaluationRun
from evaluation.players.configs import ApiModelConfig, LocalModelConfig
from evaluation.services.players import model_player_register
from evaluation.services.runs import run_launch, run_stop
from exceptions.catalogue import load_catalogue
from exceptions.environment import dump_case_pack
from exceptions.forms import SupplierForm
from exceptions.models import Case, Episode, EpisodeMode, Player, Supplier, UploadedDocument
from exceptions.services.episode_rows import StepCost
from exceptions.services.episodes import (
    desk_episode_open,
    episode_mode_open,
    episode_restore,
    episode_step,
    session_open,
)
from exceptions.services.lane import lane_play
from exceptions.services.leases import lease_take, leased_episode_finish, leased_step_store
from exceptions.services.openenv import openenv_reset
from exceptions.services.trades import documents_upload
from tests.access.roles_table import REST_OF_THE_API, Row
from tests.access.trainings import dataset, kept_checkpoint, stopped_training
from tests.exceptions.ubl.document_builder import invoice, order
from tests.training.adapters.adapter_files import write_adapter
from training.adapters.storage import store_adapter
from training.adapters.transfers import pull_request
from training.forms.run import TrainingForm
from training.models import HubTransfer
from training.recipes import RECIPES

PASSWORD: Final = "right-horse-wrong-battery"
LOOK: Final = {"action_type": "inspect_purchase_order"}
RESOLUTION: Final = {
    "final_decision": "place_on_hold",
    "exception_type": "partial_receipt",
    "explanation": "GRN accepts less than was billed.",
}
EVALUATION: Final = {
    "players": "keyword",
    "cases": "catalogue",
    "samples": "1",
    "seed": "0",
    "rewards": "grounded-1",
    "rendering": "append_only",
    "prompt_budget": "2048",
    "prompt_policy": "fail",
}
TRAINING: Final = {"recipe": "submit-deep-best", "base": "smollm2-135m-instruct"}
#: What an owner plays over OpenEnv.
OPENENV_SESSION: Final = UUID(int=17)
MODEL: Final = {
    "name": "Another model",
    "base_url": "http://127.0.0.1:9/v1",
    "model": "another-model",
    "max_tokens_field": "max_tokens",
}
SUBMIT: Final = RESOLUTION | {"action_type": "submit_final_resolution"}


def the_case() -> Case:
    return Case.objects.select_related("latest__truth").get(slug="partial-receipt")


def open_episode(owner: User) -> Episode:
    """An episode of the owner's in the workspace, not submitted yet."""
    return desk_episode_open(case=the_case(), user=owner)


def submitted_episode(owner: User) -> Episode:
    """One that was submitted blind."""
    episode = open_episode(owner)
    episode_step(episode_id=episode.pk, given=SUBMIT, number=1)
    return episode


def episode_with_a_proposal(owner: User) -> Episode:
    """One in assist mode, beside which the rules have given their resolution."""
    episode = open_episode(owner)
    episode_mode_open(episode_id=episode.pk, mode=EpisodeMode.ASSIST)
    theirs = lane_play(episode, Player.objects.get(slug="three-way-match"))
    token = lease_take(episode_id=theirs.pk, worker="test")
    assert token is not None
    env = episode_restore(theirs).env
    env.step(SUBMIT)
    leased_step_store(episode_id=theirs.pk, token=token, record=env.state.steps[-1], cost=StepCost())
    leased_episode_finish(episode_id=theirs.pk, token=token, state=env.state)
    return episode


def session(owner: User) -> Episode:
    version = the_case().latest
    assert version is not None
    return session_open(version=version, user=owner, rewards="grounded-1", client="")


def document(owner: User) -> UploadedDocument:
    documents_upload(files=[("order.xml", order()), ("invoice.xml", invoice())], user=owner)
    return UploadedDocument.objects.order_by("pk")[0]


def supplier(owner: User) -> Supplier:
    document(owner)
    return Supplier.objects.get()


def token(owner: User) -> AuthToken:
    row, _token = AuthToken.objects.create(user=owner)
    return row


def stopped_run(_owner: User) -> EvaluationRun:
    """An evaluation run that can be stopped (again) and resumed."""
    run = run_launch(players=[Player.objects.get(slug="keyword")], case_set={"set": "catalogue"}, user=None)
    return run_stop(run_id=run.pk)


def api_player(owner: User) -> Player:
    """A model by API, at an address where nobody answers."""
    config = ApiModelConfig(base_url="http://127.0.0.1:9/v1", model="some-model")
    return model_player_register(name="Some model", config=config, user=owner)


def adapter_player(owner: User) -> Player:
    """A model whose adapter the desk keeps."""
    with tempfile.TemporaryDirectory() as folder:
        stored = store_adapter(write_adapter(Path(folder)))
    config = LocalModelConfig(base_model="SmolLM2-135M-Instruct", adapter=stored.config)
    return model_player_register(name="Some adapter", config=config, user=owner)


def hub_transfer(owner: User) -> HubTransfer:
    """A load from the Hub that nobody has begun with."""
    return pull_request(repo="somebody/some-adapter", user=owner)


#: What stands for a part of an address, by its name.
PARTS: Final[dict[str, Callable[[User], object]]] = {
    "table": lambda owner: "leaderboard",
    "chart": lambda owner: "loss",
    "reference": lambda owner: the_case().reference,
    "episode_id": lambda owner: open_episode(owner).pk,
    "session_id": lambda owner: session(owner).pk,
    "document_id": lambda owner: document(owner).pk,
    "pk": lambda owner: supplier(owner).pk,
    "slug": lambda owner: api_player(owner).slug,
    "run_id": lambda owner: stopped_run(owner).pk,
    "env_name": lambda owner: "invoiceguard",
    "digest": lambda owner: token(owner).digest,
    "transfer_id": lambda owner: hub_transfer(owner).pk,
    "training_id": lambda owner: stopped_training(owner).pk,
    "checkpoint_id": lambda owner: kept_checkpoint(owner).pk,
    "dataset_id": lambda owner: dataset(owner).pk,
}
#: Addresses that need a model with an adapter.
ADAPTERS: Final = (
    "/models/<slug>/push/",
    "/models/<slug>/adapter.zip",
    "/api/v1/players/<slug>/adapter/",
    "/api/v1/players/<slug>/adapter/archive/",
)
#: Addresses that need an episode in a certain state.
EPISODES: Final[dict[str, Callable[[User], Episode]]] = {
    "/episodes/<episode_id>/accept/": episode_with_a_proposal,
    "/episodes/<episode_id>/revise/": submitted_episode,
}


def address_of(row: Row, owner: User) -> str:
    """The row's address with the owner's belongings in it."""
    if row.address == REST_OF_THE_API:
        return "/api/v1/no-such-thing/"

    def part(found: re.Match[str]) -> str:
        if row.address in ADAPTERS:
            return adapter_player(owner).slug
        make = EPISODES.get(row.address)
        return str(make(owner).pk if make else PARTS[found[1]](owner))

    if row.address in ("/openenv/state", "/openenv/step"):
        openenv_reset(user=owner, session=OPENENV_SESSION, rewards="grounded-1")
    if row.address == "/openenv/state":
        return f"{row.address}?session_id={OPENENV_SESSION}"
    address = re.sub(r"<(\w+)>", part, row.address)
    return address + "?player=three-way-match" if row.address.endswith("/accept/") else address


def body_of(row: Row) -> dict[str, Any]:
    """What a request of this row sends: arguments of the test client."""
    if row.method not in ("POST", "PATCH", "PUT"):
        return {}
    fields: dict[str, Any] = {
        "/cases/import/": lambda: {"pack": _file("pack.json", _pack())},
        "/cases/generate/": lambda: {"count": 2, "seed": 7},
        "/training/new/": lambda: TRAINING | TrainingForm(RECIPES["submit-deep-best"]).as_opened,
        "/training/new/check/": lambda: TRAINING,
        "/episodes/<episode_id>/step/": lambda: LOOK | {"expected_step": 1},
        "/episodes/<episode_id>/submit/": lambda: RESOLUTION | {"expected_step": 1},
        "/episodes/<episode_id>/accept/": lambda: {"expected_step": 1},
        "/episodes/<episode_id>/revise/": lambda: RESOLUTION | {"reason": "On second thoughts."},
        "/episodes/<episode_id>/mode/": lambda: {"mode": "assist"},
        "/episodes/<episode_id>/ask/": lambda: {"player": "three-way-match"},
        "/documents/": lambda: {"documents": _file("order.xml", order())},
        "/evaluations/new/": lambda: EVALUATION,
        "/models/new/": lambda: MODEL,
        "/models/<slug>/change/": lambda: MODEL,
        "/models/<slug>/key/": lambda: {"key": "sk-for-this-test"},
        "/models/<slug>/push/": lambda: {"repo": "somebody/some-adapter"},
        "/hub/": lambda: {"repo": "somebody/some-adapter"},
        "/hub/token/": lambda: {"token": "hf_for_this_test"},
        "/suppliers/<pk>/": lambda: SupplierForm.initial_from(Supplier.objects.get()),
        "/tokens/": lambda: {"days": "30"},
        "/accounts/login/": lambda: {"username": "somebody", "password": PASSWORD},
        "/api/v1/documents/": lambda: {"files": _file("order.xml", order())},
    }
    if make := fields.get(row.address):
        return {"data": {name: "" if value is None else value for name, value in make().items()}}
    sent: dict[str, Any] = {
        "/api/v1/case-packs/": json.loads(_pack()),
        "/api/v1/training-runs/": {"recipe": "submit-deep-best"},
        "/api/v1/training-runs/<training_id>/clone/": {"changes": {"seed": 43}},
        "/api/v1/training-checkpoints/<checkpoint_id>/register/": {"name": "Kept"},
        "/api/v1/training-datasets/": {"kind": "catalogue", "spec": {"trace_lengths": [3]}},
        "/api/v1/case-sets/": {"count": 2},
        "/api/v1/evaluation-runs/": {"players": ["keyword"]},
        "/api/v1/players/": {
            "kind": "local_model",
            "name": "Another model",
            "config": {"base_model": "SmolLM2-135M-Instruct"},
        },
        "/api/v1/players/<slug>/": {"name": "Renamed"},
        "/api/v1/hub-transfers/": {"direction": "pull", "repo": "somebody/some-adapter"},
        "/api/v1/hub-token/": {"token": "hf_for_this_test"},
        "/api/v1/sessions/": {"case": the_case().reference},
        "/api/v1/sessions/<session_id>/step/": {"action": LOOK},
        "/openenv/reset": {},
        "/openenv/step": {"action": LOOK, "session_id": str(OPENENV_SESSION)},
        "/openenv/<env_name>/tasks": {"split": "test"},
        "/openenv/<env_name>/num_tasks": {"split": "test"},
        "/openenv/<env_name>/task": {"split": "test", "index": 0},
        "/openenv/<env_name>/task_range": {"split": "test"},
    }
    return {"data": sent.get(row.address, {}), "content_type": "application/json"} if row.address in sent else {}


def _pack() -> bytes:
    chosen = [case for case in load_catalogue() if case.id == "clean-match"]
    return json.dumps(dump_case_pack(chosen, "one")).encode()


def _file(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
