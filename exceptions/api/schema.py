"""How the endpoints become OpenAPI 3.1: pydantic models, and the problems that every endpoint can answer with."""

import re
from http import HTTPStatus
from typing import Any, Final

from drf_spectacular.contrib.pydantic import PydanticExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import Direction

from exceptions.api.problems import MEDIA_TYPE, Problem
from exceptions.api.schema_examples import example_of

_DETAILS: Final = {
    400: "sort: there is no such parameter; known: cursor, page_size",
    401: "Authentication credentials were not provided.",
    403: "This needs one of the roles admin, reviewer, supervisor; ask an admin of the desk for one.",
    404: "There is nothing at this address.",
    409: "It ended after step 9 (submitted); open the case again to play once more.",
    413: "The body has more than the 262144 bytes that are read here.",
    415: 'Unsupported media type "text/plain" in request.',
    429: "Request was throttled. Expected available in 12 seconds.",
}


class DeskModelExtension(PydanticExtension):  # type: ignore[no-untyped-call]
    """Pydantic models: in requests, fields that have a default may be left out; in responses, all are there."""

    priority = 1
    target_class = "pydantic.BaseModel"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """The model's schema; models inside it become components of their own."""
        mode = "validation" if direction == "request" else "serialization"
        schema: dict[str, Any] = self.target.model_json_schema(ref_template="#/components/schemas/{model}", mode=mode)
        for name, inner in schema.pop("$defs", {}).items():
            component = ResolvedComponent(  # type: ignore[no-untyped-call]
                name=name, type=ResolvedComponent.SCHEMA, object=name, schema=inner
            )
            auto_schema.registry.register_on_missing(component)
        return schema


class DeskSchema(AutoSchema):
    """One operation, with the problem documents it can answer."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> dict[str, Any] | None:
        """The operation as drf-spectacular makes it, and its problems."""
        operation: dict[str, Any] | None = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation is None:
            return None
        problem = self.resolve_serializer(Problem, "response").ref  # type: ignore[arg-type]  # the extension's
        for status in self._problems(path, method):
            operation["responses"].setdefault(
                str(status), _problem(problem, HTTPStatus(status).phrase, _example(status, path))
            )
        operation["responses"]["default"] = _problem(problem, "Anything else that goes wrong", None)
        return operation

    def _get_response_for_code(
        self, serializer: Any, status_code: str, media_types: Any = None, direction: Direction = "response"
    ) -> dict[str, Any]:
        """A response, with its status in words and an example of its body."""
        response: dict[str, Any] = super()._get_response_for_code(  # type: ignore[no-untyped-call]
            serializer, status_code, media_types, direction
        )
        response["description"] = response["description"] or HTTPStatus(int(status_code)).phrase
        components = {component.name: component.schema for component in self.registry._components.values()}
        for content in response.get("content", {}).values():
            if "example" not in content and "examples" not in content:
                content["example"] = example_of(content["schema"], components)
        return response

    def _get_parameters(self) -> list[dict[str, Any]]:
        """The parameters without drf-spectacular's private marks."""
        parameters: list[dict[str, Any]] = super()._get_parameters()
        for parameter in parameters:
            parameter["schema"].pop("x-spec-enum-id", None)
        return parameters

    def _problems(self, path: str, method: str) -> list[int]:
        problems = [400, 401, 403]
        if "{" in path or getattr(self.view, "pagination_class", None) is not None:
            problems.append(404)
        if method in ("POST", "PATCH"):
            problems += [409, 413, 415]
        if method in getattr(self.view, "rates", {}):
            problems.append(429)
        return problems


def _problem(schema: dict[str, Any], description: str, example: dict[str, Any] | None) -> dict[str, Any]:
    content = {"schema": schema} if example is None else {"schema": schema, "example": example}
    return {"description": description, "content": {MEDIA_TYPE: content}}


def _example(status: int, path: str) -> dict[str, Any]:
    address = path.replace("{reference}", "C-1042").replace("{slug}", "gpt-4-1-mini")
    return Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=_DETAILS[status],
        instance=re.sub(r"{\w+_id}", "0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a09", address),
    ).model_dump(exclude_none=True)
