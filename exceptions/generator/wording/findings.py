"""Key findings: the facts of the case quoted, then what follows. Explanations are taught with them."""

from exceptions.generator.wording.cue import wording as w

# Agreement

QUANTITY_OK = w(
    "quantity agrees",
    "{grn} accepted the {goods} [billed|on {inv}|that {inv} bills]",
    "{goods} billed, all accepted on {grn}",
    "[Billed and accepted quantity agree|Quantities agree]: {goods} on {grn}",
    "{inv} bills {goods}, {grn} accepted them",
    "{goods} came with {grn} and are billed once",
    "Received with {grn}: the {goods} of {inv}",
)
PRICE_OK = w(
    "price agrees",
    "[Unit price|Price] {prices} is [that of|the one on|as on] {po}",
    "{po} has the same price, {prices}",
    "[Ordered and billed|Billed and ordered] at {prices}",
    "{inv} keeps to the {prices} of {po}",
    "[No price difference|Prices equal]: {prices} on {po} and {inv}",
    "Price as ordered, {prices}",
)
RISK_IGNORED = w(
    "record does not matter",
    "The [vendor is {tier} risk with|record shows] {incidents} incidents, but {inv} itself [agrees with|matches] {po}",
    "{incidents} earlier incidents say nothing against {inv}: {grn} covers {goods}",
    "{tier} risk and {incidents} incidents are history; [no bill|nothing] before {inv} on {po}",
    "In itself clean: {goods} on {grn}; the {incidents} incidents concern other bills",
)
PREFERRED = w(
    "preferred vendor",
    "{supplier} is preferred, incidents {incidents}, and {inv} matches {po}",
    "Preferred vendor {supplier}; total {total} as on {po}",
    "{inv} of the preferred {supplier} agrees with {po}",
)

# Duplicates

PAID_BEFORE = w(
    "paid before",
    '{other} [for|on] the same {po} over {other_amount}: "{quote}"; {inv} [bills it again|would pay it twice|is a duplicate]',
    'The list says of {other} "{quote}", same {po}; paying {inv} would [pay twice|be a second payment]',
    '{po} was billed with {other} ({other_amount}), "{quote}"; {inv} [repeats it|is the same claim]',
    "{other}: {quote}. Same order {po} and amount, so {inv} is [a duplicate|a second bill]",
    '{other} is "{quote}"; {inv} claims the same {other_amount} on {po} again',
)
PAID_CORRECTED = w(
    "original of a corrected invoice was paid",
    '{inv} [corrects|replaces] {other}, and of that one it says "{quote}": [paid already|nothing left to pay]',
    '{other} over {other_amount}: "{quote}", so not refused but paid; {inv} would pay {po} twice',
    'The replaced {other} is "{quote}"; a correction cannot be paid on top',
    "{quote}: so says the record of {other}; {inv} for {po} is a duplicate",
)
ONE_RECEIPT = w(
    "one receipt",
    "[There is one delivery|Only one delivery] on {po}, {grn}",
    "{grn} of {grn_day} is the only receipt",
    "{po} was delivered once, on {grn_day}",
    "{goods} came once, with {grn}",
)
OTHER_ORDER = w(
    "another order",
    "{other} was for {other_po}, {inv} is for {po}: [no duplicate|two orders|a recurring order]",
    "[Two orders|Another order]: {other_po} with {other}, {po} with {inv}, though both are {other_amount}",
    "Same amount {other_amount}, but {other} belongs to {other_po}; {po} [is new|has its own bill {inv}]",
    "{other} and {inv} [differ in the order|have different orders]: {other_po} and {po}",
    "{other_po} is billed with {other}; {po} has its own receipt {grn}",
)
REJECTED_BEFORE = w(
    "original was rejected",
    '{other} over {other_amount}: "{quote}"; so {inv} is [payable|the first to be paid]',
    'Of {other} the record says "{quote}", nothing was paid on {po}',
    '{other} is "{quote}"; {inv} takes its place [for|on] {po}',
    "{other}: {quote}. No payment, hence {inv} is no duplicate",
    '{inv} follows {other}, which is "{quote}"',
)

# Receipts

