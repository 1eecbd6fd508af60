"""Sets of cases: what there is to play and compare on, and new sets by the generator."""

from typing import Annotated, Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response

from evaluation.selectors.case_sets import case_sets_with_counts
from exceptions import roles
from exceptions.api.endpoint import Endpoint, read_body
from exceptions.api.permissions import holds
from exceptions.environment import Decision, ExceptionType, dump_case_pack
from exceptions.generator import FAMILIES
from exceptions.services.generated_cases import MOST_IN_A_REQUEST, GeneratedSet, generated_set, generated_set_import

Name = Annotated[str, Field(max_length=60)]


class CaseSetRecord(BaseModel):
    """A set of cases that have an answer."""

    name: str = Field(description="What `cases` of runs and comparisons takes.", examples=["generated-7"])
    title: str = Field(examples=["Generated cases, seed 7"])
    cases: int = Field(examples=[1000])


class CaseSetList(BaseModel):
    """All sets."""

    results: list[CaseSetRecord]


class CaseFamilyRecord(BaseModel):
    """A mechanism that cases are generated of."""

    name: str = Field(examples=["partial-receipt"])
    words: str = Field(examples=["Billed in full, part received"])
    decision: Decision = Field(description="Of its cases; the twin of a pair may have another.")
    exception_type: ExceptionType
    twins: bool = Field(description="Whether there are twins of it.", examples=[True])


class CaseFamilyList(BaseModel):
    """All families."""

    results: list[CaseFamilyRecord]


class GeneratedSetRequest(BaseModel):
    """What a generated set is made of: the same fields make the same cases."""

    model_config = ConfigDict(extra="forbid")

    count: int = Field(
        le=MOST_IN_A_REQUEST, description="Cases; with twins, pairs of cases. The command makes more.", examples=[100]
    )
    seed: int = Field(default=7, examples=[7])
    families: list[Name] = Field(default_factory=list, max_length=100, description="Only these; all if none.")
    hold_out: list[Name] = Field(default_factory=list, max_length=100, description="All but these.", examples=[[]])
    twins: bool = Field(default=False, description="Pairs that differ in the fact that flips the answer.")
    store: bool = Field(
        default=True, description="Import them. When false nothing is stored, and `pack` has the case pack."
    )


class FamilyCount(BaseModel):
    """How many cases a set has of a family."""

    family: str = Field(examples=["partial-receipt"])
    cases: int = Field(examples=[4])


class GeneratedSetRecord(BaseModel):
    """What was made."""

    name: str = Field(
        description="The set that holds these cases, and others of its kind and seed.", examples=["twins-7"]
    )
    title: str = Field(examples=["100 generated cases, seed 7"])
    cases: int = Field(examples=[100])
    families: list[FamilyCount]
    created: int = Field(description="Cases that are new on the desk.", examples=[100])
    changed: int = Field(description="Cases that have a new version.", examples=[0])
    unchanged: int = Field(description="Cases that were there.", examples=[0])
    pack: dict[str, Any] | None = Field(description="The case pack, answers included, when nothing is stored.")


class CaseSets(Endpoint):
    """Sets, and new ones."""

    rates = {"POST": "imports"}

    def get_permissions(self) -> list[Any]:
        """Reading is for everybody who reads episodes, making is not."""
        return [holds(roles.IMPORT_CASES if self.request.method == "POST" else roles.READ_EPISODES)()]

    @extend_schema(operation_id="case_sets_list", summary="List sets of cases", tags=["cases"], responses=CaseSetList)
    def get(self, request: Request) -> Response:
        """The fixed sets, then those of each seed that was generated; not paged."""
        sets = [CaseSetRecord(name=one.name, title=one.words, cases=count) for one, count in case_sets_with_counts()]
        return Response(CaseSetList(results=sets).model_dump(mode="json"))

    @extend_schema(
        operation_id="case_sets_generate",
        summary="Generate a set of cases",
        tags=["cases"],
        request=GeneratedSetRequest,
        responses={200: GeneratedSetRecord, 201: GeneratedSetRecord},
        examples=[OpenApiExample("Fifty pairs of twins", value={"count": 50, "twins": True}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """Make labelled cases and import them; 200 when all of them were there. One that is there stays as it is."""
        body = read_body(request, GeneratedSetRequest)
        made = generated_set(
            count=body.count, seed=body.seed, families=body.families, hold_out=body.hold_out, twins=body.twins
        )
        if not body.store:
            return Response(_record(made, pack=dump_case_pack(made.cases, made.title)).model_dump(mode="json"))
        result = generated_set_import(generated=made, user=self.user)
        record = _record(
            made, created=len(result.created), changed=len(result.changed), unchanged=len(result.unchanged)
        )
        return Response(record.model_dump(mode="json"), status=201 if result.created or result.changed else 200)


class CaseFamilies(Endpoint):
    """The generator's families."""

    permission_classes = [holds(roles.READ_EPISODES)]

    @extend_schema(
        operation_id="case_families_list", summary="List case families", tags=["cases"], responses=CaseFamilyList
    )
    def get(self, request: Request) -> Response:
        """The mechanisms that cases are generated of; which case is of which family is told to nobody who plays it."""
        families = [
            CaseFamilyRecord(
                name=family.name,
                words=family.words,
                decision=family.decision,
                exception_type=family.exception_type,
                twins=family.trap,
            )
            for family in FAMILIES.values()
        ]
        return Response(CaseFamilyList(results=families).model_dump(mode="json"))


def _record(
    made: GeneratedSet, *, created: int = 0, changed: int = 0, unchanged: int = 0, pack: dict[str, Any] | None = None
) -> GeneratedSetRecord:
    return GeneratedSetRecord(
        name=made.name,
        title=made.title,
        cases=len(made.cases),
        families=[FamilyCount(family=family.name, cases=count) for family, count in made.by_family],
        created=created,
        changed=changed,
        unchanged=unchanged,
        pack=pack,
    )
