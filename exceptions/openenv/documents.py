"""The schemas that clients and graders hold the answers against."""

from typing import Any

from pydantic import BaseModel

from exceptions.openenv.wire import VERSION, ResetRequest, StateAnswer, StepRequest, WireAction, WireObservation


def schemas() -> dict[str, Any]:
    """JSON schemas of actions, observations (with `reward` and `done` in them) and state, each standing alone."""
    return {
        "action": WireAction.model_json_schema(),
        "observation": WireObservation.model_json_schema(mode="serialization"),
        "state": StateAnswer.model_json_schema(mode="serialization"),
    }


def openapi_document() -> dict[str, Any]:
    """What the HTTP addresses take and answer, as OpenAPI 3.1."""
    observation = {
        "type": "object",
        "required": ["observation", "reward", "done"],
        "properties": {
            "observation": {"type": "object", "description": "As /schema has it, without reward and done."},
            "reward": {"type": ["number", "null"]},
            "done": {"type": "boolean"},
            "metadata": {"type": "object"},
        },
    }
    anything = {"type": "object"}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "InvoiceGuard over OpenEnv",
            "version": VERSION,
            "description": "Sessions are played over WS /ws, or step by step over HTTP. Playing needs a token.",
        },
        "paths": {
            "/health": {"get": _operation("Whether the site is up", anything)},
            "/metadata": {"get": _operation("What this environment is", anything)},
            "/schema": {"get": _operation("Schemas of actions, observations and state", anything)},
            "/state": {"get": _operation("Where a session stands", _schema(StateAnswer), plays=True)},
            "/reset": {"post": _operation("Begin an episode", observation, ResetRequest, plays=True)},
            "/step": {"post": _operation("Take a step", observation, StepRequest, plays=True)},
            "/mcp": {"post": _operation("JSON-RPC: the actions as tools", anything)},
            "/list_environments": {"get": _operation("Environments", {"type": "array", "items": {"type": "string"}})},
            "/{env_name}/splits": {"get": _operation("Task splits", {"type": "array", "items": anything}, named=True)},
            "/{env_name}/tasks": {"post": _operation("Tasks of a split", anything, named=True)},
            "/{env_name}/num_tasks": {"post": _operation("How many", anything, named=True)},
            "/{env_name}/task": {"post": _operation("A task by its index", anything, named=True)},
            "/{env_name}/task_range": {"post": _operation("Tasks from start to stop", anything, named=True)},
        },
        "components": {
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        },
    }


def _operation(
    summary: str,
    answer: dict[str, Any],
    body: type[BaseModel] | None = None,
    *,
    plays: bool = False,
    named: bool = False,
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": summary,
        "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": answer}}}},
    }
    if body is not None:
        operation["requestBody"] = {"content": {"application/json": {"schema": _schema(body)}}}
    if plays:
        operation["security"] = [{"token": []}]
    if named:
        operation["parameters"] = [{"name": "env_name", "in": "path", "required": True, "schema": {"type": "string"}}]
    return operation


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()
