"""Players of endpoints as the tests ask them."""

from typing import Any

from pydantic import SecretStr

from evaluation.play import Play
from evaluation.players.api_model import ApiModelPlayer
from evaluation.players.configs import ApiModelConfig
from evaluation.players.endpoint_limits import Backoff
from evaluation.players.protocol import Completion, Conversation
from exceptions.catalogue import load_catalogue

KEY = "sk-very-secret-0123456789"
#: Attempts follow at once, so that the tests wait for nothing.
AT_ONCE = Backoff(first=0.0)
#: Players whose connections the test's end closes.
made: list[ApiModelPlayer] = []


def player_of(url: str, *, key: str = "", **config: Any) -> ApiModelPlayer:
    """A player that asks the endpoint at this address."""
    player = ApiModelPlayer(
        "Some model",
        ApiModelConfig(base_url=url, model="some-model", **config),
        SecretStr(key) if key else None,
        backoff=AT_ONCE,
    )
    made.append(player)
    return player


def conversations(count: int = 1, *, seed: int = 0) -> list[Conversation]:
    """The openings of so many episodes on one case."""
    case = load_catalogue()[0]
    return [Play.begin(case, play_id=f"play-{number}", seed=seed + number).conversation for number in range(count)]


def one_answer(player: ApiModelPlayer) -> Completion:
    [completion] = player.complete(conversations())
    return completion