SHORT = w(
    "short receipt",
    "{billed} {item} are billed, {grns} accepted {accepted}: {missing} [missing|open|not delivered]",
    "{item}: {accepted} of {billed} accepted, {missing} [to come|missing]; {inv} bills [all|in full]",
    "{inv} bills {billed} {item} but only {accepted} [came|were accepted] on {grns}",
    "[Short by|Lacking] {missing} {item}: {billed} billed, {accepted} accepted",
    "Accepted {accepted}, billed {billed} {item}; hold until the {missing} [come|arrive]",
)
REST_OK = w(
    "rest agrees",
    "[Ordered were|{po} has] {ordered} {item}[, so the rest is owed|]",
    "The price {price} is as on {po}",
    "Receipt {grn} is of {grn_day}, the bill of {inv_day}",
    "{po} asks for {ordered} {item} at {order_price}",
)
REST_SAID = w(
    "rest is announced",
    'The file says "{quote}": [wait for it|not complete yet]',
    '"{quote}", so delivery is [not complete|still open]',
    "[Comment|Record]: {quote}",
)
NONE_ACCEPTED = w(
    "nothing accepted",
    "{grn}: {received} {item} received, 0 accepted, {received} rejected",
    "Nothing of the {received} {item} on {grn} was accepted; {inv} bills {billed}",
    "{billed} {item} are billed, accepted 0 on {grn}: [no valid receipt|as if never delivered]",
    "0 of {received} {item} accepted on {grn_day}, hold",
)
OTHER_CYCLE = w(
    "receipt of another cycle",
    "{grn} of {grn_day} [belongs to|is for|was for] {earlier}, {inv} bills {now}",
    "The receipt {grn} is the {earlier} delivery, [used up by|billed with] {other}; {now} has none",
    "{inv} is for {now}; {grn} ({grn_day}) covers {earlier}",
    "{grn} of {grn_day} was billed with {other} before",
    "What came with {grn} on {grn_day} was billed with {other}",
    "{earlier} was received with {grn} and billed with {other}, nothing is here for {now}",
)
CYCLE_BARE = w(
    "receipt of another cycle, unlisted",
    "{grn} is of {grn_day}, {inv} bills {now}",
    "{inv} ({inv_day}) is for {now}, the one receipt {grn} is of {grn_day}",
    "The receipt {grn} of {grn_day} is not that of {now}",
)
CYCLE_DATES = w(
    "dates of receipt and bill",
    "The bill is of {inv_day}, the receipt of {grn_day}: no receipt for {now}",
    "{grn} is used up by {other}, {billed} {item} of {now} have no receipt",
    "Between {grn_day} and {inv_day} nothing was received",
)
CYCLE_SAID = w(
    "nothing came, said",
    'The file: "{quote}"; {billed} {item} [not received|missing]',
    '"{quote}", so no receipt for {inv}',
    "{quote}: hold {inv} until {billed} {item} arrive",
)
THIS_CYCLE = w(
    "receipt of this cycle",
    '{grn} of {grn_day} is for {now}: "{quote}"',
    '"{quote}": {grn} covers what {inv} bills',
    "{other} was {earlier}, {grn} is {now}, {accepted} {item} accepted",
)
WENT_BACK = w(
    "goods went back",
    '"{quote}": {back} of {billed} {item} are gone, yet {inv} bills all',
    '"{quote}": {back} {item} are not ours, {billed} are billed',
    '{inv} bills {billed} {item}; after acceptance "{quote}"',
    "{grn} shows {accepted} {item}; later: {quote}",
    "{quote}; so not all of {billed} {item} stay",
)
STAYED = w(
    "goods stayed",
    '"{quote}": the return did not happen',
    '"{quote}", so all {billed} {item} of {grn} stay',
    "{quote}; {accepted} {item} accepted and billed",
)
CREDIT_OPEN = w(
    "no credit",
    "On {grn} there are still {accepted} {item} accepted",
    "{return_no} is not credited, {inv} is not reduced",
    "Ordered and booked were {ordered} {item}; {return_no} came later",
)

# Quantities

