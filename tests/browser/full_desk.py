"""A desk on which much has happened: cases worked in every way, documents of every fate."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import FilePayload
from pydantic import SecretStr

from evaluation.models import RunStatus
from evaluation.play import Play, play_batch
from evaluation.players.configs import ApiModelConfig
from evaluation.players.registry import player_for
from evaluation.prompting import PromptSettings
from evaluation.running import run_play
from evaluation.services.players import model_player_change, model_player_register
from evaluation.services.runs import run_launch, run_settle
from exceptions.catalogue import load_catalogue
from exceptions.environment import dump_case_pack
from exceptions.models import Case, CaseVersion, Episode, Player, Supplier, UploadedDocument
from exceptions.services.cases import case_pack_import
from exceptions.services.episode_rows import StepCost
from exceptions.services.episodes import desk_episode_open, episode_step
from exceptions.services.lane import lane_play
from exceptions.services.leases import lease_take, leased_episode_finish, leased_step_store
from exceptions.services.trades import documents_upload
from tests.evaluation.comparison.played import Ending, model, play, play_all
from tests.exceptions.ubl.document_builder import invoice, line, order, receipt
from tests.training.adapters.trained_model import trained_model
from tests.training.views.made_runs import ended_run, going_run
from training.adapters.transfers import pull_request, push_request

_FULL = "The checkpoint epoch-0001-0000072 could not be written: No space left on device. Make room, then resume."
#: More than a page of the queue holds.
COPIES = 45


@dataclass(frozen=True)
class FullDesk:
    """What the pages of it are called by."""

    fresh: str
    started: str
    ended: str
    real: str
    ended_episode: UUID
    model_episode: UUID
    document: UUID
    open_episode: UUID
    supplier: int
    model: str
    run_done: UUID
    run_open: UUID
    training_done: UUID
    training_going: UUID
    training_failed: UUID
    training_reinforced: UUID
    trained: str
    transfer_failed: UUID
    transfer_open: UUID


def fill(user: User) -> FullDesk:
    """Let the user have worked on a desk that holds the catalogue."""
    _import_copies()
    cases = {case.slug: case for case in Case.objects.select_related("latest__truth", "latest__case")}
    ended = _work(user, cases["partial-receipt"], ["inspect_purchase_order", "compare_quantity"])
    theirs = _let_the_rules_play(ended)
    _submit(ended, "place_on_hold", "partial_receipt")
    wrong = _work(user, cases["duplicate-invoice"], ["inspect_policy_rules"])
    _let_the_rules_play(wrong)
    _submit(wrong, "approve_for_payment", "clean_match")
    actions = ["inspect_invoice_line_items", "inspect_purchase_order", "inspect_goods_receipt_note", "compare_price"]
    started = _work(user, cases["price-variance"], actions)
    documents_upload(
        files=[
            ("order.xml", order("PO-7900")),
            ("receipt.xml", receipt("GR-79", line(quantity="60"), order="PO-7900")),
            ("invoice.xml", invoice("INV-79", order="PO-7900")),
            ("order-waiting.xml", order("PO-7901")),
        ],
        user=user,
    )
    _evaluate()
    return FullDesk(
        fresh=cases["clean-match"].reference,
        started=started.case_version.case.reference,
        ended=ended.case_version.case.reference,
        real=Case.objects.get(slug__startswith="trade-po-7900").reference,
        ended_episode=ended.pk,
        model_episode=theirs.pk,
        open_episode=started.pk,
        document=UploadedDocument.objects.get(number="INV-79").pk,
        supplier=Supplier.objects.get().pk,
        model=_register_a_model(user),
        run_done=_run(user, ["keyword", "random"], play=True),
        run_open=_run(user, ["constant-approve-clean-match"], play=False),
        training_done=ended_run("generated", user=user, shares=(0.0, 0.4, 0.9, 0.7), steps=400, epochs=3).pk,
        training_going=going_run(user=user).pk,
        training_failed=ended_run("full-trace", user=user, status=RunStatus.FAILED, error=_FULL, shares=(0.0, 0.25)).pk,
        training_reinforced=ended_run("grpo-warm", user=user, shares=(0.25, 0.5, 0.5, 0.75), steps=15).pk,
        trained=trained_model("generated")[0].slug,
        transfer_failed=_failed_transfer(user),
        transfer_open=pull_request(repo="somebody/some-adapter", user=user, call=False).pk,
    )


def _failed_transfer(user: User) -> UUID:
    transfer = push_request(
        player=trained_model("submit-only")[0], repo="somebody/another-adapter", private=True, user=user, call=False
    )
    transfer.status, transfer.ended_at = RunStatus.FAILED, timezone.now()
    transfer.error = "The token may not write somebody/another-adapter (403): give one that may, or another name."
    transfer.save()
    return transfer.pk


def every_fate() -> list[FilePayload]:
    """Files that become a case, wait, were here before, and cannot be read."""
    return [
        file("order.xml", order("PO-7950")),
        file("invoice.xml", invoice("INV-95", order="PO-7950")),
        file("order-alone.xml", order("PO-7951")),
        file("order-again.xml", order("PO-7901")),
        file("minutes.xml", b"Minutes of the meeting"),
    ]


def file(name: str, content: bytes) -> FilePayload:
    """A file as the browser is given one."""
    return FilePayload(name=name, mimeType="application/octet-stream", buffer=content)


def _evaluate() -> None:
    """Scripts and two models on the catalogue: one in several samples with confidence, one that failed half way."""
    versions = list(
        CaseVersion.objects.filter(slice__in=["canonical", "hard"]).select_related("case", "truth").order_by("pk")
    )
    for slug in ("expert", "three-way-match", "investigator"):
        play_all(Player.objects.get(slug=slug), versions, "resolved" if slug == "expert" else "wrong", "decision")
    sampled, failing = model("sampled"), model("failing <b>")
    for at, version in enumerate(versions):
        for seed in range(2):
            ending: Ending = "resolved" if (at + seed) % 3 else "wrong"
            play(sampled, version, ending, seed=seed, confidence=0.1 * (at % 10), price=Decimal("0.0004"))
    play_all(failing, versions[:12], "decision", "open")
    play_all(failing, versions[12:], "failed")


def _register_a_model(user: User) -> str:
    """A model by API in its second version, with a key, at an address where nobody answers; its slug."""
    config = ApiModelConfig(base_url="http://127.0.0.1:9/v1", model="some/model-with-a-long-name-2026-04-14-preview")
    player = model_player_register(name="Some model", config=config, key=SecretStr("sk-of-the-test"), user=user)
    changed = {"temperature": 0.7, "extra_body": {"chat_template_kwargs": {"enable_thinking": False}}}
    return model_player_change(
        player=player, name=player.name, config=config.model_copy(update=changed), user=user
    ).slug


def _run(user: User, slugs: list[str], *, play: bool) -> UUID:
    """An evaluation run, played to its end or waiting for a worker; its id."""
    players = list(Player.objects.filter(slug__in=slugs))
    run = run_launch(players=players, case_set={"set": "catalogue"}, user=user, samples=2)
    if play:
        run_play(run_id=run.pk, queue="cpu", worker="here")
        run_settle(run_id=run.pk)
    return run.pk


def _import_copies() -> None:
    pack = dump_case_pack([case for case in load_catalogue() if case.id == "clean-match"], "copies")
    [entry] = pack["cases"]
    entry["reference"] = None
    pack["cases"] = [entry | {"id": f"copy-{number}"} for number in range(COPIES)]
    case_pack_import(source=pack, user=None)


def _work(user: User, case: Case, actions: list[str]) -> Episode:
    episode = desk_episode_open(case=case, user=user)
    for number, action in enumerate(actions, 1):
        episode_step(episode_id=episode.pk, given={"action_type": action}, number=number)
    episode.refresh_from_db()
    return episode


def _submit(episode: Episode, decision: str, exception_type: str) -> None:
    resolution = {
        "action_type": "submit_final_resolution",
        "final_decision": decision,
        "exception_type": exception_type,
        "evidence_references": ["inspect_purchase_order"],
        "explanation": "What was billed and what was accepted differ.",
        "confidence": 0.8,
    }
    episode_step(episode_id=episode.pk, given=resolution, number=episode.steps_used + 1)


def _let_the_rules_play(beside: Episode) -> Episode:
    """What a worker does, without one."""
    player = Player.objects.get(slug="three-way-match")
    # In one transaction, so that a worker that is running hears of it when the lease is taken already.
    with transaction.atomic():
        episode = lane_play(beside, player)
        token = lease_take(episode_id=episode.pk, worker="test")
    assert token is not None
    play = Play.begin(
        episode.case_version.answered,
        play_id=str(episode.pk),
        rewards=episode.rewards,
        prompt=PromptSettings.from_settings(episode.settings),
        seed=0,
        played=[],
    )
    play_batch([play], player_for(player))
    for record in play.env.state.steps:
        leased_step_store(episode_id=episode.pk, token=token, record=record, cost=StepCost(latency=0.4))
    leased_episode_finish(episode_id=episode.pk, token=token, state=play.env.state)
    return episode
