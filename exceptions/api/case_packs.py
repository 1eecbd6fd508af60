"""Case packs coming in."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions import environment, roles
from exceptions.api.endpoint import Endpoint
from exceptions.api.parsers import PackParser
from exceptions.api.permissions import holds
from exceptions.services.cases import case_pack_import


class ImportedPack(BaseModel):
    """What an import did, by the cases' ids in the pack."""

    created: list[str] = Field(examples=[["two-boxes-short"]])
    changed: list[str] = Field(
        description="These have a new version; episodes stay with the one they were played on.", examples=[[]]
    )
    unchanged: list[str] = Field(examples=[[]])


_PACK_SCHEMA = {
    "type": "object",
    "description": "A case pack; docs/case-packs.md has all fields. Decimals as strings, dates ISO 8601.",
    "required": ["format", "name", "cases"],
    "properties": {
        "format": {"const": environment.PACK_FORMAT},
        "name": {"type": "string"},
        "cases": {"type": "array", "items": {"type": "object"}},
    },
    "additionalProperties": False,
}
_ORDERED = {
    "item_code": "A4",
    "description": "Copy paper",
    "quantity": "60",
    "unit_price": "18.40",
    "line_total": "1104.00",
}
_PACK_EXAMPLE = {
    "format": environment.PACK_FORMAT,
    "name": "One case",
    "cases": [
        {
            "id": "two-boxes-short",
            "title": "Two boxes short",
            "slice": "generated",
            "difficulty": "easy",
            "max_steps": 10,
            "invoice": {
                "number": "EP-20417",
                "supplier_id": "V-1180",
                "supplier_name": "Example Paper Ltd",
                "date": "2026-03-02",
                "currency": "EUR",
                "po_number": "PO-88213",
                "lines": [_ORDERED],
                "subtotal": "1104.00",
                "tax": "220.80",
                "total": "1324.80",
            },
            "purchase_order": {
                "number": "PO-88213",
                "supplier_id": "V-1180",
                "date": "2026-02-20",
                "currency": "EUR",
                "approved": True,
                "payment_terms": "Net 30",
                "lines": [_ORDERED],
            },
            "goods_receipts": [
                {
                    "number": "GRN-5512",
                    "po_number": "PO-88213",
                    "date": "2026-02-27",
                    "lines": [{"item_code": "A4", "received": "60", "accepted": "58", "rejected": "2"}],
                }
            ],
            "vendor": {
                "supplier_id": "V-1180",
                "name": "Example Paper Ltd",
                "risk_tier": "low",
                "duplicate_incidents": 0,
                "preferred": True,
            },
            "history": {},
            "ground_truth": None,
        }
    ],
}


class CasePackImport(Endpoint):
    """The import."""

    permission_classes = [holds(roles.IMPORT_CASES)]
    parser_classes = [PackParser]
    rates = {"POST": "imports"}

    @extend_schema(
        operation_id="case_packs_import",
        summary="Import a case pack",
        tags=["cases"],
        request={"application/json": _PACK_SCHEMA},
        responses={200: ImportedPack, 201: ImportedPack},
        examples=[OpenApiExample("One real case without an answer", value=_PACK_EXAMPLE, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """All of it or nothing: one thing wrong refuses the pack; `errors` has all that is wrong, by case and path.

        Importing the same pack twice changes nothing (200); a new or changed case is a new version (201).
        """
        pack: bytes = request.data  # type: ignore[assignment]  # PackParser gives bytes
        result = case_pack_import(source=pack, user=self.user)
        record = ImportedPack(created=result.created, changed=result.changed, unchanged=result.unchanged)
        return Response(record.model_dump(mode="json"), status=201 if result.created or result.changed else 200)
