"""Trade documents coming in."""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions import roles
from exceptions.api.endpoint import Endpoint
from exceptions.api.permissions import holds
from exceptions.api.problems import BodyTooLarge, FieldProblem, InvalidBody
from exceptions.models import UploadedDocument
from exceptions.services.trades import FileOutcome, UploadResult, documents_upload

#: What a multipart body may have beyond the files in it.
_OVERHEAD: Final = 1024 * 1024


class RefusedFile(BaseModel):
    """Why a file could not be read."""

    element: str | None = Field(
        description="Path of the element at fault.", examples=["Invoice/cac:InvoiceLine[2]/cbc:ID"]
    )
    line: int | None = Field(description="Line of that element, from 1.", examples=[81])
    problem: str = Field(examples=["The line has no identifier."])
    remedy: str = Field(examples=["Give every line an ID."])


class UploadedFile(BaseModel):
    """One file of the upload."""

    name: str = Field(examples=["invoice.xml"])
    id: UUID | None = Field(description="Null when it was refused.", examples=["0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a10"])
    kind: str | None = Field(examples=["invoice"])
    number: str | None = Field(examples=["EP-20417"])
    known: bool = Field(description="The same file was uploaded before.", examples=[False])
    refused: RefusedFile | None = Field(examples=[None])


class UploadedTrade(BaseModel):
    """Documents that became a case, or the next version of one."""

    case: str = Field(description="Reference of the case.", examples=["C-1042"])
    outcome: str = Field(examples=["created"], json_schema_extra={"enum": ["created", "changed", "unchanged"]})
    missing: list[str] = Field(
        description="What has not come in; the case can be worked without it.",
        examples=[["no goods receipt for order PO-88213"]],
    )


class WaitingFile(BaseModel):
    """A document that is part of no case yet."""

    id: UUID = Field(examples=["0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a11"])
    name: str = Field(examples=["order.xml"])
    waiting_for: str = Field(examples=["an invoice for order PO-88213"])


class SetAsideFile(BaseModel):
    """A document that is kept but not used."""

    id: UUID = Field(examples=["0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a12"])
    name: str = Field(examples=["invoice-copy.xml"])
    reason: str = Field(examples=["It says the same as invoice.xml."])


class DocumentRemark(BaseModel):
    """Something about a document that was read."""

    document: str = Field(examples=["invoice.xml"])
    element: str | None = Field(examples=["Invoice/cac:InvoiceLine[1]/cbc:InvoicedQuantity"])
    severity: str = Field(examples=["warning"], json_schema_extra={"enum": ["error", "warning", "information"]})
    message: str = Field(examples=["The unit is not that of the order."])


class Upload(BaseModel):
    """Everything that happened to an upload."""

    files: list[UploadedFile]
    trades: list[UploadedTrade]
    waiting: list[WaitingFile]
    set_aside: list[SetAsideFile]
    problems: list[DocumentRemark]


class DocumentUpload(Endpoint):
    """The upload."""

    permission_classes = [holds(roles.UPLOAD_DOCUMENTS)]
    parser_classes = [MultiPartParser]
    rates = {"POST": "imports"}

    @extend_schema(
        operation_id="documents_upload",
        summary="Upload trade documents",
        tags=["documents"],
        request={
            "multipart/form-data": {
                "type": "object",
                "required": ["files"],
                "properties": {
                    "files": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}
                },
            }
        },
        responses={200: Upload, 201: Upload},
    )
    def post(self, request: Request) -> Response:
        """UBL 2.x orders, receipt advices, despatch advices and invoices, together or one after the other.

        They are joined by order number and line; a complete trade becomes a case. A file that cannot be read does
        not keep the others out; when none can, the whole upload is refused and `errors` says why for each.
        """
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_MAX_BYTES + _OVERHEAD:
            raise _too_large()
        result = documents_upload(files=_files(request), user=self.user)
        if all(outcome.refused for outcome in result.files):
            raise InvalidBody(FieldProblem(path=error.document, message=str(error)) for error in result.refused)
        new = any(outcome.uploaded and not outcome.known for outcome in result.files)
        return Response(_upload(result).model_dump(mode="json"), status=201 if new else 200)


def _files(request: Request) -> list[tuple[str, bytes]]:
    unknown = sorted({*request.data} - {"files"})
    if unknown:
        raise InvalidBody(
            FieldProblem(path=name[:80], message="there is no such field; known: files") for name in unknown[:20]
        )
    files = request.FILES.getlist("files")
    if not files:
        raise InvalidBody([FieldProblem(path="files", message="give at least one file, as a file with a name")])
    if len(files) > settings.UPLOAD_MAX_FILES:
        raise InvalidBody(
            [FieldProblem(path="files", message=f"more than {settings.UPLOAD_MAX_FILES} files; upload them in parts")]
        )
    if sum(file.size or 0 for file in files) > settings.UPLOAD_MAX_BYTES:
        raise _too_large()
    return [(file.name or "unnamed", file.read()) for file in files]


def _too_large() -> BodyTooLarge:
    return BodyTooLarge(f"At most {settings.UPLOAD_MAX_BYTES} bytes are read at once; upload the files in parts.")


def _upload(result: UploadResult) -> Upload:
    return Upload(
        files=[_file(outcome) for outcome in result.files],
        trades=[
            UploadedTrade(case=trade.case.reference, outcome=trade.outcome, missing=list(trade.missing))
            for trade in result.trades
        ],
        waiting=[
            WaitingFile(**_named(waiting.uploaded), waiting_for=waiting.waiting_for) for waiting in result.waiting
        ],
        set_aside=[SetAsideFile(**_named(aside.uploaded), reason=aside.reason) for aside in result.set_aside],
        problems=[
            DocumentRemark(
                document=problem.document, element=problem.element, severity=problem.severity, message=problem.message
            )
            for problem in result.problems
        ],
    )


def _named(uploaded: UploadedDocument) -> dict[str, Any]:
    return {"id": uploaded.pk, "name": uploaded.file_name}


def _file(outcome: FileOutcome) -> UploadedFile:
    uploaded, error = outcome.uploaded, outcome.refused
    return UploadedFile(
        name=outcome.name,
        id=uploaded.pk if uploaded else None,
        kind=uploaded.kind if uploaded else None,
        number=uploaded.number if uploaded else None,
        known=outcome.known,
        refused=RefusedFile(element=error.element, line=error.line, problem=error.problem, remedy=error.remedy)
        if error
        else None,
    )
