"""Everything that goes wrong under /api/ is answered as `application/problem+json` (RFC 9457)."""

import math
import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Annotated, Any, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.encoding import iri_to_uri
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.exceptions import APIException, ErrorDetail, Throttled, ValidationError
from structlog.contextvars import get_contextvars

from exceptions import environment
from exceptions.services.errors import DeskError

MEDIA_TYPE: Final = "application/problem+json"
_RETRY_AFTER_OUTAGE: Final = "5"


class FieldProblem(BaseModel):
    """One thing that is wrong with what was sent."""

    model_config = ConfigDict(frozen=True)

    path: str = Field(description="Where, like `action.final_decision`; empty for the whole.", examples=["rewards"])
    message: str = Field(description="What is wrong there.", examples=["must be one of grounded-1, seed-1"])
    case: str | None = Field(default=None, description="In a case pack: which case.", examples=["cases[3]"])


class Problem(BaseModel):
    """A problem document."""

    type: str = Field(
        description="`about:blank` where the status says it all, else a name that programs can rely on.",
        examples=["about:blank"],
    )
    title: str = Field(description="What happened, the same for all problems of a type.", examples=["Not Found"])
    status: Annotated[int, Field(ge=400, le=599)] = Field(description="The HTTP status.", examples=[404])
    detail: str = Field(description="What happened this time, and what to do.", examples=["There is no case C-9999."])
    instance: str = Field(description="The address that was asked.", examples=["/api/v1/cases/C-9999/"])
    errors: list[FieldProblem] | None = Field(
        default=None, description="Each thing that is wrong with what was sent.", examples=[None]
    )


class InvalidBody(APIException):
    """What was sent does not have the shape that the endpoint documents; nothing was stored."""

    status_code = 400
    default_code = "invalid_body"

    def __init__(self, errors: Iterable[FieldProblem]) -> None:
        self.errors = list(errors)
        super().__init__(
            "; ".join(f"{error.path}: {error.message}" if error.path else error.message for error in self.errors)
        )


class BodyTooLarge(APIException):
    """More bytes than the endpoint reads."""

    status_code = 413
    default_code = "body_too_large"


def problem_response(
    request: HttpRequest,
    status: int,
    detail: str,
    *,
    problem_type: str = "about:blank",
    title: str = "",
    errors: list[FieldProblem] | None = None,
    headers: dict[str, str] | None = None,
) -> JsonResponse:
    """A problem document as a response."""
    problem = Problem(
        type=problem_type,
        title=title or HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=iri_to_uri(request.path),
        errors=errors,
    )
    # Escaped to ASCII, so that even half a surrogate pair that is quoted back can be sent.
    return JsonResponse(
        problem.model_dump(mode="python", exclude_none=True), status=status, content_type=MEDIA_TYPE, headers=headers
    )


def problem_handler(error: Exception, context: dict[str, Any]) -> JsonResponse:
    """DRF's exception handler: every exception becomes a problem document; an unknown one is logged, and a 500."""
    request: HttpRequest = context["request"]._request
    match error:
        case DeskError():
            return problem_response(
                request, error.status, str(error), problem_type=_type_of(type(error).__name__), title=error.title
            )
        case environment.CasePackError():
            return problem_response(
                request,
                400,
                "Nothing was stored. `errors` lists every problem with its case and the path in it.",
                problem_type=_type_of("CasePackRefused"),
                title="The case pack was refused",
                errors=[FieldProblem(path=e.path, message=e.message, case=e.case or None) for e in error.errors],
            )
        case InvalidBody():
            return problem_response(request, 400, str(error.detail), errors=error.errors)
        case ValidationError():
            errors = list(_flattened(error.detail))
            return problem_response(request, 400, "; ".join(f"{e.path}: {e.message}" for e in errors), errors=errors)
        case APIException():
            return problem_response(request, error.status_code, _text(error.detail), headers=_headers(error))
        case Http404():
            return problem_response(request, 404, str(error) or "There is nothing at this address.")
        case PermissionDenied():
            return problem_response(request, 403, str(error) or "You may not do this.")
        case RequestDataTooBig():
            return problem_response(request, 413, str(error))
        case SuspiciousOperation() | MultiPartParserError() | UnreadablePostError():
            return problem_response(request, 400, str(error) or "The request could not be read.")
    got_request_exception.send(sender=type(context["view"]), request=request)
    if isinstance(error, OperationalError | InterfaceError):
        return problem_response(
            request,
            503,
            "The database does not answer. What you sent was not stored unless an earlier answer said so; try again.",
            headers={"Retry-After": _RETRY_AFTER_OUTAGE},
        )
    request_id = get_contextvars().get("request_id", "unknown")
    return problem_response(request, 500, f"This is a fault of the desk, and it was logged as request {request_id}.")


def _type_of(name: str) -> str:
    """`urn:problem-type:invoiceguard:step-conflict` for `StepConflict`."""
    return "urn:problem-type:invoiceguard:" + re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def _headers(error: APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    wait = getattr(error, "wait", None)
    if isinstance(error, Throttled) and wait is not None:
        headers["Retry-After"] = str(math.ceil(wait))
    return headers


def _text(detail: Any) -> str:
    return "; ".join(
        f"{problem.path}: {problem.message}" if problem.path else problem.message for problem in _flattened(detail)
    )


def _flattened(detail: Any, path: str = "") -> Iterator[FieldProblem]:
    """DRF's nested error details as a list; DRF keeps what belongs to no field under `non_field_errors`."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flattened(inner, path if name == "non_field_errors" else f"{path}.{name}".lstrip("."))
    elif isinstance(detail, list | tuple):
        for inner in detail:
            yield from _flattened(inner, path)
    elif isinstance(detail, ErrorDetail | str):
        yield FieldProblem(path=path, message=str(detail))
