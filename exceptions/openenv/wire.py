"""What goes over the wire, in the shapes of openenv's `env_server/types.py`."""

from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from exceptions import environment
from exceptions.api.session_records import SessionObservation, known_scheme
from exceptions.models import Episode
from exceptions.selectors.openenv import SPLIT
from exceptions.services.episodes import Played

NAME: Final = "invoiceguard"
VERSION: Final = "1.0.0"


class ResetOptions(BaseModel):
    """What `reset` takes. An option that nobody knows is refused: a misspelt `task_id` must not mean any case."""

    model_config = ConfigDict(extra="forbid")

    seed: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="Chooses the task: number `seed` modulo the number of tasks.", examples=[7]
    )
    episode_id: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = Field(
        default=None, description="The client's own name of the episode; `state` repeats it.", examples=["rollout-17"]
    )
    task_id: Annotated[str, StringConstraints(max_length=40)] | None = Field(
        default=None, description="The task to play; before `index`, before `seed`.", examples=["C-1042"]
    )
    split: str = Field(default=SPLIT, pattern=f"^{SPLIT}$", description="The task split; there is one.")
    index: Annotated[int, Field(ge=0)] | None = Field(default=None, description="The task by its index.", examples=[3])
    rewards: Annotated[str, AfterValidator(known_scheme)] = Field(
        default="grounded-1", description="Reward scheme.", json_schema_extra={"enum": list(environment.REWARD_SCHEMES)}
    )
    client: Annotated[str, StringConstraints(max_length=200)] = Field(
        default="", description="What plays: kept with the episode.", examples=["grpo run 3"]
    )

    def arguments(self) -> dict[str, Any]:
        """As `openenv_reset` takes them."""
        kept = {name: value for name in ("episode_id", "client") if (value := getattr(self, name))}
        return self.model_dump(include={"seed", "task_id", "index", "rewards"}) | {"kept": kept}


class ResetRequest(ResetOptions):
    """The body of `POST reset`."""

    session_id: UUID | None = Field(
        default=None, description="Begin the next episode of this session; left out: of a new one."
    )


class StepRequest(BaseModel):
    """The body of `POST step`."""

    model_config = ConfigDict(extra="forbid")

    action: dict[str, Any] = Field(description="As /schema has it; anything else is taken as an invalid step.")
    session_id: UUID | None = Field(
        default=None, description="Of which session; may be left out while only one of yours has an episode in play."
    )
    timeout_s: Annotated[float, Field(gt=0)] | None = Field(default=None, description="Of the protocol; not needed.")
    request_id: Annotated[str, StringConstraints(max_length=255)] | None = Field(
        default=None, description="Of the protocol; not needed."
    )


class WireAction(environment.Action):
    """An action, with the field that all actions of OpenEnv have."""

    metadata: dict[str, Any] = Field(default_factory=dict, description="Of the protocol; not looked at.")


class Metadata(BaseModel):
    """What an answer says beside the observation."""

    model_config = ConfigDict(extra="forbid")

    session_id: UUID = Field(description="How HTTP requests, and `/ws?session_id=`, name this session.")
    episode: UUID = Field(description="The episode as the desk names it: /api/v1/episodes/<id>/.")


class WireObservation(SessionObservation):
    """An observation, with the fields that all observations of OpenEnv have."""

    model_config = ConfigDict(extra="forbid")

    reward: float | None = Field(description="What the last step earned; null after a reset only.")
    metadata: Metadata


class StateAnswer(BaseModel):
    """Where a session stands."""

    episode_id: str | None = Field(description="As the client named it at reset, else as the desk does.")
    step_count: int = Field(ge=0)
    session_id: UUID | None = None
    task_id: str | None = None
    rewards: str | None = None
    done: bool = False


def action_sent(data: dict[str, Any]) -> dict[str, Any]:
    """What a client sent as an action, without the `metadata` that typed clients add to every action."""
    return {name: value for name, value in data.items() if name != "metadata"}


def observation_answer(played: Played) -> dict[str, Any]:
    """The `data` of an `observation` message; also the body that `POST reset` and `POST step` answer with."""
    episode = played.episode
    fields = played.observation.to_dict()
    reward, done = fields.pop("reward"), fields.pop("done")
    metadata = {"session_id": episode.settings["session"], "episode": str(episode.pk)}
    return {"observation": fields | {"metadata": metadata}, "reward": reward, "done": done, "metadata": metadata}


def state_answer(episode: Episode | None) -> dict[str, Any]:
    """The `data` of a `state` message. None: nothing has been played in this session yet."""
    if episode is None:
        return StateAnswer(episode_id=None, step_count=0).model_dump(mode="json")
    return StateAnswer(
        episode_id=episode.settings.get("episode_id", str(episode.pk)),
        step_count=episode.steps_used,
        session_id=episode.settings["session"],
        task_id=episode.case_version.case.reference,
        rewards=episode.rewards,
        done=episode.ended,
    ).model_dump(mode="json")
