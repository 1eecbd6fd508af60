"""What holds on every page: WCAG 2.2 AA as far as axe can tell, in both themes, on a screen and on a phone."""

from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]  # ships no types
from playwright.sync_api import Page, ViewportSize

SCREEN: Final = ViewportSize(width=1280, height=800)
PHONE: Final = ViewportSize(width=390, height=844)
_ALL_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: The rules that look at colours: nothing else can differ between the themes.
_COLOUR_RULES: Final = ["color-contrast", "link-in-text-block"]


def assert_sound(page: Page) -> None:
    """No violation of an axe rule and nothing to scroll sideways to, at either width and in both themes."""
    wrong: list[str] = []
    page.evaluate(AXE_SCRIPT)
    for size in (SCREEN, PHONE):
        page.set_viewport_size(size)
        if sticking_out := page.evaluate(_STICKING_OUT):
            wrong.append(f"{size['width']} px: these reach beyond the right edge: {sticking_out}")
        page.emulate_media(color_scheme="light")
        wrong += [f"{size['width']} px, light: {words}" for words in _violations(page, _ALL_RULES)]
        page.emulate_media(color_scheme="dark")
        wrong += [f"{size['width']} px, dark: {words}" for words in _violations(page, _COLOUR_RULES)]
    page.set_viewport_size(SCREEN)
    page.emulate_media(color_scheme="light")
    assert not wrong, "\n" + "\n".join(wrong)


def _violations(page: Page, rules: list[str]) -> list[str]:
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    return [_in_words(violation) for violation in page.evaluate(_RUN_AXE, options)]


_RUN_AXE: Final = "(options) => axe.run(options).then(({ violations }) => violations)"


#: When the page is wider than the window: its elements that are.
_STICKING_OUT: Final = """(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const all = [...document.body.querySelectorAll("*")];
  const wide = all.filter((each) => each.getBoundingClientRect().right > width + 1);
  return ["page", ...wide.slice(0, 5).map((each) => each.outerHTML.slice(0, 120))];
})()"""


def _in_words(violation: dict[str, Any]) -> str:
    nodes = [f"{node['html'][:160]} ({node['failureSummary'].splitlines()[-1].strip()})" for node in violation["nodes"]]
    return f"{violation['id']}: {violation['help']}: {'; '.join(nodes[:3])}"
