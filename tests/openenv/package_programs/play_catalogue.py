"""Run by the Python that has openenv: plays given episodes with its own client, four sessions at once.

Reads `{"site", "token", "episodes": {task: [action, …]}}` from standard input; prints `{task: {…}}`.
"""

import asyncio
import json
import sys
from typing import Any

from openenv.core import GenericEnvClient

AT_ONCE = 4


async def play(client: Any, task: str, actions: list[dict[str, Any]]) -> dict[str, Any]:
    result = await client.reset(task_id=task, episode_id=f"of {task}")
    first = result.observation
    rewards = []
    for action in actions:
        result = await client.step(action)
        rewards.append(result.reward)
    state = await client.state()
    return {"case": first["case_reference"], "rewards": rewards, "done": result.done, "state": state}


async def session(given: dict[str, Any], waiting: list[str], played: dict[str, Any]) -> None:
    """One client, one connection: an episode after the other until none is left."""
    headers = {"Authorization": f"Token {given['token']}"}
    async with GenericEnvClient(base_url=f"{given['site']}/openenv", headers=headers) as client:
        while waiting:
            task = waiting.pop()
            played[task] = await play(client, task, given["episodes"][task])


async def main() -> None:
    given = json.load(sys.stdin)
    waiting, played = sorted(given["episodes"]), {}
    await asyncio.gather(*(session(given, waiting, played) for _ in range(AT_ONCE)))
    json.dump(played, sys.stdout)


asyncio.run(main())
