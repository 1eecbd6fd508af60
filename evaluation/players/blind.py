"""Scripts that read nothing: the constant answer, the endless investigator and chance."""

import random
from collections.abc import Callable

from evaluation.players.protocol import Conversation
from exceptions.environment import INVESTIGATIONS, Action, ActionType, Decision, ExceptionType

#: What every constant player looks at before it answers, whatever it sees there.
CONSTANT_INSPECTIONS = (
    ActionType.INSPECT_PURCHASE_ORDER,
    ActionType.INSPECT_GOODS_RECEIPT_NOTE,
    ActionType.INSPECT_INVOICE_LINE_ITEMS,
    ActionType.CHECK_FOR_DUPLICATE_INVOICE,
    ActionType.COMPARE_QUANTITY,
)


def constant_action(decision: Decision, exception_type: ExceptionType) -> Callable[[Conversation], Action]:
    """A script that performs and cites the same five inspections and always submits this answer."""

    def play(conversation: Conversation) -> Action:
        observation = conversation.observation
        turn = observation.steps_taken
        if turn < len(CONSTANT_INSPECTIONS) and observation.remaining_steps > 1:
            return Action(action_type=CONSTANT_INSPECTIONS[turn])
        return Action(
            action_type=ActionType.SUBMIT_FINAL_RESOLUTION,
            final_decision=decision,
            exception_type=exception_type,
            evidence_references=CONSTANT_INSPECTIONS[:turn],
            explanation="Order, receipt and history were checked; the documents support this decision.",
        )

    return play


def investigator_action(conversation: Conversation) -> Action:
    """The ten investigating actions in turn, for ever."""
    return Action(action_type=INVESTIGATIONS[conversation.observation.steps_taken % len(INVESTIGATIONS)])


def random_action(conversation: Conversation) -> Action:
    """Any of the twelve actions, with any answer; it depends on seed, case and turn alone."""
    observation = conversation.observation
    # Seeding by text is the same in every process, unlike hash().
    seed = f"{conversation.seed} {observation.case_reference} {observation.steps_taken}"
    chance = random.Random(seed)  # noqa: S311  # a dice player guards no secret
    action_type = chance.choice(list(ActionType))
    match action_type:
        case ActionType.PROPOSE_EXCEPTION_TYPE:
            return Action(action_type=action_type, exception_type=chance.choice(list(ExceptionType)))
        case ActionType.SUBMIT_FINAL_RESOLUTION:
            return Action(
                action_type=action_type,
                final_decision=chance.choice(list(Decision)),
                exception_type=chance.choice(list(ExceptionType)),
                evidence_references=tuple(chance.sample(INVESTIGATIONS, 3)),
                explanation="Chosen at random.",
            )
    return Action(action_type=action_type)
