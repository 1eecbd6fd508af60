"""What all endpoints have in common."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.contrib.auth.models import User
from django.db.models import Model
from pydantic import BaseModel, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from exceptions.api.pagination import CreatedCursorPagination
from exceptions.api.problems import FieldProblem, InvalidBody
from exceptions.api.throttles import WindowThrottle
from exceptions.environment.pack import field_path

Body = TypeVar("Body", bound=BaseModel)
Row = TypeVar("Row", bound=Model)


class Endpoint(APIView):
    """One address. Parameters that nobody knows are refused: a misspelt filter must not mean *no filter*."""

    #: The rate (settings.py) that a method is counted against.
    rates: ClassVar[Mapping[str, str]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate, authorise and count the request, then look at its parameters."""
        super().initial(request, *args, **kwargs)
        if hasattr(self, (request.method or "").lower()):
            self._refuse_parameters(request)

    def _refuse_parameters(self, request: Request) -> None:
        known = self.parameters()
        names = ", ".join(sorted(known)) or "none"
        wrong = [
            FieldProblem(path=name[:80], message=f"there is no such parameter; known: {names}")
            if name not in known
            else FieldProblem(path=name, message="is given more than once")
            for name, values in sorted(request.query_params.lists())
            if name not in known or len(values) > 1
        ]
        if wrong:
            raise InvalidBody(wrong[:20])

    def parameters(self) -> set[str]:
        """The query parameters that this address knows."""
        return set()

    def get_throttles(self) -> list[BaseThrottle]:
        """The rate of this method, if it has one."""
        scope = self.rates.get(self.request.method or "")
        return [WindowThrottle(scope)] if scope else []

    @property
    def user(self) -> User:
        """Who is calling; the permission classes have sent anybody anonymous away."""
        assert isinstance(self.request.user, User)  # noqa: S101 - narrows the type only
        return self.request.user


class PagedEndpoint(ListModelMixin, Endpoint, GenericAPIView[Row]):
    """A list: filtered, one page of it, one record per row."""

    pagination_class = CreatedCursorPagination
    filterset_class: ClassVar[Any] = None

    def parameters(self) -> set[str]:
        """The cursor's parameters and the filters."""
        filters = set(self.filterset_class.base_filters) if self.filterset_class else set()
        return {"cursor", "page_size"} | filters

    def record(self, row: Row) -> BaseModel:
        """One row as clients get it."""
        raise NotImplementedError

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One page."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([self.record(row).model_dump(mode="json") for row in page or []])


def read_body(request: Request, model: type[Body]) -> Body:
    """The body of a request as the model that the endpoint documents.

    Raises:
        InvalidBody: it is not; says every field that is wrong.
    """
    try:
        return model.model_validate(request.data)
    except ValidationError as error:
        raise InvalidBody(field_problems(error)) from None


def field_problems(error: ValidationError) -> list[FieldProblem]:
    """Each thing that pydantic found wrong."""
    return [
        FieldProblem(path=field_path(detail["loc"]), message=detail["msg"])
        for detail in error.errors(include_url=False, include_input=False)
    ]
