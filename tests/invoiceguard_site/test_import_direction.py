"""The environment and the generator are pure Python: the standard library, pydantic and themselves."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PURE = [folder for name in ("environment", "generator") if (folder := ROOT / "exceptions" / name).is_dir()]
ALLOWED = sys.stdlib_module_names | {"pydantic", "pydantic_core"}


def imported_modules(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source} imports relatively"
            yield node.module or ""


@pytest.mark.parametrize("package", PURE, ids=lambda folder: folder.name)
def test_a_pure_package_imports_the_standard_library_and_pydantic_only(package: Path) -> None:
    sources = list(package.rglob("*.py"))
    assert sources
    own = ("exceptions.environment", f"exceptions.{package.name}")
    for source in sources:
        for module in imported_modules(source):
            assert module.startswith(own) or module.split(".")[0] in ALLOWED, f"{source.relative_to(ROOT)}: {module}"
