"""Before the end, nothing that a player sees depends on the answer or on how the case is filed."""

import json

import pytest

from exceptions.catalogue import load_catalogue
from exceptions.environment import INVESTIGATIONS, Case, Environment, render_text

CASES = load_catalogue()


def shown(case: Case) -> list[str]:
    """Every observation of an episode that does everything but submit: structured, and in both text renderings."""
    environment = Environment(case)
    observations = [environment.reset()]
    rendered = []
    for action in (None, *INVESTIGATIONS):
        if action is not None:
            observations.append(environment.step({"action_type": action}))
        observation = observations[-1]
        assert not observation.done
        rendered += [
            json.dumps(observation.to_dict()),
            render_text(observation),
            render_text(observation, "cumulative"),
        ]
    return rendered


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_no_observation_contains_the_title_the_id_or_a_key_finding(case: Case) -> None:
    assert case.ground_truth is not None
    secrets = [case.id, case.title, "ground_truth", *case.ground_truth.key_findings]
    for text in shown(case.model_copy(update={"max_steps": 20})):
        assert [secret for secret in secrets if secret.lower() in text.lower()] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_observations_do_not_change_with_the_answer_or_the_filing(case: Case) -> None:
    disguised = {
        "id": "another-id",
        "title": "Another title",
        "slice": "imported",
        "difficulty": "easy",
        "ground_truth": {
            "decision": "reject_invoice",
            "exception_type": "tax_variance",
            "evidence": ["inspect_vendor_profile"],
            "key_findings": ["Another finding, 4711."],
        },
    }
    longer = case.model_copy(update={"max_steps": 20})
    assert shown(Case.model_validate(longer.model_dump() | disguised)) == shown(longer)