OVER_ALLOWED = w(
    "overship allowed",
    '{billed} {item} billed, {ordered} ordered, {over_pct} % more: "{quote}" [allows it|covers it]',
    '"{quote}", and {over_pct} % over {po} is inside',
    '"{quote}"; {over_pct} % over the {ordered} ordered is inside',
    "Ordered {ordered}, billed {billed} {item}: {over_pct} %, allowed {allowed} % ({quote})",
)
OVER_RECEIVED = w(
    "overship received",
    "{grns} accepted all {billed} {item}",
    "All {billed} were accepted on {grns}",
    "{billed} {item} are here, {grns}, price {price} as ordered",
)
OVER_LIMIT = w(
    "overship above what is allowed",
    '{billed} {item} billed, {ordered} ordered: {over_pct} %; "{quote}", so {allowed} % and not more',
    '"{quote}" ends at {allowed} %; {over_pct} % over {ordered} is too much',
    "{over_pct} % over {po} exceeds the {allowed} % agreed",
)
OVER_PLAIN = w(
    "billed above ordered",
    "{inv} bills {billed} {item}, {po} orders {ordered}: {over} too many",
    "{over} {item} more than the {ordered} ordered, {over_pct} %",
    "Ordered {ordered} {item}, billed {billed}, {over} over",
    "{billed} {item} against {ordered} on {po}: {over_pct} % above",
)
OVER_REFUSED = w(
    "overship refused, said",
    'The file says "{quote}"',
    '"{quote}": no permission for {over} more',
    "{quote}: nobody allowed it",
)

# Prices

PRICE_HIGH = w(
    "price above order",
    "{item}: billed {price}, {po} has {order_price}, {variance} % [more|above]",
    "{price} instead of {order_price} for {item}, {variance} % [up|above]",
    "[Ordered|Agreed] at {order_price}, billed at {price}: {item} {variance} % dearer",
    "{inv} asks {price} per {item}; ordered at {order_price} ({variance} %)",
)
TOLERANCE_BROKEN = w(
    "tolerance exceeded",
    "[The price tolerance is|Tolerance] {tolerance} %, exceeded",
    "{variance} % is outside the {tolerance} % tolerance",
    "{tolerance} % would be allowed",
    "More than the {tolerance} % that [policy|the profile] allows",
)
TOLERANCE_KEPT = w(
    "tolerance kept",
    "{variance} % is within the {tolerance} % tolerance",
    "Tolerance {tolerance} %, variance {variance} %: inside",
    "The {tolerance} % tolerance covers {variance} %",
)
SAYS_NO = w(
    "said against it",
    'The file says "{quote}"',
    '"{quote}": not agreed',
    "{quote}: that is no agreement",
    '"{quote}", so the order price holds',
)
SAYS_YES = w(
    "said for it",
    'The file says "{quote}"',
    '"{quote}": agreed',
    "{quote}: that is an agreement",
    '"{quote}", so the price is agreed',
)
LIST_TOO_LATE = w(
    "list after order",
    "The list dates from {list_day}, {po} already from {order_day}",
    "{po} is of {order_day}, the list of {list_day} came after",
    "Ordered {order_day}, list {list_day}: [too late for this order|later than the order]",
    "{list_day} is after the order date {order_day}",
)
LOWERED = w(
    "price was lowered",
    '{item} is billed at {price} as printed, but {amendment} says "{quote}"',
    '"{quote}": {price} on {inv} is the old price',
    "{amendment} has {new_price} for {item}, {inv} bills {price}",
    "{price} billed, {new_price} agreed ({quote})",
)
LOWERED_NOT = w(
    "price was not lowered here",
    '"{quote}": {new_price} does not count here, {price} is right',
    '"{quote}": {po} stays at {price}',
    "{quote}; billed {price} as ordered",
    '"{quote}", so {price} is the right price',
)
RUSH_OK = w(
    "rush allowed",
    '{item} at {price} is {variance} % above {order_price}; "{quote}"',
    '"{quote}" explains {price} instead of {order_price}, {variance} %',
    "{quote}: {variance} % more than {order_price} is covered",
)
RUSH_TOO_MUCH = w(
    "rush above what is allowed",
    '{price} is {variance} % over {order_price}; "{quote}": {allowed} % at most',
    '"{quote}" ends at {allowed} %, billed are {variance} %',
)
RUSH_NO = w(
    "rush not allowed",
    '{price} is {variance} % over {order_price}; "{quote}", so not approved',
    '"{quote}": {variance} % on {item} has no basis',
    "{quote}; {price} instead of {order_price}",
)

