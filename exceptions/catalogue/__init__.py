"""The 22 catalogue cases, kept as one case pack beside this file.

The first twelve are the slice `canonical`, the last ten the slice `hard`. Our own recipes never train on
them: they are the test set.
"""

from pathlib import Path
from typing import Final

from exceptions.environment import Case, Decision, ExceptionType, load_case_pack

CATALOGUE_PATH = Path(__file__).with_name("catalogue.json")
#: What the constant players answer: every answer that some case of the catalogue has, and no other. The floor of a
#: leaderboard is the best of them; an answer that no case has would only stand below it.
CONSTANT_ANSWERS: Final = (
    (Decision.APPROVE, ExceptionType.CLEAN_MATCH),
    (Decision.HOLD, ExceptionType.QUANTITY_MISMATCH),
    (Decision.HOLD, ExceptionType.PARTIAL_RECEIPT),
    (Decision.HOLD, ExceptionType.MISSING_RECEIPT),
    (Decision.REJECT, ExceptionType.DUPLICATE_INVOICE),
    (Decision.REJECT, ExceptionType.POLICY_VIOLATION),
    (Decision.ESCALATE, ExceptionType.PRICE_MISMATCH),
    (Decision.ESCALATE, ExceptionType.TOTAL_AMOUNT_MISMATCH),
    (Decision.ESCALATE, ExceptionType.POLICY_VIOLATION),
    (Decision.ESCALATE, ExceptionType.MIXED_DISCREPANCY),
)


def load_catalogue() -> list[Case]:
    """The 22 cases in catalogue order.

    Raises:
        CasePackError: the pack beside this file was edited and no longer validates.
    """
    return load_case_pack(CATALOGUE_PATH)
