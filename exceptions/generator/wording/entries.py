"""Entries of the lists beside the comments: similar, processed and pending invoices."""

from exceptions.generator.wording.cue import cue

#: An earlier invoice in a list. Facts: other, other_po, other_amount, status.
ENTRY = cue(
    "list entry",
    "{other}, {other_po}, {other_amount}, {status}",
    "{other} / {other_po} / {other_amount} / {status}",
    "{other} [on|for|against|re] {other_po}: {other_amount}, {status}",
    "{other_amount} [for|on] {other_po} ({other}): {status}",
    "{other} ({other_po}, {other_amount}) {status}",
    "{other}; {other_po}; {other_amount}; {status}",
    "[PO|order] {other_po}: {other}, {other_amount} - {status}",
    "{status}: {other}, {other_po}, {other_amount}",
    "{other} - {other_amount} - {other_po} - {status}",
    "{other} over {other_amount} [ref|order|for] {other_po}; {status}",
    "doc {other} {other_po} {other_amount} {status}",
    "{other_po} -> {other}, {other_amount}, {status}",
)

#: The same with the receipt it was matched with. Facts: also other_grn.
ENTRY_WITH_RECEIPT = cue(
    "list entry with receipt",
    "{other}, {other_po} / {other_grn}, {other_amount}, {status}",
    "{other} [matched with|against|on] {other_grn} ({other_po}), {other_amount}, {status}",
    "{other_amount}, {other}: {other_po}, {other_grn}, {status}",
    "{other}; {other_grn}; {other_po}; {other_amount}; {status}",
    "{status}: {other} for {other_grn} of {other_po}, {other_amount}",
    "{other_grn} -> {other}, {other_po}, {other_amount}, {status}",
)

#: What an entry says of an invoice that waits.
WAITING_STATUS = cue(
    "waiting, status",
    "[waiting|queued|open|pending|in workflow|parked]",
    "[to be matched|awaits approval|not released|entered {when}|received {when}|same day]",
    "[in approval|on my desk|unposted|draft]",
    "[due {when}|for the next run|not paid yet]",
)
#: An invoice under question. Facts: when.
DOUBTFUL_STATUS = cue(
    "in question, status",
    "[parked|held|blocked], [query|question] [open|running]",
    "[under|in] [review|clarification|dispute]",
    "[unclear|disputed|queried] since {when}",
    "[waiting for the vendor's answer|vendor asked {when}]",
    "[not decided|undecided|unresolved]",
    "[on hold|frozen]: [same amount|duplicate?]",
)
