"""Trying an endpoint from its player's page: one small request, and what came back."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import structlog

from evaluation.players.configs import ApiModelConfig
from evaluation.players.protocol import Message, PlayerError
from evaluation.services.player_keys import player_key
from exceptions.models import Player

log = structlog.get_logger(__name__)
#: Somebody waits for the page: no retries, and not for long.
_SECONDS: Final = 20.0
_QUESTION: Final = (
    Message("system", "Answer with one JSON object."),
    Message("user", 'Answer with this JSON object and nothing else: {"ready": true}'),
)
_SHOWN: Final = 300


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it: `problem` in words, or the answer with what it took. `latency` in seconds."""

    problem: str = ""
    text: str = ""
    cut: bool = False
    prompt_tokens: int = 0
    completion_tokens: int = 0
    counted: bool = False
    latency: float = 0.0
    price: Decimal | None = None

    @property
    def worked(self) -> bool:
        return not self.problem


def endpoint_try(*, player: Player, config: ApiModelConfig) -> Trial:
    """Ask the player's endpoint once, with its key as this process has it."""
    from evaluation.players.background_loop import run_in_background

    try:
        key = player_key(player, config)
    except PlayerError as error:
        return Trial(problem=str(error))
    brief = config.model_copy(
        update={
            "retries": 0,
            "total_timeout": min(config.total_timeout, _SECONDS),
            "read_timeout": min(config.read_timeout, _SECONDS),
            "connect_timeout": min(config.connect_timeout, _SECONDS / 2),
            "requests_per_minute": None,
        }
    )

    async def ask() -> Trial:
        from evaluation.players.endpoint import ChatEndpoint, EndpointFailure

        endpoint = ChatEndpoint(brief, key)
        try:
            asked = await endpoint.ask(_QUESTION, seed=0)
        except EndpointFailure as failure:
            return Trial(problem=str(failure))
        finally:
            await endpoint.close()
        answer = asked.answer
        return Trial(
            text=answer.text[:_SHOWN],
            cut=answer.stop == "length",
            prompt_tokens=answer.prompt_tokens,
            completion_tokens=answer.completion_tokens,
            counted=answer.counted,
            latency=asked.latency,
            price=config.price(answer.prompt_tokens, answer.completion_tokens) if answer.counted else None,
        )

    trial = run_in_background(ask())
    log.info("an endpoint was tried", player=player.slug, worked=trial.worked)
    return trial
