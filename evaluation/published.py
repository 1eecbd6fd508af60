"""What others have published about this task, to be seen beside our own figures and never mixed with them.

The published experiment had 22 cases of its own; ours have the same mechanisms and other figures, words and documents.
"""

from dataclasses import dataclass
from typing import Final

#: The sentence that every chart with a published value carries.
OTHER_CASES: Final = (
    "Published values are of the original experiment, on its own cases, not on ours: the same task, other exam papers. "
    "No interval is drawn, because their results by case are not at hand here."
)
#: The rubric that published scores are by.
PUBLISHED_RUBRIC: Final = "seed-1"

_ALL: Final = "the original’s 22 cases"
_HOLDOUT: Final = "4 of the original’s cases (2 canonical, 2 hard)"
_PUBLISHED: Final = "published"
_RECOMPUTED: Final = "recomputed from the published traces"


@dataclass(frozen=True, slots=True)
class Published:
    """One published result. What was not published is None; counts are out of `n`."""

    player: str
    n: int
    cases: str
    source: str
    score: float | None = None
    decisions_right: int | None = None
    resolved: int | None = None
    success: float | None = None

    @property
    def label(self) -> str:
        """`gpt-4o (API), published, n = 22`."""
        return f"{self.player}, published, n = {self.n}"


def _by_api(player: str, score: float, decisions_right: int, resolved: int) -> Published:
    return Published(f"{player} (API)", 22, _ALL, _RECOMPUTED, score, decisions_right, resolved)


def _local(stage: str, score: float) -> Published:
    return Published(f"Qwen3-4B, {stage}", 4, _HOLDOUT, _PUBLISHED, score)


PUBLISHED: Final = (
    _by_api("gpt-4o", 0.821, 16, 16),
    _by_api("gpt-4.1-mini", 0.822, 18, 14),
    _by_api("gpt-5.1", 0.798, 17, 13),
    _by_api("Qwen3-4B-Instruct-2507", 0.793, 17, 13),
    _by_api("Qwen2.5-7B-Instruct", 0.683, 14, 8),
    Published("Qwen3-4B, GRPO’s last adapter", 22, _ALL, _PUBLISHED, score=0.508, success=0.36),
    _local("untrained", 0.137),
    _local("full-trace SFT", 0.155),
    _local("submit-only SFT", 0.650),
    _local("submit-deep SFT", 0.729),
    _local("submit-deep-best SFT", 0.704),
    _local("GRPO, warm start", 0.704),
    _local("GRPO, best", 0.775),
    _local("GRPO, last", 0.720),
    Published("Qwen3-4B untrained (API)", 4, _HOLDOUT, _RECOMPUTED, score=0.780),
)
