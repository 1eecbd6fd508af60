"""Episodes: the list of those that may be read, and the trace of one, alone or beside another of the same case."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from exceptions import roles
from exceptions.environment import ActionType
from exceptions.filters import EpisodeFilter
from exceptions.models import Episode, EpisodeOrigin, Grade, Player
from exceptions.selectors.episode_list import EpisodeRow, episode_rows
from exceptions.selectors.visibility import episodes_visible_to, may_see_answer
from exceptions.services.episodes import episode_restore
from exceptions.views.request import DeskRequest, asked, render_list
from exceptions.views.trace import other_episode, parting, step_pairs, trace_column
from exceptions.views.trace_grades import answer_of, graded_resolutions, rubric_tables
from exceptions.views.workspace_cards import history_card, policy_card, vendor_card
from exceptions.views.workspace_lanes import action_buttons, ending, resolution_words
from exceptions.views.workspace_match import match_grid, totals_card

ROWS_PER_PAGE: Final = 50
OTHERS_OFFERED: Final = 100


@dataclass(frozen=True, slots=True)
class ListedEpisode:
    """A row of a list. `resolved`, `decision_right` and `score` are None where there is no grade to show."""

    id: UUID
    reference: str
    vendor: str
    player: str
    by_model: bool
    version: int
    played: str
    informed: bool
    resolution: str
    ended: str
    answer_visible: bool
    resolved: bool | None
    decision_right: bool | None
    score: float | None
    steps: int
    max_steps: int
    invalid: int
    begun_at: datetime
    ended_at: datetime | None


def listed(row: EpisodeRow) -> ListedEpisode:
    """Lay a row out."""
    episode, grade = row.episode, row.grade
    version = episode.case_version
    mode = f", {episode.get_mode_display().lower()}" if episode.mode else ""
    return ListedEpisode(
        id=episode.pk,
        reference=version.case.reference,
        vendor=version.supplier_name,
        player=episode.player.name,
        by_model=row.by_model,
        version=episode.player_version,
        played=f"{episode.get_origin_display()}{mode}",
        informed=episode.informed,
        resolution=resolution_words(episode.final_decision, episode.exception_type) if episode.final_decision else "",
        ended=ending(episode),
        answer_visible=row.answer_visible,
        resolved=grade.resolved if grade else None,
        decision_right=grade.decision_right if grade else None,
        score=grade.score if grade else None,
        steps=episode.steps_used,
        max_steps=version.max_steps,
        invalid=episode.invalid_steps,
        begun_at=episode.created_at,
        ended_at=episode.ended_at,
    )


@require_safe
@permission_required(roles.READ_EPISODES, raise_exception=True)
def episode_list(request: DeskRequest) -> HttpResponse:
    """What was played? My own episodes, and all others on cases whose answer I may see."""
    query = asked(request)
    shown = EpisodeFilter(query, queryset=episodes_visible_to(request.user), request=request)
    before = _uuid(query.get("before", ""))
    part = episode_rows(shown.qs, request.user, ROWS_PER_PAGE, before=before)
    context = {
        "filter": shown,
        "rows": [listed(row) for row in part.rows],
        "next_before": part.next_before,
        "before": before,
        "players": Player.objects.filter(checkpoints_of=None).order_by("kind", "name").only("slug", "name", "kind"),
        "origins": EpisodeOrigin.choices,
        "narrowed": bool(set(query) & set(shown.filters)),
    }
    return render_list(
        request, page="exceptions/episodes.html", fragment="exceptions/episodes/results.html", context=context
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_safe
@permission_required(roles.READ_EPISODES, raise_exception=True)
def episode_page(request: DeskRequest, episode_id: UUID) -> HttpResponse:
    """What happened, step by step? `?with=` sets another visible episode of the same case beside it."""
    visible = _readable(request)
    episode = get_object_or_404(visible, pk=episode_id)
    case_id = episode.case_version.case_id
    answer_visible = episode.ended and may_see_answer(request.user, case_id)
    of_the_case = visible.filter(case_version__case=case_id).exclude(pk=episode.pk)
    other = _beside(of_the_case, request.GET.get("with", ""))
    left = trace_column(episode, answer_visible=answer_visible)
    right = trace_column(other, answer_visible=answer_visible and other.ended) if other else None
    columns = [column for column in (left, right) if column is not None]
    parted = parting(list(episode.steps.all()), list(other.steps.all())) if other else None
    graded = graded_resolutions(columns)
    others = (
        episodes_visible_to(request.user)
        .filter(case_version__case=case_id)
        .exclude(pk=episode.pk)
        .exclude(Q(origin=EpisodeOrigin.TRAINING) & ~Q(player=episode.player_id))
        .select_related("player")
        .order_by("-id")[:OTHERS_OFFERED]
    )
    context = {
        "episode": episode,
        "version": episode.case_version,
        "mine": episode.user_id == request.user.pk and episode.origin == EpisodeOrigin.DESK,
        "left": left,
        "right": right,
        "columns": columns,
        "pairs": step_pairs(left.steps, right.steps if right else [], parted),
        "parted": parted,
        "others": [other_episode(entry) for entry in others],
        "graded": graded,
        "rubrics": rubric_tables(graded),
        "answer": answer_of(episode.case_version.answered.ground_truth) if answer_visible else None,
        "board": _documents_as_they_stood(episode),
    }
    return render(request, "exceptions/episode.html", context)


def _readable(request: DeskRequest) -> QuerySet[Episode]:
    """What the reader may open, with all that a trace shows."""
    return (
        episodes_visible_to(request.user)
        .select_related("case_version__case__latest", "case_version__truth", "player", "user", "beside__player")
        .prefetch_related("steps", "revisions", Prefetch("grades", Grade.objects.order_by("rubric", "pk")))
    )


def _beside(of_the_case: QuerySet[Episode], asked_for: str) -> Episode | None:
    """The episode to set beside, when one is asked for.

    Raises:
        Http404: there is no such episode of this case, or it may not be seen.
    """
    if not asked_for:
        return None
    other_id = _uuid(asked_for)
    if other_id is None:
        raise Http404("?with= needs the id of an episode of the same case.")
    return get_object_or_404(of_the_case, pk=other_id)


def _documents_as_they_stood(episode: Episode) -> dict[str, Any]:
    """The documents as the player had opened them: the cards of the workspace, with nothing left to press."""
    case = episode.case_version.sealed
    state = episode_restore(episode, steps=list(episode.steps.all())).env.state
    buttons = {action: replace(button, state="closed") for action, button in action_buttons(state).items()}
    return {
        "case": episode.case_version,
        "match": match_grid(case, state, buttons),
        "totals": totals_card(case, state, buttons[ActionType.COMPARE_TOTALS]),
        "vendor": vendor_card(case, state, buttons[ActionType.INSPECT_VENDOR_PROFILE]),
        "policy": policy_card(case, state, buttons[ActionType.INSPECT_POLICY_RULES]),
        "history": history_card(case, state, buttons[ActionType.CHECK_FOR_DUPLICATE_INVOICE]),
    }
