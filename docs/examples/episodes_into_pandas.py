"""Reads the export of episodes into a pandas frame, one row per episode, and says who plays how well.

Needs pandas. Make a token on the page /tokens/, then:

    INVOICEGUARD_TOKEN=… python docs/examples/episodes_into_pandas.py http://127.0.0.1:8000 [resolved=true …]

What follows the address are filters of the list of episodes, such as `player=three-way-match` or `status=ended`.
"""

import json
import os
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any


def episodes(site: str, token: str, **filters: str) -> Iterator[dict[str, Any]]:
    """The episodes of the export, one by one.

    A stream that breaks off raises `http.client.IncompleteRead`: what was read until then is not all.
    """
    address = f"{site.rstrip('/')}/api/v1/episodes/export/?{urllib.parse.urlencode(filters)}"
    request = urllib.request.Request(address, headers={"Authorization": f"Token {token}"})
    with urllib.request.urlopen(request) as response:
        for line in response:
            yield json.loads(line)


def row(episode: dict[str, Any]) -> dict[str, Any]:
    """The columns of one episode; scores have one column by rubric."""
    kept = ("id", "case", "player", "origin", "status", "stop_reason", "steps_used", "invalid_steps", "resolved")
    scores = {f"score {rubric}": score for rubric, score in (episode["scores"] or {}).items()}
    tokens = sum(step["completion_tokens"] for step in episode["steps"])
    return {name: episode[name] for name in kept} | scores | {"completion_tokens": tokens}


def main() -> int:
    """Read, and print means by player."""
    token = os.environ.get("INVOICEGUARD_TOKEN")
    if not token or len(sys.argv) < 2:
        print(__doc__)
        return 2
    import pandas  # here, so that the functions above can be used without it

    filters = dict(argument.split("=", 1) for argument in sys.argv[2:])
    frame = pandas.DataFrame(row(episode) for episode in episodes(sys.argv[1], token, **filters))
    if frame.empty:
        print("There are no such episodes that you may read.")
        return 0
    ended = frame[frame["status"] == "ended"]
    numbers = [name for name in frame.columns if name.startswith("score") or name in ("resolved", "steps_used")]
    print(f"{len(frame)} episodes, {len(ended)} of them ended\n")
    print(ended.groupby("player")[numbers].mean(numeric_only=False).round(3))
    return 0


if __name__ == "__main__":
    sys.exit(main())
