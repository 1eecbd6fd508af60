"""Key findings: what was seen, quoted, then what that is called, always in the same words.

Papers are worded in hundreds of ways; what they come to is not. A finding is a tuple of templates over the facts of the
case: the first of which the papers tell all is taken.
"""

from typing import Final

Finding = tuple[str, ...]

# Agreement

AGREES: Final = ("{goods} billed, all accepted on {grn}. Everything agrees",)
QUANTITY_OK: Final = ("{goods} billed, all accepted on {grn}",)
PRICE_OK: Final = ("Price {prices} as on {po}",)
RISK_IGNORED: Final = ("{tier} risk, {incidents} incidents, {goods} accepted on {grn}. Everything agrees",)
PREFERRED: Final = ("{supplier} is preferred, {inv} agrees with {po}",)

# Duplicates

PAID_BEFORE: Final = ('{other} on {other_po}, {inv} on {po}: "{quote}". Paid before',)
REJECTED_BEFORE: Final = ('{other} on {other_po}, {inv} on {po}: "{quote}". Never paid',)
OTHER_ORDER: Final = ('{other} on {other_po}, {inv} on {po}: "{quote}". Another order',)
ONE_RECEIPT: Final = ("{grn} is the only receipt of {po}",)

# Receipts

SHORT: Final = ("{item}: {billed} billed, {accepted} accepted. {missing} missing",)
REST_OK: Final = ("Ordered {ordered} {item} at {order_price}",)
REST_SAID: Final = ('"{quote}": the rest is to come',)
NONE_ACCEPTED: Final = ("{item}: {received} received on {grn}, 0 accepted. Nothing accepted",)
CYCLE: Final = (
    "{grn} of {grn_day} is for {earlier}, {inv} for {now}. Receipt of another cycle",
    "{grn} is of {grn_day}, {inv} of {inv_day} for {now}. Receipt of another cycle",
    "{grn} is of {grn_day}, {inv} of {inv_day}. Receipt of another cycle",
)
CYCLE_BILLED: Final = ("{grn} of {grn_day} was billed with {other}",)
CYCLE_SAID: Final = ('"{quote}": nothing came',)
THIS_CYCLE: Final = ("{grn} of {grn_day} is for {now}, {inv} for {now}. Receipt of this cycle",)
WENT_BACK: Final = ('{item}: {billed} billed, "{quote}". Goods went back',)
STAYED: Final = ('{item}: {billed} billed, "{quote}". Goods stayed',)
CREDIT_OPEN: Final = ("{return_no} is not credited", "{grn} still shows {accepted} {item} accepted")

# Quantities

OVER_ALLOWED: Final = ('{item}: {billed} billed, {ordered} ordered, {over_pct} % more, "{quote}". Allowed',)
OVER_LIMIT: Final = (
    '{item}: {billed} billed, {ordered} ordered, {over_pct} % more, "{quote}". More than the {allowed} % allowed',
)
OVER_REFUSED: Final = ('{item}: {billed} billed, {ordered} ordered, {over_pct} % more, "{quote}". Not allowed',)
OVER_PLAIN: Final = ("{item}: {billed} billed, {ordered} ordered, {over_pct} % more. Nobody allowed it",)
OVER_BY: Final = ("{over} {item} more than ordered",)
OVER_RECEIVED: Final = ("All {billed} {item} were accepted on {grns}",)
OVER_MISSING: Final = ("{accepted} {item} were accepted on {grns}",)

# Prices

