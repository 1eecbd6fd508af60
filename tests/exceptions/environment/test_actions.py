"""Actions as objects and as JSON objects."""

import pytest
from pydantic import ValidationError

from exceptions.environment import Action, ActionType, Decision, ExceptionType, InvalidAction, read_action


def test_there_are_twelve_actions() -> None:
    assert len(ActionType) == 12


def test_an_action_cannot_be_changed() -> None:
    action = Action(action_type=ActionType.COMPARE_PRICE)
    with pytest.raises(ValidationError, match="frozen"):
        action.action_type = ActionType.COMPARE_TOTALS  # type: ignore[misc]  # the point of the test


def test_the_wire_form_holds_only_what_is_said() -> None:
    assert Action(action_type=ActionType.COMPARE_PRICE).to_dict() == {"action_type": "compare_price"}
    proposal = Action(action_type=ActionType.PROPOSE_EXCEPTION_TYPE, exception_type=ExceptionType.TAX_VARIANCE)
    assert proposal.to_dict() == {"action_type": "propose_exception_type", "exception_type": "tax_variance"}


def test_the_wire_form_reads_back() -> None:
    action = Action(
        action_type=ActionType.SUBMIT_FINAL_RESOLUTION,
        final_decision=Decision.REJECT,
        exception_type=ExceptionType.DUPLICATE_INVOICE,
        evidence_references=("check_for_duplicate_invoice",),
        explanation="Paid before.",
        confidence=0.25,
    )
    assert read_action(action.to_dict()) == action


def test_citations_need_not_be_names_of_actions() -> None:
    fields = {
        "action_type": "submit_final_resolution",
        "final_decision": "place_on_hold",
        "evidence_references": ["my gut feeling"],
    }
    assert read_action(fields).evidence_references == ("my gut feeling",)


@pytest.mark.parametrize("sent", [None, 3, "compare_price", ["compare_price"], {3: 4}, {("a",): 1}])
def test_what_is_no_object_is_no_action(sent: object) -> None:
    with pytest.raises(InvalidAction) as caught:
        read_action(sent)
    assert caught.value.reason


def test_it_names_up_to_three_things_that_are_wrong() -> None:
    with pytest.raises(InvalidAction) as caught:
        read_action({"action_type": "look", "confidence": 7, "colour": "red"})
    assert caught.value.reason.count(";") == 2