# Sums

CURRENCIES = w(
    "currencies differ",
    "{inv} is in {cur}, {po} in {order_cur}, both {subtotal}",
    "{subtotal} {cur} are billed, {subtotal} {order_cur} were ordered",
    "{po} was placed in {order_cur}; {inv} bills the same figures in {cur}",
    "{po} says {order_cur}, {inv} says {cur}, for the same {subtotal}",
)
SAME_FIGURES = w(
    "same figures, other currency",
    "{price} {cur} is not {price} {order_cur}",
    "[The figures|Digits] {price} [agree|are the same], the currency [does not|is another]",
    "{item} costs {price} in {order_cur}, not in {cur}",
    "Nothing was converted: {price} stands in both",
)
SUM_OFF = w(
    "sum off",
    "The lines give {lines_sum}, the subtotal says {subtotal}: {gap} [too much|unexplained]",
    "Subtotal {subtotal}, sum of lines {lines_sum}, {gap} apart",
    "{gap} in the subtotal {subtotal} have no line",
    "{subtotal} is {gap} more than the lines, {lines_sum}",
)
SUM_UNEXPLAINED = w(
    "sum unexplained",
    "{total_tolerance} is the tolerance, {gap} exceeds it",
    "Tolerance {total_tolerance}, gap {gap}",
    "{gap} is outside the total tolerance of {total_tolerance}",
    "{po} knows no extra {gap}; {total_tolerance} would be tolerated",
)
ROUNDING = w(
    "rounding",
    "Lines sum to {lines_sum}, subtotal {subtotal}: {gap} by rounding",
    "{gap} between {lines_sum} and {subtotal} is rounding, tolerance {total_tolerance}",
    "Only {gap} apart ({lines_sum} and {subtotal}), far inside {total_tolerance}",
)

# Approvals

AUDITED = w(
    "audit finding",
    '{report} says "{quote}"; {order_price} was ordered',
    '"{quote}" ({report}): {po} at {order_price} cannot be relied on',
    "{item} at {order_price} matches {po}, but {quote}",
    "{report}: {quote}",
    "{price} equals the order, but {quote}",
)
AUDIT_OK = w(
    "audit without findings",
    '{report}: "{quote}", nothing found',
    '"{quote}" ({report}), so {order_price} stands',
    "{report}: {quote}; {po} is good",
    "{quote}: {order_price} stands",
    '"{quote}", so nothing against {po} and its {order_price}',
)
MARKET = w(
    "market price",
    "{market} would be the market price of {item}, {price} is billed",
    "{price} against {market} elsewhere",
    "{order_price} on {po}, {market} on the market",
)
NEEDS_TWO = w(
    "two signatures needed",
    '{total} is above {limit}: "{quote}"',
    'From {limit} {po} asks for "{quote}"; {inv} has {total}',
    '{po}: "{quote}"; the total is {total}',
)
ONE_MISSING = w(
    "one signature missing",
    '"{quote}": the second signature is missing',
    "{quote}: not complete",
    'The workflow says "{quote}"',
    "{quote}, so one of two is missing",
)
BOTH_GIVEN = w(
    "both signatures given",
    '"{quote}": both signatures are there',
    "{quote}: complete",
    'The workflow says "{quote}", nothing is missing',
)
CUT_UP = w(
    "one order cut up",
    "{quote}: {others} and {inv} are one purchase, together above {limit}",
    '"{quote}": {inv} with {others} comes to more than {limit}',
    "{quote}; {others} belong to {inv}",
    "{others}, {amounts}, add to the {total} of {inv}: above {limit} together",
)
UNDER_EACH = w(
    "each under the limit",
    "{inv} alone, {total}, stays under {limit}",
    "{total} is under the limit of {limit}",
    "{limit} is the limit, {total} just below",
)
SEPARATE = w(
    "separate orders",
    '"{quote}": {others} are separate',
    '"{quote}", so {inv} counts alone with {total}',
    "{quote}; {total} is under {limit}",
)
JUST_UNDER = w(
    "series under the limit",
    "{inv} at {total} is just under {limit}, so were {others}",
    "{others} ({amounts}) and now {total}: each time just under {limit}",
    "Limit {limit}; {amounts} and {total} keep right below",
    "Like {others}, {inv} stays a little under {limit}",
)
NOT_A_SERIES = w(
    "no series under the limit",
    "{others} ({amounts}) are not near {limit}; {inv} has {total}",
    "{amounts} and {total} against {limit}: no pattern",
    "Limit {limit}, earlier bills {amounts}: not close",
)
NOT_APPROVED = w(
    "order not approved",
    "{po} is NOT approved and {total} reaches {limit}",
    "{total} is high value (from {limit}), {po} has no approval",
    "No approval on {po}; high value from {limit}, billed {total}",
)
IS_APPROVED = w(
    "order approved",
    "{po} is approved; {total} reaches {limit}",
    "{total} is high value (from {limit}), but {po} is approved",
)

