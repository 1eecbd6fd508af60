"""The environment: cases, actions, observations, rewards and grading. Pure Python; no Django, no torch.

>>> cases = load_case_pack("pack.json")
>>> env = Environment(cases[0], rewards="seed-1")
>>> observation = env.reset()
>>> observation = env.step({"action_type": "inspect_purchase_order"})
"""

from exceptions.environment.actions import Action, InvalidAction, read_action
from exceptions.environment.case import (
    Case,
    GoodsReceipt,
    GroundTruth,
    History,
    Invoice,
    InvoiceLine,
    OrderLine,
    Policy,
    PurchaseOrder,
    ReceiptLine,
    Vendor,
)
from exceptions.environment.documents import DECISION_RULES
from exceptions.environment.episode import Environment, EpisodeOver, UnknownRewardScheme
from exceptions.environment.grade import Grade, Rubric
from exceptions.environment.matching import Discrepancy
from exceptions.environment.observation import Observation
from exceptions.environment.pack import (
    MAX_PACK_BYTES,
    PACK_FORMAT,
    CasePackError,
    PackProblem,
    dump_case_pack,
    load_case_pack,
)
from exceptions.environment.parsing import parse_action
from exceptions.environment.rendering import Rendering, render_text, task_text
from exceptions.environment.rewards import REWARD_SCHEMES, RewardScheme
from exceptions.environment.rubrics import RUBRICS, UngradedCase, UnknownRubric, grade
from exceptions.environment.state import EpisodeState, Resolution, StepRecord
from exceptions.environment.vocabulary import (
    COMPARISONS,
    INVESTIGATIONS,
    REVEALS,
    ActionType,
    Decision,
    Difficulty,
    DocumentName,
    ExceptionType,
    RiskTier,
    Slice,
    StopReason,
)

__all__ = [
    "COMPARISONS",
    "DECISION_RULES",
    "INVESTIGATIONS",
    "MAX_PACK_BYTES",
    "PACK_FORMAT",
    "REVEALS",
    "REWARD_SCHEMES",
    "RUBRICS",
    "Action",
    "ActionType",
    "Case",
    "CasePackError",
    "Decision",
    "Difficulty",
    "Discrepancy",
    "DocumentName",
    "Environment",
    "EpisodeOver",
    "EpisodeState",
    "ExceptionType",
    "GoodsReceipt",
    "Grade",
    "GroundTruth",
    "History",
    "InvalidAction",
    "Invoice",
    "InvoiceLine",
    "Observation",
    "OrderLine",
    "PackProblem",
    "Policy",
    "PurchaseOrder",
    "ReceiptLine",
    "Rendering",
    "Resolution",
    "RewardScheme",
    "RiskTier",
    "Rubric",
    "Slice",
    "StepRecord",
    "StopReason",
    "UngradedCase",
    "UnknownRewardScheme",
    "UnknownRubric",
    "Vendor",
    "dump_case_pack",
    "grade",
    "load_case_pack",
    "parse_action",
    "read_action",
    "render_text",
    "task_text",
]
