"""Addresses under /openenv/. The session itself is the WebSocket `/openenv/ws` (websocket.py)."""

from django.urls import path

from exceptions.openenv import discovery, play

urlpatterns = [
    path("health", discovery.Health.as_view(), name="openenv-health"),
    path("metadata", discovery.MetadataPage.as_view(), name="openenv-metadata"),
    path("schema", discovery.Schemas.as_view(), name="openenv-schema"),
    path("openapi.json", discovery.OpenApiDocument.as_view(), name="openenv-openapi"),
    path("list_environments", discovery.Environments.as_view(), name="openenv-environments"),
    path("state", play.State.as_view(), name="openenv-state"),
    path("reset", play.Reset.as_view(), name="openenv-reset"),
    path("step", play.Step.as_view(), name="openenv-step"),
    path("mcp", play.Mcp.as_view(), name="openenv-mcp"),
    path("<str:env_name>/splits", discovery.Splits.as_view(), name="openenv-splits"),
    path("<str:env_name>/tasks", discovery.Tasks.as_view(), name="openenv-tasks"),
    path("<str:env_name>/num_tasks", discovery.TaskCount.as_view(), name="openenv-num-tasks"),
    path("<str:env_name>/task", discovery.OneTask.as_view(), name="openenv-task"),
    path("<str:env_name>/task_range", discovery.TaskRange.as_view(), name="openenv-task-range"),
]
