"""Asking one OpenAI-compatible chat endpoint: attempts, pauses, time-outs, and what went wrong in words.

The key goes into one header of requests to the configured address and nowhere else: redirects are not followed, and
whatever the endpoint says is cleared of the key before it is kept or shown.
"""

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx2
from pydantic import SecretStr

from evaluation.players.chat_answers import ChatAnswer, NoAnswer, Withheld, error_words, read_answer, shortened
from evaluation.players.configs import ApiModelConfig
from evaluation.players.endpoint_limits import Backoff, Circuit, Pace, wait
from evaluation.players.protocol import Message

#: More than any model answers; a larger body is not read to its end.
MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
_WORTH_ANOTHER_TRY: Final = frozenset({408, 425, 429})
#: These are about the one request, and say nothing about the endpoint.
_REQUEST_AT_FAULT: Final = frozenset({400, 413, 422})
_HINTS: Final = {
    401: "check its key",
    402: "its account has no credit left",
    403: "its key may not use this model",
    404: "check the base URL and the model's name",
}


class EndpointFailure(Exception):
    """No answer; says why, without the key."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer with how it came: seconds of the attempt that brought it, and how many attempts it took."""

    answer: ChatAnswer
    latency: float
    attempts: int


class _Failed(Exception):
    """One attempt failed."""

    def __init__(
        self, reason: str, *, again: bool = True, retry_after: float | None = None, endpoints_fault: bool = True
    ) -> None:
        super().__init__(reason)
        self.again = again
        self.retry_after = retry_after
        self.endpoints_fault = endpoints_fault


