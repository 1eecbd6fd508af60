"""A client of InvoiceGuard in one file, to copy: the standard library is all it needs.

    from invoiceguard_client import InvoiceGuard, flat

    desk = InvoiceGuard("http://127.0.0.1:8000")             # the token is read from INVOICEGUARD_TOKEN
    frame = pandas.DataFrame(map(flat, desk.episodes(status="ended")))

Make a token on the page /tokens/; it may do what its owner may.
"""

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from typing import Any

Record = dict[str, Any]


class Refused(Exception):
    """The desk refused a request: `status` is HTTP's, the text says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(f"{status}: {why}")
        self.status = status


class InvoiceGuard:
    """The desk at an address, as the owner of a token."""

    def __init__(self, site: str, token: str = "") -> None:
        """Without a token, the one in the environment variable INVOICEGUARD_TOKEN."""
        self._api = f"{site.rstrip('/')}/api/v1/"
        self._token = token or os.environ["INVOICEGUARD_TOKEN"]

    def episodes(self, **filters: str) -> Iterator[Record]:
        """Every episode that you may read, one by one, with steps and grades: a stream that memory does not notice.

        Filters are those of the list, such as `player="expert"`, `status="ended"`. A stream that breaks off raises
        `http.client.IncompleteRead`: what was read until then is not all.
        """
        with self._open("GET", f"episodes/export/?{urllib.parse.urlencode(filters)}") as lines:
            for line in lines:
                yield json.loads(line)

    def players(self) -> Iterator[Record]:
        """All players."""
        address = "players/?page_size=200"
        while address:
            page = self._ask("GET", address)
            yield from page["results"]
            address = (page["next"] or "").rpartition("/api/v1/")[2]

    def comparison(self, **query: str) -> Record:
        """Leaderboard and paired tests with 95 % intervals: `cases`, `rubric`, `condition`, `players`, `of`."""
        return self._ask("GET", f"comparisons/?{urllib.parse.urlencode(query)}")

    def evaluate(self, players: Sequence[str], cases: str = "catalogue", **more: Any) -> Record:
        """Start an evaluation run (admins); `more` is `samples`, `settings`, `rewards`, `name`."""
        return self._ask("POST", "evaluation-runs/", {"players": list(players), "cases": cases, **more})

    def evaluation(self, run: str, *, wait: bool = False) -> Record:
        """How far a run is; with `wait`, once it has ended."""
        while True:
            record = self._ask("GET", f"evaluation-runs/{run}/")
            if not wait or record["ended_at"]:
                return record
            time.sleep(1)

    def _ask(self, method: str, address: str, body: Record | None = None) -> Record:
        with self._open(method, address, body) as answer:
            record: Record = json.load(answer)
            return record

    def _open(self, method: str, address: str, body: Record | None = None) -> Any:
        request = urllib.request.Request(self._api + address, method=method)
        request.add_header("Authorization", f"Token {self._token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            return urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, json.load(error)["detail"]) from None


def flat(episode: Record) -> Record:
    """One episode as one row: a column for the score of each rubric and for each criterion."""
    kept = ("id", "case", "player", "player_version", "origin", "status", "stop_reason", "steps_used", "invalid_steps")
    row = {name: episode[name] for name in (*kept, "resolved", "cumulative_reward", "created_at", "ended_at")}
    row |= dict.fromkeys(("final_decision", "exception_type", "confidence"))
    if (given := episode["resolution"]) is not None:
        row |= {name: given[name] for name in ("final_decision", "exception_type", "confidence")}
    for grade in episode["grades"] or []:
        row[f"score {grade['rubric']}"] = grade["score"]
        row |= {f"{grade['rubric']} {name}": value for name, value in grade["criteria"].items()}
    row["completion_tokens"] = sum(step["completion_tokens"] for step in episode["steps"])
    row["seconds"] = sum(step["latency"] for step in episode["steps"])
    return row
