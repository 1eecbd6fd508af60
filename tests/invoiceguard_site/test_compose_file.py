"""docker-compose.yml and Dockerfile: valid, healthy, without a secret. No Docker engine is needed to know that."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_the_compose_file_follows_the_compose_specification() -> None:
    subprocess.run(
        [
            Path(sys.executable).with_name("check-jsonschema"),
            "--builtin-schema",
            "vendor.compose-spec",
            ROOT / "docker-compose.yml",
        ],
        check=True,
    )


def test_the_dockerfile_passes_hadolint() -> None:
    subprocess.run([Path(sys.executable).with_name("hadolint"), ROOT / "Dockerfile"], check=True)


def test_everything_that_runs_is_there() -> None:
    assert {"postgres", "valkey", "migrate", "web", "worker-cpu", "worker-gpu", "worker-gpu-cuda", "beat"} == set(
        SERVICES
    )


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_has_a_health_check_or_runs_once(name: str) -> None:
    service = SERVICES[name]
    runs_once = service.get("restart") == "no"
    assert service["healthcheck"].get("disable") is True if runs_once else service["healthcheck"]["test"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_waits_for_what_can_tell_that_it_is_ready(name: str) -> None:
    for needed, how in SERVICES[name].get("depends_on", {}).items():
        if how["condition"] == "service_healthy":
            assert SERVICES[needed]["healthcheck"]["test"]
        else:
            assert how["condition"] == "service_completed_successfully"
            assert SERVICES[needed]["restart"] == "no"


@pytest.mark.parametrize("name", ["worker-cpu", "worker-gpu", "worker-gpu-cuda"])
def test_a_worker_has_time_to_leave_what_it_is_at(name: str) -> None:
    assert SERVICES[name]["stop_grace_period"] == "2m"


def test_every_named_volume_is_declared_and_used() -> None:
    used = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if not volume.startswith(("/", "."))
    }
    assert used == set(COMPOSE["volumes"])


def test_only_the_cuda_profile_asks_for_a_device() -> None:
    with_device = [name for name, service in SERVICES.items() if "deploy" in service]
    assert with_device == ["worker-gpu-cuda"]
    assert SERVICES["worker-gpu-cuda"]["profiles"] == ["cuda"]
    assert SERVICES["worker-gpu"]["profiles"] == ["cpu"]


def test_no_secret_is_in_the_files() -> None:
    for name in ("docker-compose.yml", "Dockerfile", ".env.example"):
        for line in (ROOT / name).read_text().splitlines():
            found = re.search(r"(?:^|\s)\w*(?:SECRET|PASSWORD|TOKEN)\w*\s*[:=]\s*(?P<value>\S+)", line)
            if found and not line.lstrip().startswith("#"):
                assert found["value"].startswith(("${", "build-step-only")), f"{name}: {line}"


def test_the_example_names_every_variable_that_the_compose_file_needs() -> None:
    needed = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    offered = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert needed <= offered


def test_images_are_pinned_and_nothing_runs_as_root() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    for image in re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE):
        assert ":" in image or f" AS {image}\n" in dockerfile, image
    for target in ("web", "worker"):
        stage = dockerfile.split(f" AS {target}\n")[1].split("\nFROM ")[0]
        assert "\nUSER 10001\n" in stage, target
        assert "\nHEALTHCHECK " in stage, target
