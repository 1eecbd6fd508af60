"""Plays one case over REST: looks at everything, compares, and submits what the comparisons say.

Standard library only. Make a token on the page /tokens/, then:

    INVOICEGUARD_TOKEN=… python docs/examples/play_a_case.py http://127.0.0.1:8000 [C-1042]

Without a reference it plays a random case that you have not begun. Every step carries its number, so a request that is
sent again after a lost answer is taken once.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from typing import Any

LOOK = [
    "inspect_invoice_line_items",
    "inspect_purchase_order",
    "inspect_goods_receipt_note",
    "compare_quantity",
    "compare_price",
    "compare_totals",
]
ATTEMPTS = 3


class Refused(Exception):
    """The desk answered with a problem document."""


class Desk:
    """The API of one desk."""

    def __init__(self, site: str, token: str) -> None:
        self._api = site.rstrip("/") + "/api/v1"
        self._token = token

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Send a request, again when the desk is unreachable or busy; returns the decoded answer.

        Raises:
            Refused: with the problem's title and detail.
        """
        for attempt in range(1, ATTEMPTS + 1):
            request = urllib.request.Request(
                self._api + path,
                data=None if body is None else json.dumps(body).encode(),
                method=method,
                headers={"Authorization": f"Token {self._token}", "Content-Type": "application/json"},
            )
            try:
                with urllib.request.urlopen(request, timeout=30) as response:
                    return json.loads(response.read() or b"null")
            except urllib.error.HTTPError as error:
                if error.code not in (429, 503) or attempt == ATTEMPTS:
                    raise Refused(reason(error)) from None
                time.sleep(float(error.headers.get("Retry-After", "1")))
            except (urllib.error.URLError, TimeoutError):
                if attempt == ATTEMPTS:
                    raise
                time.sleep(attempt)
        raise AssertionError("the last attempt returns or raises")


def reason(error: urllib.error.HTTPError) -> str:
    """What a problem document says; another server on the way may answer with something else."""
    if error.headers.get_content_type() != "application/problem+json":
        return f"{error.code} {error.reason}"
    problem = json.loads(error.read())
    return f"{problem['title']}: {problem['detail']}"


def play(desk: Desk, reference: str | None) -> dict[str, Any]:
    """Play a case to its end; returns the session as it ended."""
    session: dict[str, Any] = desk.call(
        "POST", "/sessions/", {"case": reference, "client": "docs/examples/play_a_case.py"}
    )
    print(f"Playing {session['case']}: {session['observation']['invoice_summary']}")
    for action in LOOK:
        session = step(desk, session, {"action_type": action})
        print(f"\n{action}\n{session['observation']['last_result']}")
    return step(desk, session, resolution(session["observation"]["findings"]))


def step(desk: Desk, session: dict[str, Any], action: dict[str, Any]) -> dict[str, Any]:
    """Take the next step."""
    body = {"action": action, "number": session["steps_used"] + 1}
    taken: dict[str, Any] = desk.call("POST", f"/sessions/{session['id']}/step/", body)
    return taken


def resolution(findings: list[str]) -> dict[str, Any]:
    """A very simple rule: hold what differs, approve what does not."""
    differences = [finding for finding in findings if finding.startswith(("Quantity:", "Price:", "Totals:"))]
    kinds = {finding.split(":")[0] for finding in differences}
    one_kind = {"Quantity": "quantity_mismatch", "Price": "price_mismatch", "Totals": "total_amount_mismatch"}
    if not kinds:
        exception_type = "clean_match"
    elif len(kinds) > 1:
        exception_type = "mixed_discrepancy"
    else:
        exception_type = one_kind[kinds.pop()]
    return {
        "action_type": "submit_final_resolution",
        "final_decision": "place_on_hold" if differences else "approve_for_payment",
        "exception_type": exception_type,
        "evidence_references": LOOK,
        "explanation": " ".join(differences) or "Quantities, prices and totals agree.",
        "confidence": 0.6,
    }


def main() -> int:
    """Play, and print the grade."""
    token = os.environ.get("INVOICEGUARD_TOKEN")
    if not token or len(sys.argv) not in (2, 3):
        print(__doc__)
        return 2
    try:
        ended = play(Desk(sys.argv[1], token), sys.argv[2] if len(sys.argv) == 3 else None)
    except Refused as refused:
        print(refused)
        return 1
    grade = ended["observation"]["grade"]
    if grade is None:
        print(
            "\nSubmitted. There is no grade to show: the case has no answer yet, or you play it in another place too."
        )
    else:
        print(f"\nSubmitted: {grade['score']:.4f} by {grade['rubric']}")
        for criterion, score in grade["criteria"].items():
            print(f"  {criterion:<16}{score:.2f}  {grade['notes'].get(criterion, '')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
