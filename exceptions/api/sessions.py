"""Sessions: play a case over REST, step by step."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, extend_schema
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions import environment, roles
from exceptions.api.endpoint import Endpoint, PagedEndpoint, read_body
from exceptions.api.permissions import holds
from exceptions.models import Case, Episode, EpisodeOrigin, EpisodeStatus
from exceptions.selectors.visibility import may_see_answer
from exceptions.services.episodes import Played, episode_cancel, episode_restore, episode_step, session_open
from exceptions.services.errors import DeskError

#: Longer than any answer needs to be; the whole of it is kept with the step.
MAX_ACTION_TEXT: Final = 20_000
_BROKEN_OFF = (environment.StopReason.CANCELLED, environment.StopReason.PLAYER_ERROR)


class NothingLeft(DeskError):
    """No case is left for a session that names none."""

    status = 409
    title = "No case is left to play"


def _known_scheme(name: str) -> str:
    if name not in environment.REWARD_SCHEMES:
        raise ValueError(f"must be one of {', '.join(environment.REWARD_SCHEMES)}")
    return name


class SessionRequest(BaseModel):
    """What to play."""

    model_config = ConfigDict(extra="forbid")

    case: Annotated[str, StringConstraints(max_length=40)] | None = Field(
        default=None,
        description="Reference of a case; left out: a random one that you have neither ended nor begun.",
        examples=["C-1042"],
    )
    rewards: Annotated[str, AfterValidator(_known_scheme)] = Field(
        default="grounded-1", description="Reward scheme.", json_schema_extra={"enum": list(environment.REWARD_SCHEMES)}
    )
    client: Annotated[str, StringConstraints(max_length=200)] = Field(
        default="", description="What plays: kept with the episode.", examples=["nightly script"]
    )


class StepRequest(BaseModel):
    """One action."""

    model_config = ConfigDict(extra="forbid", strict=True)

    action: dict[str, Any] | Annotated[str, StringConstraints(max_length=MAX_ACTION_TEXT)] = Field(
        description="The action as an object, or a model's raw text with the object in it. What is no action is not "
        "refused here: it is recorded as an invalid step, as in every episode.",
        examples=[{"action_type": "inspect_purchase_order"}],
    )
    number: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None,
        description="Which step this is, from 1; left out: the next. A step sent twice with its number is taken once.",
        examples=[1],
    )


class SessionGrade(BaseModel):
    """The grade by the reward scheme's rubric."""

    rubric: str = Field(examples=["grounded-1"])
    score: float = Field(examples=[0.94])
    criteria: dict[str, float] = Field(examples=[{"decision": 1.0, "exception_type": 1.0, "evidence": 0.75}])
    notes: dict[str, str] = Field(examples=[{"evidence": "compare_price: only performed"}])


class SessionObservation(BaseModel):
    """What the player sees now."""

    case_reference: str = Field(examples=["C-1042"])
    invoice_summary: dict[str, Any] = Field(
        examples=[{"number": "EP-20417", "supplier": "Example Paper Ltd", "total": "1638.00", "currency": "EUR"}]
    )
    available_actions: list[str] = Field(
        description="Empty at the end.", examples=[["inspect_purchase_order", "submit_final_resolution"]]
    )
    revealed_documents: dict[str, Any] = Field(
        description="Contents by document name.", examples=[{"purchase_order": {"number": "PO-88213"}}]
    )
    findings: list[str] = Field(examples=[["Purchase order PO-88213 is approved."]])
    remaining_steps: int = Field(examples=[9])
    last_result: str = Field(
        description="What the last action said.", examples=["PO-88213, 2026-02-20, EUR, approved, Net 30"]
    )
    last_error: str | None = Field(description="Why the last action was invalid.", examples=[None])
    warnings: list[str] = Field(examples=[[]])
    reward: float | None = Field(
        description="What the last step earned. Null at the start; at the end of a case without an answer; and at the "
        "end while another of your own episodes on the case is open.",
        examples=[0.0],
    )
    done: bool = Field(examples=[False])
    grade: SessionGrade | None = Field(
        description="At the end; null where the last reward is, and for a cancelled session.", examples=[None]
    )


class SessionRow(BaseModel):
    """A session in the list."""

    id: UUID = Field(description="Also the id of the episode.", examples=["0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a09"])
    case: str = Field(examples=["C-1042"])
    case_version: int = Field(examples=[1])
    rewards: str = Field(examples=["grounded-1"])
    client: str = Field(examples=["nightly script"])
    status: str = Field(examples=["running"], json_schema_extra={"enum": list(EpisodeStatus)})
    stop_reason: environment.StopReason | None = Field(examples=[None])
    steps_used: int = Field(examples=[1])
    created_at: datetime = Field(examples=["2026-03-02T08:15:00Z"])
    ended_at: datetime | None = Field(examples=[None])


class Session(SessionRow):
    """A session and what its player sees."""

    observation: SessionObservation


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
        return _sessions(self.user).defer("case_version__content")

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
        episode_cancel(episode_id=_own(self.user, session_id).pk)
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
        episode = _own(self.user, session_id)
        body = read_body(request, StepRequest)
        number = episode.steps_used + 1 if body.number is None else body.number
        played = episode_step(episode_id=episode.pk, given=body.action, number=number)
        return Response(_session(self.user, played).model_dump(mode="json"))


def _sessions(user: User) -> QuerySet[Episode]:
    return Episode.objects.filter(user=user, origin=EpisodeOrigin.API).select_related("case_version__case")


def _own(user: User, session_id: UUID) -> Episode:
    """The user's session; that of somebody else is not there at all."""
    episode = _sessions(user).filter(pk=session_id).first()
    if episode is None:
        raise Http404(f"You have no session {session_id}.")
    return episode


def _case(user: User, reference: str | None) -> Case:
    cases = Case.objects.filter(latest__isnull=False).select_related("latest__case")
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
        "status": episode.status,
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
