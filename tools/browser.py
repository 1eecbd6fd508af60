"""Makes sure that the browser tests have a browser: Chromium, Chrome, or what Playwright fetches."""

import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> int:
    """Return 0 when there is a browser."""
    if any(shutil.which(name) for name in NAMES):
        return 0
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        if Path(playwright.chromium.executable_path).exists():
            return 0
    print("No Chromium or Chrome here; fetching Playwright's own …", flush=True)
    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"]).returncode == 0:
        return 0
    print(
        "The browser tests need Chromium, and it could not be fetched. Debian: apt install chromium; Ubuntu: "
        "snap install chromium; or install Google Chrome. Then run make test again."
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
