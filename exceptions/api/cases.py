"""Cases: what may be known of one before it is played, and the rest once its answer may be seen."""

import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions import environment, roles
from exceptions.api.endpoint import Endpoint, PagedEndpoint
from exceptions.api.permissions import holds
from exceptions.filters import CaseFilter
from exceptions.models import Case, CaseVersion, GroundTruthRecord
from exceptions.selectors.queue import QUEUE_STATES, queue_for
from exceptions.selectors.visibility import may_see_answer

REFERENCE: Final = OpenApiParameter(
    "reference",
    str,
    OpenApiParameter.PATH,
    description="Reference of the case.",
    examples=[OpenApiExample("A case", value="C-1042")],
)


class CaseRow(BaseModel):
    """A case in the list."""

    reference: str = Field(description="The name that players know it by.", examples=["C-1042"])
    supplier_name: str = Field(examples=["Example Paper Ltd"])
    invoice_number: str = Field(examples=["EP-20417"])
    po_number: str = Field(description="Order number as the invoice gives it.", examples=["PO-88213"])
    invoice_date: datetime.date = Field(examples=["2026-03-02"])
    currency: str = Field(examples=["EUR"])
    total: Decimal = Field(description="Total of the invoice, tax included.", examples=["1324.80"])
    state: str = Field(
        description="What you have done on it in the workspace.",
        examples=["open"],
        json_schema_extra={"enum": [state for state, _words in QUEUE_STATES]},
    )


class InvoiceSummary(BaseModel):
    """The invoice as every player sees it before the first step."""

    number: str = Field(examples=["EP-20417"])
    supplier_id: str = Field(examples=["V-1180"])
    supplier_name: str = Field(examples=["Example Paper Ltd"])
    date: datetime.date = Field(examples=["2026-03-02"])
    currency: str = Field(examples=["EUR"])
    po_number: str = Field(examples=["PO-88213"])
    total: Decimal = Field(description="As printed, tax included.", examples=["1324.80"])
    line_count: int = Field(examples=[1])


class Answer(BaseModel):
    """What would give the case away."""

    title: str = Field(examples=["Two boxes short"])
    slice: environment.Slice = Field(examples=["generated"])
    difficulty: environment.Difficulty = Field(examples=["easy"])
    ground_truth: dict[str, Any] | None = Field(
        description="Decision, exception type, evidence, key findings; null while nobody has resolved the case.",
        examples=[
            {
                "decision": "place_on_hold",
                "exception_type": "partial_receipt",
                "evidence": ["inspect_goods_receipt_note", "compare_quantity"],
                "key_findings": ["GRN-5512 accepts 58 of the 60 billed."],
            }
        ],
    )


class CaseFull(CaseRow):
    """One case."""

    version: int = Field(
        description="The latest version; episodes name the one that they were played on.", examples=[1]
    )
    max_steps: int = Field(description="Steps that an episode has.", examples=[10])
    invoice_summary: InvoiceSummary
    answer: Answer | None = Field(
        description="Null unless you may see it: none of your own episodes on the case is open, and you ended one "
        "or your role sees answers.",
        examples=[None],
    )


class ApiCaseFilter(CaseFilter):
    """The queue's filters. A cursor has one order, so there is nothing to sort by."""

    sort = None  # type: ignore[assignment]  # how django-filter takes an inherited filter away

    class Meta(CaseFilter.Meta):
        pass


class CaseList(PagedEndpoint[Case]):
    """All cases."""

    permission_classes = [holds(roles.PLAY, roles.READ_EPISODES)]
    filterset_class = ApiCaseFilter
    queryset = Case.objects.none()

    @extend_schema(operation_id="cases_list", summary="List cases", tags=["cases"], responses=CaseRow)
    def get(self, request: Request) -> Response:
        """Newest first. Titles, slugs, slices and difficulties are not here: they give the answer away."""
        return self.list(request)

    def get_queryset(self) -> QuerySet[Case]:
        return queue_for(self.user).defer("latest__content")

    def record(self, row: Case) -> CaseRow:
        return CaseRow(**_row(row))


class CaseDetail(Endpoint):
    """One case."""

    permission_classes = [holds(roles.PLAY, roles.READ_EPISODES)]

    @extend_schema(
        operation_id="cases_retrieve", summary="One case", tags=["cases"], parameters=[REFERENCE], responses=CaseFull
    )
    def get(self, request: Request, reference: str) -> Response:
        """Its invoice as players first see it; with the answer once you may see that."""
        case = get_object_or_404(queue_for(self.user), reference=reference)
        version = _latest(case)
        record = CaseFull(
            **_row(case),
            version=version.number,
            max_steps=version.max_steps,
            invoice_summary=InvoiceSummary(**environment.Environment(version.sealed).reset().invoice_summary),
            answer=_answer(version) if may_see_answer(self.user, case.pk) else None,
        )
        return Response(record.model_dump(mode="json"))


def plain_money(value: Decimal) -> Decimal:
    """The amount with two decimals, or with as many as it needs."""
    cents = value.quantize(Decimal("0.01"))
    return cents if cents == value else value.normalize()


def _latest(case: Case) -> CaseVersion:
    if case.latest is None:
        raise ValueError(f"case {case.reference} has no version")
    return case.latest


def _row(case: Case) -> dict[str, Any]:
    version = _latest(case)
    return {
        "reference": case.reference,
        "supplier_name": version.supplier_name,
        "invoice_number": version.invoice_number,
        "po_number": version.po_number,
        "invoice_date": version.invoice_date,
        "currency": version.currency,
        "total": plain_money(version.total),
        "state": getattr(case, "state"),  # noqa: B009 - annotated by queue_for
    }


def _answer(version: CaseVersion) -> Answer:
    truth = GroundTruthRecord.objects.filter(case_version=version).first()
    return Answer(
        title=version.title,
        slice=environment.Slice(version.slice),
        difficulty=environment.Difficulty(version.difficulty),
        ground_truth=truth.answer if truth else None,
    )
