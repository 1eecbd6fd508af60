"""The figures of a training run: for a chart, for a table, for a pipe."""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions import roles
from exceptions.api.endpoint import Endpoint
from exceptions.api.export import NdjsonRenderer
from exceptions.api.permissions import holds
from training.api.records import MetricPoint, MetricRow, Metrics
from training.api.runs import find_run, whole_number
from training.models import TrainingMetric, TrainingRun
from training.selectors.curves import curves

_CHUNK = 2000
_CSV: dict[str, Any] = {"type": "string", "examples": ["name,step,value\r\ntrain/loss,9,0.42\r\n"]}
_PARAMETERS = [
    OpenApiParameter("names", OpenApiTypes.STR, description="Only these, with commas between; all when left out."),
    OpenApiParameter("after", OpenApiTypes.INT, description="Only steps behind this one."),
]
#: (name, step, value)
Row = tuple[str, int, float | None]


class _MetricsEndpoint(Endpoint):
    permission_classes = [holds(roles.READ_EPISODES)]

    def parameters(self) -> set[str]:
        """Which figures, and from where."""
        return {"names", "after"}

    def wanted(self, request: Request) -> dict[str, Any]:
        """What was asked for, as the selectors take it."""
        names = [name for name in request.query_params.get("names", "").split(",") if name]
        return {"names": names, "after": whole_number(request, "after")}


class TrainingMetrics(_MetricsEndpoint):
    """As JSON."""

    @extend_schema(
        operation_id="training_runs_metrics",
        summary="A training run's figures",
        tags=["training"],
        parameters=_PARAMETERS,
        responses=Metrics,
    )
    def get(self, request: Request, training_id: UUID) -> Response:
        """By name, in the order of steps. For `eval/…` the step is the epoch (0: before training)."""
        found = curves(find_run(training_id), **self.wanted(request))
        points = {
            name: [MetricPoint(step=step, value=value) for step, value in series] for name, series in found.items()
        }
        return Response(Metrics(metrics=points).model_dump(mode="json"))


class CsvRenderer(BaseRenderer):
    """Lets clients ask for the media type; the lines are written by the stream itself."""

    media_type = "text/csv"
    format = "csv"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        raise NotImplementedError("the export streams")


class TrainingMetricsCsv(_MetricsEndpoint):
    """As a table."""

    renderer_classes = [CsvRenderer]
    http_method_names = ["get"]

    @extend_schema(
        operation_id="training_runs_metrics_csv",
        summary="A training run's figures as CSV",
        tags=["training"],
        parameters=_PARAMETERS,
        responses={
            (200, CsvRenderer.media_type): OpenApiResponse(
                _CSV, description="Columns name, step, value; the value is empty where it was no number."
            )
        },
    )
    def get(self, request: Request, training_id: UUID) -> StreamingHttpResponse:
        """One row for each value, by name and step."""
        return _stream(find_run(training_id), self.wanted(request), _as_csv, CsvRenderer, b"name,step,value\r\n")


class TrainingMetricsNdjson(_MetricsEndpoint):
    """As lines of JSON."""

    renderer_classes = [NdjsonRenderer]
    http_method_names = ["get"]

    @extend_schema(
        operation_id="training_runs_metrics_ndjson",
        summary="A training run's figures as NDJSON",
        tags=["training"],
        parameters=_PARAMETERS,
        responses={(200, NdjsonRenderer.media_type): OpenApiResponse(MetricRow, description="One object per line.")},
    )
    def get(self, request: Request, training_id: UUID) -> StreamingHttpResponse:
        """One object for each value, by name and step."""
        return _stream(find_run(training_id), self.wanted(request), _as_ndjson, NdjsonRenderer)


def _stream(
    run: TrainingRun,
    wanted: dict[str, Any],
    write: Callable[[Iterable[Row]], bytes],
    renderer: type[BaseRenderer],
    head: bytes = b"",
) -> StreamingHttpResponse:
    name = f"training-{run.pk}.{renderer.format}"
    return StreamingHttpResponse(
        _chunks(run, wanted, write, head),
        content_type=renderer.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"},
    )


async def _chunks(
    run: TrainingRun, wanted: dict[str, Any], write: Callable[[Iterable[Row]], bytes], head: bytes
) -> AsyncIterator[bytes]:
    """Every chunk is a query of its own behind the last row, so that no transaction is open while a client reads."""
    if head:
        yield head
    behind: tuple[str, int] | None = None
    while True:
        rows = await sync_to_async(_rows)(run, wanted, behind)
        if rows:
            yield write(rows)
        if len(rows) < _CHUNK:
            return
        behind = rows[-1][:2]


def _rows(run: TrainingRun, wanted: dict[str, Any], behind: tuple[str, int] | None) -> list[Row]:
    found = TrainingMetric.objects.filter(run=run)
    if wanted["names"]:
        found = found.filter(name__in=wanted["names"])
    if wanted["after"] is not None:
        found = found.filter(step__gt=wanted["after"])
    if behind is not None:
        name, step = behind
        found = found.filter(name__gt=name) | found.filter(name=name, step__gt=step)
    return list(found.order_by("name", "step").values_list("name", "step", "value")[:_CHUNK])


def _as_csv(rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows((name, step, "" if value is None else value) for name, step, value in rows)
    return text.getvalue().encode()


def _as_ndjson(rows: Iterable[Row]) -> bytes:
    lines = (json.dumps({"name": name, "step": step, "value": value}) for name, step, value in rows)
    return "".join(f"{line}\n" for line in lines).encode()
