"""Language models behind an OpenAI-compatible endpoint: OpenAI, the Hugging Face router, vLLM, Ollama and the like."""

import asyncio
from collections.abc import Sequence

from pydantic import SecretStr

from evaluation.players.background_loop import run_in_background
from evaluation.players.configs import ApiModelConfig
from evaluation.players.endpoint import ChatEndpoint, EndpointFailure
from evaluation.players.endpoint_limits import Backoff, Circuit
from evaluation.players.protocol import Completion, Conversation, PlayerError


class ApiModelPlayer:
    """A `Player` that asks an endpoint for each answer, the conversations of a batch at once.

    A conversation that gets no answer fails alone, with the reason; its action is never made up. How long a prompt is
    only the endpoint can tell: `prompt_tokens` is 0 before asking, so that no prompt budget applies. A prompt that is
    too long for the model is refused by the endpoint, and ends its episode with that reason.
    """

    reads_ground_truth = False

    def __init__(
        self,
        name: str,
        config: ApiModelConfig,
        key: SecretStr | None = None,
        *,
        backoff: Backoff | None = None,
        circuit: Circuit | None = None,
    ) -> None:
        """Nothing is sent before the first `complete`."""
        self.name = name
        self.config = config
        self._endpoint = ChatEndpoint(config, key, backoff=backoff, circuit=circuit)

    def complete(self, conversations: Sequence[Conversation]) -> list[Completion]:
        """One completion per conversation, in order; one without an answer carries the `failure`."""
        return run_in_background(self._all(conversations))

    def prompt_tokens(self, conversation: Conversation) -> int:
        """0: unknown before the endpoint has answered."""
        return 0

    def release(self, conversation_ids: Sequence[str]) -> None:
        """Close the connections, unless other conversations wait for an answer: nothing else is kept."""
        run_in_background(self._endpoint.close())

    async def _all(self, conversations: Sequence[Conversation]) -> list[Completion]:
        return list(await asyncio.gather(*(self._answer(conversation) for conversation in conversations)))

    async def _answer(self, conversation: Conversation) -> Completion:
        if conversation.cut_prompt_at is not None:
            raise PlayerError(f"{self.name} is given messages, which cannot be cut; choose another budget policy.")
        try:
            asked = await self._endpoint.ask(conversation.messages, seed=conversation.seed)
        except EndpointFailure as failure:
            return Completion(text="", failure=str(failure))
        answer = asked.answer
        return Completion(
            text=answer.text,
            prompt_tokens=answer.prompt_tokens,
            completion_tokens=answer.completion_tokens,
            computed_tokens=max(0, answer.prompt_tokens - answer.cached_tokens),
            latency=asked.latency,
            stop=answer.stop,
            price=self.config.price(answer.prompt_tokens, answer.completion_tokens) if answer.counted else None,
        )
