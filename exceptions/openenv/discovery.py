"""What anybody may ask: what this environment is, what shapes it speaks, which tasks there are."""

from typing import Any

from django.db import Error as DatabaseError
from django.db import connection
from django.http import Http404
from pydantic import BaseModel, ConfigDict
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions.api.endpoint import read_body
from exceptions.openenv.documents import openapi_document, schemas
from exceptions.openenv.endpoint import OpenEnvEndpoint
from exceptions.openenv.wire import NAME, VERSION
from exceptions.selectors.openenv import SPLIT, playable_cases


class Health(OpenEnvEndpoint):
    """Whether this process answers and reaches its database."""

    def get(self, request: Request) -> Response:
        """200 and `healthy`, or 503 and `unhealthy`."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError:
            return Response({"status": "unhealthy"}, status=503)
        return Response({"status": "healthy"})


class MetadataPage(OpenEnvEndpoint):
    """What this environment is."""

    def get(self, request: Request) -> Response:
        """In a few words."""
        return Response(
            {
                "name": NAME,
                "description": "Resolve invoice exceptions: look at order, receipt, invoice and policy, then decide.",
                "readme_content": None,
                "version": VERSION,
                "author": "InvoiceGuard",
                "documentation_url": request.build_absolute_uri("openapi.json"),
            }
        )


class Schemas(OpenEnvEndpoint):
    """The JSON schemas of actions, observations and state."""

    def get(self, request: Request) -> Response:
        """All in one."""
        return Response(schemas())


class OpenApiDocument(OpenEnvEndpoint):
    """The HTTP addresses under /openenv/."""

    def get(self, request: Request) -> Response:
        """As OpenAPI 3.1."""
        return Response(openapi_document())


class Environments(OpenEnvEndpoint):
    """The names that the task addresses begin with."""

    def get(self, request: Request) -> Response:
        """There is one."""
        return Response([NAME])


class _SplitNamed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    split: str


class _TaskNamed(_SplitNamed):
    index: int


class _RangeNamed(_SplitNamed):
    start: int | None = None
    stop: int | None = None


class TaskEndpoint(OpenEnvEndpoint):
    """An address of the task API: `/openenv/<env_name>/…`."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse the names of environments that are not this one."""
        super().initial(request, *args, **kwargs)
        if kwargs["env_name"].lower() != NAME:
            raise Http404(f"There is no environment {kwargs['env_name']!r} here; there is {NAME}.")


class Splits(TaskEndpoint):
    """The task splits."""

    def get(self, request: Request, env_name: str) -> Response:
        """There is one."""
        return Response([{"name": SPLIT, "type": SPLIT}])


class Tasks(TaskEndpoint):
    """All tasks of a split."""

    def post(self, request: Request, env_name: str) -> Response:
        """In the order of their indexes."""
        return Response({"tasks": _tasks(read_body(request, _SplitNamed)), "env_name": NAME})


class TaskCount(TaskEndpoint):
    """How many tasks a split has."""

    def post(self, request: Request, env_name: str) -> Response:
        """The number."""
        return Response({"num_tasks": len(_tasks(read_body(request, _SplitNamed)))})


class OneTask(TaskEndpoint):
    """A task by its index."""

    def post(self, request: Request, env_name: str) -> Response:
        """Its id and its index."""
        body = read_body(request, _TaskNamed)
        tasks = _tasks(body)
        if not 0 <= body.index < len(tasks):
            raise Http404(f"There is no task {body.index}: there are {len(tasks)}, counted from 0.")
        return Response({"task": tasks[body.index]})


class TaskRange(TaskEndpoint):
    """Tasks from `start` to before `stop`, as Python slices."""

    def post(self, request: Request, env_name: str) -> Response:
        """Perhaps none."""
        body = read_body(request, _RangeNamed)
        return Response({"tasks": _tasks(body)[body.start : body.stop]})


def _tasks(body: _SplitNamed) -> list[dict[str, Any]]:
    """The tasks: nothing but their references, because anything else about a case could give its answer away."""
    if body.split != SPLIT:
        raise Http404(f"There is no split {body.split!r} here; there is {SPLIT}.")
    references = playable_cases().values_list("reference", flat=True)
    return [{"id": reference, "index": index, "split": SPLIT} for index, reference in enumerate(references)]
