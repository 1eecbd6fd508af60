"""The workspace as its templates need it: one episode of mine, what it has revealed, and the lanes beside it."""

from django.contrib.auth.models import User
from django.urls import reverse

from exceptions.environment import ActionType
from exceptions.models import Episode, EpisodeMode
from exceptions.selectors.visibility import may_see_answer
from exceptions.services.episodes import episode_restore
from exceptions.services.lane import lane_plays
from exceptions.views.workspace_cards import history_card, policy_card, vendor_card
from exceptions.views.workspace_context import CaseFacts, Mode, ModeChoice, Workspace, WorkspaceUrls
from exceptions.views.workspace_lanes import (
    action_buttons,
    draft_key,
    lane_is_moving,
    model_lanes,
    my_lane,
    proposals,
    resolution_form,
)
from exceptions.views.workspace_match import match_grid, totals_card
from exceptions.views.workspace_outcome import outcome

_MODE_WORDS: dict[EpisodeMode, Mode] = {
    EpisodeMode.BLIND: "blind",
    EpisodeMode.ALONGSIDE: "alongside",
    EpisodeMode.ASSIST: "assist",
}
_MODES = {
    EpisodeMode.BLIND: "The model's lane opens after you submit",
    EpisodeMode.ALONGSIDE: "The model's step opens with yours",
    EpisodeMode.ASSIST: "The model's proposal first",
}


def workspace_context(
    episode: Episode,
    user: User,
    *,
    error: str = "",
    fresh: bool = False,
    values: dict[str, list[str]] | None = None,
    errors: dict[str, str] | None = None,
) -> Workspace:
    """The whole page of an episode of the user's own.

    `error` is a step that was refused, `fresh` says that the last step was taken by this very request, `values` and
    `errors` are a resolution that was sent and refused.
    """
    steps = list(episode.steps.all())
    state = episode_restore(episode, steps=steps).env.state
    answer_visible = episode.ended and may_see_answer(user, episode.case_version.case_id)
    case = episode.case_version.sealed
    buttons = action_buttons(state)
    plays = lane_plays(episode)
    lanes = model_lanes(episode, plays, answer_visible=answer_visible)
    offered = proposals(episode, lanes)
    reason_for = "override" if any(proposal.text for proposal in offered) else ""
    form = None
    if not episode.ended:
        url = reverse("episode-submit", args=[episode.pk])
        form = resolution_form(episode, state, url=url, reason_for=reason_for, values=values, errors=errors)
    return Workspace(
        case=_facts(episode),
        mode=_MODE_WORDS[EpisodeMode(episode.mode)],
        modes=_mode_choices(episode),
        urls=_urls(episode),
        match=match_grid(case, state, buttons),
        totals=totals_card(case, state, buttons[ActionType.COMPARE_TOTALS]),
        vendor=vendor_card(case, state, buttons[ActionType.INSPECT_VENDOR_PROFILE]),
        policy=policy_card(case, state, buttons[ActionType.INSPECT_POLICY_RULES]),
        history=history_card(case, state, buttons[ActionType.CHECK_FOR_DUPLICATE_INVOICE]),
        me=my_lane(
            episode,
            state,
            buttons,
            steps,
            form=form,
            proposals=offered,
            answer_visible=answer_visible,
            error=error,
            fresh=fresh,
        ),
        models=lanes,
        outcome=outcome(
            episode,
            state,
            user,
            plays,
            answer_visible=answer_visible,
            values=values,
            errors=errors,
            drafts_done=[draft_key(episode, revise=revise) for revise in (False, True) if not errors],
        )
        if episode.ended
        else None,
        newer_version=episode.case_version_id != episode.case_version.case.latest_id,
        poll_after=sum(lane.ahead + len(lane.steps) for lane in lanes) if lane_is_moving(lanes) else None,
    )


def _facts(episode: Episode) -> CaseFacts:
    version = episode.case_version
    return CaseFacts(
        reference=version.case.reference,
        vendor_name=version.supplier_name,
        invoice_number=version.invoice_number,
        po_number=version.po_number,
        total=version.total,
        currency=version.currency,
        invoice_date=version.invoice_date,
        waiting_since=version.case.created_at,
        graded=hasattr(version, "truth"),
    )


def _mode_choices(episode: Episode) -> list[ModeChoice]:
    order = list(EpisodeMode)
    now = order.index(EpisodeMode(episode.mode))
    return [
        ModeChoice(
            value=_MODE_WORDS[mode],
            name=mode.label,
            hint=_MODES[mode],
            selected=position == now,
            allowed=position >= now and not episode.ended,
        )
        for position, mode in enumerate(order)
    ]


def _urls(episode: Episode) -> WorkspaceUrls:
    own = [episode.pk]
    return WorkspaceUrls(
        step=reverse("episode-step", args=own),
        submit=reverse("episode-submit", args=own),
        revise=reverse("episode-revise", args=own),
        mode=reverse("episode-mode", args=own),
        model=reverse("episode-lane", args=own),
        ask=reverse("episode-ask", args=own),
        leave=reverse("queue"),
    )
