"""Sessions: play a case over REST, step by step."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions import environment, roles
from exceptions.api.endpoint import Endpoint, PagedEndpoint, read_body
from exceptions.api.permissions import holds
from exceptions.api.session_records import Session, SessionObservation, SessionRequest, SessionRow, StepRequest
from exceptions.models import Case, Episode, EpisodeOrigin, EpisodeStatus
from exceptions.selectors.visibility import may_see_answer
from exceptions.services.episodes import Played, episode_cancel, episode_restore, episode_step, session_open
from exceptions.services.errors import DeskError

_BROKEN_OFF = (environment.StopReason.CANCELLED, environment.StopReason.PLAYER_ERROR)


class NothingLeft(DeskError):
    """No case is left for a session that names none."""

    status = 409
    title = "No case is left to play"


class SessionList(PagedEndpoint[Episode]):
    """Your sessions."""

    permission_classes = [holds(roles.PLAY)]
    rates = {"POST": "sessions"}
    queryset = Episode.objects.none()

    @extend_schema(operation_id="sessions_list", summary="List your sessions", tags=["sessions"], responses=SessionRow)
    def get(self, request: Request) -> Response:
        """Newest first, open and ended."""
        return self.list(request)

    @extend_schema(
        operation_id="sessions_create",
        summary="Open a session",
        tags=["sessions"],
        request=SessionRequest,
        responses={201: Session},
        examples=[
            OpenApiExample("A random case", value={}, request_only=True),
            OpenApiExample("This case", value={"case": "C-1042", "client": "nightly script"}, request_only=True),
        ],
    )
    def post(self, request: Request) -> Response:
        """Begin an episode of your own on a case, as many at once as you like, and get the first observation.

        While one of your episodes on a case is open, its answer and all grades on it are closed to you everywhere.
        """
        body = read_body(request, SessionRequest)
        case = _case(self.user, body.case)
        if case.latest is None:
            raise DeskError(f"Case {case.reference} has no version yet; import it again.")
        episode = session_open(version=case.latest, user=self.user, rewards=body.rewards, client=body.client)
        return Response(
            _session(self.user, episode_restore(episode, steps=[])).model_dump(mode="json"),
            status=201,
            headers={"Location": reverse("api-session", args=[episode.pk])},
        )

    def get_queryset(self) -> QuerySet[Episode]:
        return _sessions(self.user).select_related("case_version__case").defer("case_version__content")

    def record(self, row: Episode) -> SessionRow:
        return SessionRow(**_row(row))


class SessionDetail(Endpoint):
    """One session."""

    permission_classes = [holds(roles.PLAY)]

    @extend_schema(operation_id="sessions_retrieve", summary="State of a session", tags=["sessions"], responses=Session)
    def get(self, request: Request, session_id: UUID) -> Response:
        """What its player sees now: where a client goes on after it was cut off."""
        return Response(_session(self.user, episode_restore(_own(self.user, session_id))).model_dump(mode="json"))

    @extend_schema(operation_id="sessions_cancel", summary="Cancel a session", tags=["sessions"], responses={204: None})
    def delete(self, request: Request, session_id: UUID) -> HttpResponse:
        """End it without a resolution; one that has ended stays as it is. It can still be read."""
        _steps_used(self.user, session_id)
        episode_cancel(episode_id=session_id)
        return HttpResponse(status=204)


class SessionStep(Endpoint):
    """The next step of a session."""

    permission_classes = [holds(roles.PLAY)]
    rates = {"POST": "steps"}

    @extend_schema(
        operation_id="sessions_step",
        summary="Take a step",
        tags=["sessions"],
        request=StepRequest,
        responses={200: Session},
        examples=[
            OpenApiExample(
                "Look", value={"action": {"action_type": "inspect_purchase_order"}, "number": 1}, request_only=True
            ),
            OpenApiExample(
                "Submit",
                value={
                    "action": {
                        "action_type": "submit_final_resolution",
                        "final_decision": "place_on_hold",
                        "exception_type": "partial_receipt",
                        "evidence_references": ["inspect_goods_receipt_note", "compare_quantity"],
                        "explanation": "GRN-5512 accepts 58 of the 60 billed.",
                        "confidence": 0.9,
                    },
                    "number": 5,
                },
                request_only=True,
            ),
            OpenApiExample(
                "What a model wrote",
                value={"action": 'I look at the order first. {"action_type": "inspect_purchase_order"}'},
                request_only=True,
            ),
        ],
    )
    def post(self, request: Request, session_id: UUID) -> Response:
        """Take one action and get what the player sees then.

        Send `number` and repeat the request when an answer was lost: the step is stored once, and answered alike.
        """
        used = _steps_used(self.user, session_id)
        body = read_body(request, StepRequest)
        number = used + 1 if body.number is None else body.number
        played = episode_step(episode_id=session_id, given=body.action, number=number)
        return Response(_session(self.user, played).model_dump(mode="json"))


def _sessions(user: User) -> QuerySet[Episode]:
    return Episode.objects.filter(user=user, origin=EpisodeOrigin.API)


def _own(user: User, session_id: UUID) -> Episode:
    """The user's session; that of somebody else is not there at all."""
    episode = _sessions(user).select_related("case_version__case").filter(pk=session_id).first()
    if episode is None:
        raise Http404(f"You have no session {session_id}.")
    return episode


def _steps_used(user: User, session_id: UUID) -> int:
    """How far the user's session is, without reading its case: the step itself reads that, behind its lock."""
    used = _sessions(user).filter(pk=session_id).values_list("steps_used", flat=True).first()
    if used is None:
        raise Http404(f"You have no session {session_id}.")
    return used


def _case(user: User, reference: str | None) -> Case:
    cases = Case.objects.filter(latest__isnull=False, queued=True).select_related("latest__case")
    if reference is not None:
        case = cases.filter(reference=reference).first()
        if case is None:
            raise Http404(f"There is no case {reference}.")
        return case
    cancelled = Q(stop_reason=environment.StopReason.CANCELLED)
    played = Episode.objects.filter(~cancelled, user=user, case_version__case=OuterRef("pk")).exclude(
        origin=EpisodeOrigin.LANE
    )
    case = cases.filter(~Exists(played)).order_by("?").first()
    if case is None:
        raise NothingLeft("You have begun or ended every case; name one in `case` to play it again.")
    return case


def _row(episode: Episode) -> dict[str, Any]:
    return {
        "id": episode.pk,
        "case": episode.case_version.case.reference,
        "case_version": episode.case_version.number,
        "rewards": episode.rewards,
        "client": episode.settings.get("client", ""),
        "status": EpisodeStatus(episode.status),
        "stop_reason": episode.stop_reason or None,
        "steps_used": episode.steps_used,
        "created_at": episode.created_at,
        "ended_at": episode.ended_at,
    }


def _session(user: User, played: Played) -> Session:
    """The session as its player may see it: the last reward and the grade only once the answer is theirs to see."""
    episode = played.episode
    fields = played.observation.to_dict()
    if episode.ended:
        visible = may_see_answer(user, episode.case_version.case_id)
        if not visible:
            fields["reward"] = None
        if not visible or episode.stop_reason in _BROKEN_OFF:
            fields["grade"] = None
    return Session(**_row(episode), observation=SessionObservation(**fields))