# Fraud and doubt

IMPOSTOR = w(
    "other supplier",
    "{inv} is sent by {supplier}, but {po} went to {real_supplier}",
    "{supplier} bills, {real_supplier} was ordered from",
    "Supplier {supplier} is not the {real_supplier} of {po}",
)
BANK_SAYS = w(
    "bank, said",
    '"{quote}": not genuine',
    "Account {new_account}: {quote}",
    'The file says "{quote}"',
)
GENUINE = w(
    "same supplier",
    "{supplier} is on {inv} and on {po}",
    "{inv} and {po} name the same {supplier}",
)
BANK_GOOD = w(
    "bank verified",
    '"{quote}": {new_account} is genuine',
    "Account {new_account}: {quote}",
)
TWO_DOUBTS = w(
    "two open questions",
    '{other} on the same {po} is open too: "{quote}"',
    "On {other}: {quote}, so that is open too",
    '"{quote}": duplicate or not is undecided, with {missing} short',
)
COUNT_OPEN = w(
    "count is open",
    '{billed} {item} billed, {accepted} accepted; "{quote}"',
    "{missing} {item} short, {quote}",
    '"{quote}": {accepted} of {billed} accepted',
)
BOTH_WRONG = w(
    "price and quantity",
    "{item} at {price} instead of {order_price}, {variance} %, and {short_item} short by {missing}",
    "Price {price} over {order_price} ({variance} %) on top of {missing} {short_item} missing",
    "Two issues: {variance} % on {item}, {missing} {short_item} not accepted",
)
OUTRANKS = w(
    "escalation outranks",
    "Escalation outranks the hold; tolerance {tolerance} %",
    "With {variance} % over {tolerance} % it is not just a hold",
    "Price issue ({tolerance} % allowed) outranks the short {short_item}",
)
OVER_MISSING = w(
    "the excess never came",
    "{grns} accepted {accepted} {item}, as ordered",
    "Only {accepted} {item} came with {grns}",
    "Accepted were {accepted} on {grns}, not {billed}",
)
ORDER_PRICE = w(
    "price of an order without approval",
    "That {item} is billed at {price} as ordered does not help",
    "{price} per {item} agrees with {po}, but nobody released it",
    "The figures agree ({price}), the approval is missing",
)
NEW_ACCOUNT = w(
    "new account",
    "The note of {inv} asks for the new account {new_account}",
    "{inv} wants the money on {new_account}",
    "Another bank, {new_account}, from another supplier number",
)

# What was looked at and put aside

PUT_ASIDE = w(
    "a cue that does not hold",
    '"{quote}": nothing against {inv}',
    "{quote}: that is settled, {inv} stands",
    'The history says "{quote}"; {inv} is not touched by it',
    '"{quote}", so no obstacle to {inv}',
)
OF_ANOTHER = w(
    "a cue of another order",
    '"{quote}" [concerns|is about] {other_po}, not {po}',
    "{quote}: that is {other_po}, {inv} is for {po}",
    "{other_po} [has a problem|is another matter] ({quote}), {po} has not",
)
OF_ANOTHER_ORDER = w(
    "an invoice of another order",
    "{other} is for {other_po}, not {po}",
    "{other} on {other_po} is [another matter|another order] than {inv} on {po}",
    "The [list|history] names {other} for {other_po}; {inv} is for {po}",
)
