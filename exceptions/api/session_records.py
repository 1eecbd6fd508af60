"""Sessions as clients ask for them and get them."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from exceptions import environment
from exceptions.api.cases import InvoiceSummary
from exceptions.models import EpisodeStatus

#: Longer than any answer needs to be; the whole of it is kept with the step.
MAX_ACTION_TEXT: Final = 20_000


def known_scheme(name: str) -> str:
    """The name, if a reward scheme has it.

    Raises:
        ValueError: none has.
    """
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
    rewards: Annotated[str, AfterValidator(known_scheme)] = Field(
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
    invoice_summary: InvoiceSummary
    available_actions: list[str] = Field(
        description="Empty at the end.", examples=[["inspect_purchase_order", "submit_final_resolution"]]
    )
    revealed_documents: dict[str, Any] = Field(
        description="Contents by document name.",
        examples=[
            {
                "purchase_order": {
                    "number": "PO-88213",
                    "supplier_id": "V-1180",
                    "date": "2026-02-20",
                    "currency": "EUR",
                    "approved": True,
                    "payment_terms": "Net 30",
                    "lines": [
                        {
                            "item_code": "A4",
                            "description": "Copy paper",
                            "quantity": "60",
                            "unit_price": "18.40",
                            "line_total": "1104.00",
                            "unit": None,
                        }
                    ],
                }
            }
        ],
    )
    findings: list[str] = Field(examples=[["PO PO-88213: approved, total 1104 EUR"]])
    remaining_steps: int = Field(examples=[9])
    last_result: str = Field(
        description="What the last action said.",
        examples=["PO-88213, supplier V-1180, 2026-02-20, EUR, approved, terms Net 30\nA4: 60 x 18.40"],
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
    status: EpisodeStatus = Field(examples=["running"])
    stop_reason: environment.StopReason | None = Field(examples=[None])
    steps_used: int = Field(examples=[1])
    created_at: datetime = Field(examples=["2026-03-02T08:15:00Z"])
    ended_at: datetime | None = Field(examples=[None])


class Session(SessionRow):
    """A session and what its player sees."""

    observation: SessionObservation