PRICE_OUTSIDE: Final = ("{item} {variance} % above {order_price}, tolerance {tolerance} %. Outside tolerance",)
PRICE_INSIDE: Final = ("{item} {variance} % above {order_price}, tolerance {tolerance} %. Inside tolerance",)
PRICE_HIGH: Final = ("{item} is billed at {price}, ordered at {order_price}",)
PRICE_REFUSED: Final = ('{item} {variance} % above {order_price}, "{quote}". Price not agreed',)
PRICE_AGREED: Final = ('{item} {variance} % above {order_price}, "{quote}". Price agreed',)
LIST_TOO_LATE: Final = ("The list is of {list_day}, {po} of {order_day}",)
LOWERED: Final = (
    '{item} at {price}, "{quote}", {new_price} agreed. Price was lowered',
    '{item} at {price}, "{quote}". Price was lowered',
)
LOWERED_NOT: Final = ('{item} at {price}, "{quote}". Price not lowered here',)
RUSH_OK: Final = ('{item} {variance} % above {order_price}, "{quote}". Surcharge allowed',)
RUSH_TOO_MUCH: Final = ('{item} {variance} % above {order_price}, "{quote}". More than the {allowed} % allowed',)
RUSH_NO: Final = ('{item} {variance} % above {order_price}, "{quote}". Surcharge not allowed',)

# Sums

CURRENCIES: Final = ("{inv} in {cur}, {po} in {order_cur}. Another currency",)
SAME_FIGURES: Final = ("The figures are the same, {subtotal}",)
SUM_OFF: Final = ("Subtotal {subtotal}, lines {lines_sum}: {gap} apart, tolerance {total_tolerance}. Unexplained",)
SUM_UNEXPLAINED: Final = ("No line explains {gap}",)
ROUNDING: Final = ("Subtotal {subtotal}, lines {lines_sum}: {gap} apart, tolerance {total_tolerance}. Rounding",)

# Approvals

AUDITED: Final = ('{report}: "{quote}". Audit finding', '"{quote}". Audit finding')
AUDIT_OK: Final = ('{report}: "{quote}". Audit found nothing', '"{quote}". Audit found nothing')
MARKET: Final = ("{item} would cost {market} on the market",)
SIGNATURE_MISSING: Final = ('{total} is above {limit}, "{quote}". Signature missing',)
SIGNATURES_GIVEN: Final = ('{total} is above {limit}, "{quote}". All signed',)
NEEDS_TWO: Final = ('{po}: "{quote}"',)
CUT_UP: Final = ('{others} and {inv}, limit {limit}, "{quote}". One purchase cut up',)
SEPARATE: Final = ('{others} and {inv}, limit {limit}, "{quote}". Separate purchases',)
JUST_UNDER: Final = ("{amounts} and {total}, limit {limit}. Each just under the limit",)
NOT_A_SERIES: Final = ("{amounts} and {total}, limit {limit}. Not just under the limit",)
UNDER_EACH: Final = ("{total} stays under {limit}",)
NOT_APPROVED: Final = ("{po} is not approved, {total} reaches {limit}. Approval missing",)
IS_APPROVED: Final = ("{po} is approved, {total} reaches {limit}. Approved",)
ORDER_PRICE: Final = ("{item} is billed at {price} as ordered",)

# Fraud and doubt

IMPOSTOR: Final = ("{inv} is from {supplier}, {po} with {real_supplier}. Another supplier",)
GENUINE: Final = ("{inv} is from {supplier}, {po} with {real_supplier}. The same supplier",)
BANK_SAYS: Final = ('"{quote}": not genuine',)
BANK_GOOD: Final = ('"{quote}": account {new_account} is genuine',)
NEW_ACCOUNT: Final = ("The money is to go to {new_account}",)
TWO_DOUBTS: Final = ('{item}: {billed} billed, {accepted} accepted; {other}: "{quote}". Two open questions',)
COUNT_OPEN: Final = ('"{quote}": the count is open',)
BOTH_WRONG: Final = (
    "{item} {variance} % above {order_price}, tolerance {tolerance} %; {short_item} short by {missing}. Price and quantity",
)
OUTRANKS: Final = ("Escalation outranks the hold",)

# What was looked at and put aside

PUT_ASIDE: Final = ('"{quote}" does not touch {inv}',)
OF_ANOTHER: Final = ('"{quote}" is about {other_po}, not {po}',)
OF_ANOTHER_ORDER: Final = ("{other} is for {other_po}, {inv} for {po}",)
