"""Colours of the design system reach WCAG 2.2 AA in both themes: 4.5 for text, 3 for what shows a control."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
SURFACES = ("paper", "sunk", "card", "raised")
TINTS = ("me-bg", "model-bg", "ok-bg", "warn-bg", "bad-bg")

TEXT = [
    *((ink, surface) for ink in ("ink", "soft", "me", "model", "ok", "warn", "bad") for surface in SURFACES),
    *((ink, tint) for ink in ("ink", "soft") for tint in TINTS),
    *((meaning, f"{meaning}-bg") for meaning in ("me", "model", "ok", "warn", "bad")),
    ("bad", "model-bg"),
    ("warn", "model-bg"),
    ("me-ink", "me"),
    ("model-ink", "model"),
]
CONTROLS = [
    *((line, surface) for line in ("edge", "me", "model", "warn", "bad") for surface in ("card", "raised", "paper")),
    ("me", "sunk"),
]


def _tokens() -> dict[str, tuple[str, str]]:
    pairs = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", TOKENS.read_text())
    return {name: (light, dark) for name, light, dark in pairs}


def _luminance(colour: str) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text_can_be_read(front: str, back: str, theme: int) -> None:
    tokens = _tokens()
    assert contrast(tokens[front][theme], tokens[back][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("line", "back"), CONTROLS)
def test_the_edge_of_a_control_can_be_seen(line: str, back: str, theme: int) -> None:
    tokens = _tokens()
    assert contrast(tokens[line][theme], tokens[back][theme]) >= 3


def test_black_on_white_is_the_greatest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
