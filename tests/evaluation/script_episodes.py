"""Whole episodes of script players, as the tests of scripts and catalogue need them."""

from evaluation.players.protocol import Conversation, Message, Player
from exceptions.environment import Case, Environment, EpisodeState, render_text


def play(case: Case, player: Player, seed: int = 0, rewards: str = "grounded-1") -> Environment:
    """The environment after the player has played the case to its end."""
    environment = Environment(case, rewards)
    observation = environment.reset()
    conversation = Conversation(
        id=case.opaque_reference,
        messages=[Message("user", render_text(observation))],
        observation=observation,
        ground_truth=case.ground_truth if player.reads_ground_truth else None,
        seed=seed,
    )
    while not observation.done:
        [completion] = player.complete([conversation])
        observation = environment.step(completion.text)
        conversation.messages += [
            Message("assistant", completion.text),
            Message("user", render_text(observation)),
        ]
        conversation.observation = observation
    player.release([conversation.id])
    return environment


def resolved(case: Case, state: EpisodeState) -> bool:
    """Whether decision and exception type are both right."""
    truth, resolution = case.ground_truth, state.resolution
    return (
        truth is not None
        and resolution is not None
        and (resolution.final_decision, resolution.exception_type) == (truth.decision, truth.exception_type)
    )
