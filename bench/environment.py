"""Environment steps a second on one core, resets and grading included: `python -m bench.environment`.

Counted in processor time, so that what else runs on the machine does not count.
"""

import time
from collections.abc import Callable, Sequence

from exceptions.catalogue import load_catalogue
from exceptions.environment import (
    REWARD_SCHEMES,
    Action,
    ActionType,
    Case,
    Environment,
    GroundTruth,
    render_text,
)

#: The fixed order of an expert's nine looks, then the submit.
_LOOKS = (
    ActionType.INSPECT_PURCHASE_ORDER,
    ActionType.INSPECT_GOODS_RECEIPT_NOTE,
    ActionType.INSPECT_INVOICE_LINE_ITEMS,
    ActionType.INSPECT_VENDOR_PROFILE,
    ActionType.COMPARE_QUANTITY,
    ActionType.COMPARE_PRICE,
    ActionType.COMPARE_TOTALS,
    ActionType.CHECK_FOR_DUPLICATE_INVOICE,
    ActionType.INSPECT_POLICY_RULES,
)
_ROUNDS = 3
_ROUND_SECONDS = 2.0


def catalogue_plays() -> list[tuple[Case, list[Action]]]:
    """Each catalogue case with nine looks and the right submit."""
    looks = [Action(action_type=kind) for kind in _LOOKS]
    return [(case, [*looks, _submit(case.ground_truth)]) for case in load_catalogue() if case.ground_truth]


def play_actions(plays: Sequence[tuple[Case, Sequence[Action]]]) -> int:
    """Every episode once under each reward scheme, graded by its rubric; the number of steps."""
    steps = 0
    for case, actions in plays:
        for scheme in REWARD_SCHEMES:
            environment = Environment(case, scheme)
            environment.reset()
            for action in actions:
                environment.step(action)
            steps += len(actions)
    return steps


def play_text(plays: Sequence[tuple[Case, Sequence[str]]]) -> int:
    """Every episode from raw model text, each observation rendered for a model; the number of steps."""
    steps = 0
    for case, answers in plays:
        environment = Environment(case)
        render_text(environment.reset())
        for answer in answers:
            render_text(environment.step(answer))
        steps += len(answers)
    return steps


def _submit(truth: GroundTruth) -> Action:
    return Action(
        action_type=ActionType.SUBMIT_FINAL_RESOLUTION,
        final_decision=truth.decision,
        exception_type=truth.exception_type,
        evidence_references=truth.evidence,
        explanation=" ".join(truth.key_findings),
        confidence=0.9,
    )


def _best_rate(play: Callable[[], int]) -> float:
    best = 0.0
    for _ in range(_ROUNDS):
        steps, started = 0, time.process_time()
        while (used := time.process_time() - started) < _ROUND_SECONDS:
            steps += play()
        best = max(best, steps / used)
    return best


def main() -> None:
    """Print the figures, the best of three rounds of two seconds each."""
    plays = catalogue_plays()
    texts = [(case, [action.model_dump_json(exclude_defaults=True) for action in played]) for case, played in plays]
    rate = _best_rate(lambda: play_actions(plays))
    print(f"environment steps/s: {rate:,.0f} (floor 50,000; one core, resets and grading included)")
    print(f"environment steps/s from raw text, rendered: {_best_rate(lambda: play_text(texts)):,.0f}")


if __name__ == "__main__":
    main()
