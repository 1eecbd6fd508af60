"""What a reviewer does in the workspace, by keyboard, and how the page shows that it has happened."""

from playwright.sync_api import Locator, Page, expect

from exceptions.models import Case

#: The case that is billed in full and received in part: place on hold, partial receipt.
PARTIAL_RECEIPT = "partial-receipt"


def address_of(slug: str) -> str:
    """Where a case is worked on."""
    return f"/cases/{Case.objects.get(slug=slug).reference}/"


def my_steps(page: Page) -> Locator:
    """The steps in my lane."""
    return page.locator("#me .timeline .step")


def model_steps(page: Page) -> Locator:
    """The steps in the model's lanes."""
    return page.locator("#models .timeline .step")


def take(page: Page, *keys: str) -> None:
    """One step for each key."""
    for key in keys:
        done = my_steps(page).count()
        page.keyboard.press(key)
        expect(my_steps(page)).to_have_count(done + 1)


def fill_in(page: Page, *, decision: str, exception_type: str, explanation: str, confidence: str = "80") -> None:
    """Open the resolution and fill it in: `decision` is the key of one, `exception_type` its name."""
    page.keyboard.press("Enter")
    expect(page.locator("#me input[name=final_decision]").first).to_be_focused()
    page.keyboard.press(decision)
    page.keyboard.press("f")
    page.keyboard.type(exception_type)
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    page.keyboard.type(explanation)
    page.keyboard.press("Tab")
    if page.get_by_label("Why not the proposal?").count():
        page.keyboard.type("The carrier lost a pallet.")
        page.keyboard.press("Tab")
    page.keyboard.type(confidence)


def submit(page: Page) -> None:
    """Send the resolution and wait for the outcome."""
    page.keyboard.press("Control+Enter")
    expect(page.locator("#outcome")).to_be_visible()