class ChatEndpoint:
    """An endpoint as one process sees it; used from one event loop only."""

    def __init__(
        self,
        config: ApiModelConfig,
        key: SecretStr | None = None,
        *,
        backoff: Backoff | None = None,
        circuit: Circuit | None = None,
    ) -> None:
        """Ask with this key, or without one. Nothing is sent before `ask`."""
        self.config = config
        self._key = key
        self._backoff = backoff or Backoff()
        self._circuit = circuit or Circuit(config.circuit_failures)
        self._pace = Pace(config.requests_per_minute)
        self._at_once = asyncio.Semaphore(config.concurrency)
        self._client: httpx2.AsyncClient | None = None
        self._asking = 0

    async def ask(self, messages: Sequence[Message], *, seed: int) -> Asked:
        """The endpoint's answer to these messages.

        Raises:
            EndpointFailure: there is none, after all attempts that the configuration allows.
        """
        self._asking += 1
        try:
            return await self._ask(messages, seed)
        finally:
            self._asking -= 1

    async def close(self) -> None:
        """Close its connections, unless somebody is asking; the next `ask` opens new ones."""
        if self._client is not None and not self._asking:
            client, self._client = self._client, None
            await client.aclose()

    async def _ask(self, messages: Sequence[Message], seed: int) -> Asked:
        async with self._at_once:
            if refusal := self._circuit.refusal():
                raise EndpointFailure(self._about(refusal))
            try:
                asked = await self._attempts(self._body(messages, seed))
            except _Failed as failed:
                if failed.endpoints_fault:
                    self._circuit.failed(str(failed))
                else:
                    self._circuit.gave_up()
                raise EndpointFailure(self._about(str(failed))) from None
            except BaseException:
                self._circuit.gave_up()
                raise
            self._circuit.succeeded()
            return asked

    async def _attempts(self, body: Mapping[str, Any]) -> Asked:
        if self._pace.paused > self.config.total_timeout:
            raise _Failed(f"it asked for a pause, of which {self._pace.paused:.0f} s are left", again=False)
        await wait(self._pace.take())
        deadline = time.monotonic() + self.config.total_timeout
        for attempt in range(self.config.retries + 1):
            started = time.monotonic()
            try:
                answer = await self._within(deadline, body)
                return Asked(answer, time.monotonic() - started, attempt + 1)
            except _Failed as failed:
                last = attempt == self.config.retries or self._circuit.is_open
                tries = f" ({attempt + 1} attempts)" if attempt else ""
                if last or not failed.again:
                    raise _Failed(f"{failed}{tries}", endpoints_fault=failed.endpoints_fault) from None
                if failed.retry_after is not None:
                    self._pace.pause(failed.retry_after)
                pause = max(self._pace.take(), self._backoff.seconds(attempt) if failed.retry_after is None else 0.0)
                if time.monotonic() + pause >= deadline:
                    limit = f"the {self.config.total_timeout:g} s that one answer may take"
                    raise _Failed(f"{failed}; another attempt would wait {pause:.0f} s, past {limit}{tries}") from None
                await wait(pause)
        raise AssertionError("the last attempt returns or raises")

    async def _within(self, deadline: float, body: Mapping[str, Any]) -> ChatAnswer:
        left = deadline - time.monotonic()
        try:
            async with asyncio.timeout(left):
                status, headers, content = await self._exchange(body)
        except TimeoutError:
            limit = self.config.total_timeout
            raise _Failed(f"it did not finish its answer within {limit:g} s", again=False) from None
        except httpx2.ConnectTimeout:
            raise _Failed(f"no connection within {self.config.connect_timeout:g} s") from None
        except httpx2.TimeoutException:
            raise _Failed(f"it said nothing for {self.config.read_timeout:g} s") from None
        except httpx2.ConnectError as error:
            raise _Failed(f"it cannot be reached: {self._clean(_why_unreachable(error))}") from None
        except httpx2.TransportError as error:
            raise _Failed(f"the connection broke in the middle of its answer: {self._clean(str(error))}") from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise _Failed(f"it could not be asked: {self._clean(str(error))}", again=False) from None
        self._raise_for(status, headers, content)
        return self._read(content)

    async def _exchange(self, body: Mapping[str, Any]) -> tuple[int, httpx2.Headers, bytes]:
        """One request. Returns the status, the headers and the body up to `MAX_ANSWER_BYTES`."""
        content = bytearray()
        async with self._connected().stream(
            "POST", f"{self.config.base_url}/chat/completions", json=body, headers=self._headers()
        ) as response:
            async for part in response.aiter_bytes():
                content += part
                if len(content) > MAX_ANSWER_BYTES:
                    raise _Failed(f"its answer is larger than {MAX_ANSWER_BYTES} bytes", again=False)
            return response.status_code, response.headers, bytes(content)

    def _connected(self) -> httpx2.AsyncClient:
        if self._client is None:
            config = self.config
            self._client = httpx2.AsyncClient(
                timeout=httpx2.Timeout(config.read_timeout, connect=config.connect_timeout, pool=None),
                limits=httpx2.Limits(max_connections=config.concurrency, max_keepalive_connections=config.concurrency),
                follow_redirects=False,
            )
        return self._client

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json", "User-Agent": "InvoiceGuard"}
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key.get_secret_value()}"
        return headers

    def _body(self, messages: Sequence[Message], seed: int) -> dict[str, Any]:
        config = self.config
        body: dict[str, Any] = {
            "model": config.model,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            config.max_tokens_field: config.max_tokens,
        }
        if config.temperature is not None:
            body["temperature"] = config.temperature
        if config.top_p is not None:
            body["top_p"] = config.top_p
        if config.send_seed:
            body["seed"] = seed
        if config.json_mode:
            body["response_format"] = {"type": "json_object"}
        return body | config.extra_body

    def _raise_for(self, status: int, headers: httpx2.Headers, content: bytes) -> None:
        if status == 200:
            return
        if 300 <= status < 400:
            raise _Failed(
                f"it redirects ({status}) to {self._clean(headers.get('location', 'nowhere'))}, which is not followed: "
                "the key would go along. Give the address itself as the base URL",
                again=False,
            )
        said = self._clean(error_words(content[:100_000]))
        hint = f" ({_HINTS[status]})" if status in _HINTS else ""
        raise _Failed(
            f"it answered {status}{hint}" + (f": {said}" if said else ""),
            again=status in _WORTH_ANOTHER_TRY or status >= 500,
            retry_after=_retry_after(headers.get("retry-after", "")),
            endpoints_fault=status not in _REQUEST_AT_FAULT,
        )

    def _read(self, content: bytes) -> ChatAnswer:
        try:
            answer = read_answer(content)
        except NoAnswer as error:
            raise _Failed(self._without_key(str(error))) from None
        except Withheld as error:
            raise _Failed(str(error), again=False, endpoints_fault=False) from None
        return replace(answer, text=self._without_key(answer.text))

    def _about(self, reason: str) -> str:
        return f"{self.config.model} at {self.config.origin}: {reason}"

    def _clean(self, text: str) -> str:
        # The key first: a text that is cut could end in half of it.
        return shortened(self._without_key(text))

    def _without_key(self, text: str) -> str:
        return text.replace(self._key.get_secret_value(), "•••") if self._key is not None else text


def _why_unreachable(error: BaseException) -> str:
    """What the system said: the client's own words are only that all attempts failed."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, BaseExceptionGroup):
            cause = cause.exceptions[0]
        if isinstance(cause, OSError) and cause.errno:
            # Errors of name resolution have numbers of their own, below zero.
            return os.strerror(cause.errno) if cause.errno > 0 else str(cause.strerror)
        cause = cause.__cause__ or cause.__context__
    return str(error)


def _retry_after(value: str) -> float | None:
    """Seconds of a `Retry-After` header (RFC 9110, 10.2.3: seconds or a date); None when it holds neither."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        then = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (then - datetime.now(UTC)).total_seconds()) if then.tzinfo else None
