"""The expert: knows the answer, looks at what proves it, and explains it with figures that it has seen."""

from evaluation.players.protocol import Conversation, PlayerError
from exceptions.environment import Action, ActionType, GroundTruth, Observation
from exceptions.environment.grounded_rubric import FREE_STEPS
from exceptions.environment.grounding import facts, holds, mentions

#: The fixed order of an expert trace.
TRACE_ORDER = (
    ActionType.INSPECT_PURCHASE_ORDER,
    ActionType.INSPECT_GOODS_RECEIPT_NOTE,
    ActionType.INSPECT_INVOICE_LINE_ITEMS,
    ActionType.INSPECT_VENDOR_PROFILE,
    ActionType.COMPARE_QUANTITY,
    ActionType.COMPARE_PRICE,
    ActionType.COMPARE_TOTALS,
    ActionType.CHECK_FOR_DUPLICATE_INVOICE,
    ActionType.INSPECT_POLICY_RULES,
    ActionType.SUMMARIZE_FINDINGS,
)


def expert_action(conversation: Conversation) -> Action:
    """The required actions in trace order, a look more where a key finding is unproven, then the submit.

    Raises:
        PlayerError: the case has no ground truth, or the caller did not hand it over.
    """
    truth = conversation.ground_truth
    if truth is None:
        raise PlayerError(
            f"the expert cannot play {conversation.observation.case_reference}: it needs the ground truth;"
            " adjudicate the case first, or choose another player"
        )
    observation = conversation.observation
    plan = expert_plan(truth)
    turn = observation.steps_taken
    proven = [finding for finding in truth.key_findings if _is_proven(finding, observation)]
    finished = turn >= len(truth.evidence) and len(proven) == len(truth.key_findings)
    if not finished and turn < len(plan) and observation.remaining_steps > 1:
        return Action(action_type=plan[turn])
    return Action(
        action_type=ActionType.SUBMIT_FINAL_RESOLUTION,
        final_decision=truth.decision,
        exception_type=truth.exception_type,
        evidence_references=tuple(plan[: len(truth.evidence)][:turn]),
        explanation=" ".join(proven or truth.key_findings),
    )


def expert_plan(truth: GroundTruth) -> list[ActionType]:
    """What is required in trace order, then what may still be looked at for free before the submit."""
    required = [action for action in TRACE_ORDER if action in truth.evidence]
    others = [action for action in TRACE_ORDER if action not in truth.evidence]
    return required + others[: FREE_STEPS - 1]


def _is_proven(finding: str, observation: Observation) -> bool:
    """Whether every figure and number of a key finding occurs in what was revealed so far."""
    seen = (observation.invoice_summary_text, *observation.results)
    known = facts(mentions("\n".join(seen)))
    return all(holds(mention, known) for mention in mentions(finding))
