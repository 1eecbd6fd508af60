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
    "{other_po} [was|got] billed [with|by|as] {other} ({other_amount}), {status}",
    "[invoice|bill|inv.|doc] {other}, [order|PO] {other_po}, [sum|amount|total] {other_amount}, {status}",
    "{status} - [invoice|bill] {other} [for|of|re] {other_amount}, {other_po}",
    "[amount|total|value] {other_amount}; [ref|order|PO] {other_po}; [no.|number|doc] {other}; [status|state]: {status}",
    "{other}: {other_amount} [under|re|ref.] {other_po} ({status})",
    "[no.|doc] {other} . {other_amount} . {other_po} . {status}",
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
    "[bill|invoice|doc] {other}, [order|PO] {other_po}, [receipt|GR|goods] {other_grn}, {other_amount}: {status}",
    "{other_po}, [delivery|receipt] {other_grn}, [billed with|invoice|bill] {other}, {other_amount}, {status}",
    "{other} ({other_amount}) [covers|covered|for|against] {other_grn} [of|on] {other_po}; {status}",
    "{other_grn} / {other_po} / {other} / {other_amount} / {status}",
    "{status}; {other_amount}; {other}; [PO|order] {other_po}; [GR|receipt] {other_grn}",
)

#: What an entry says of an invoice that waits.
WAITING_STATUS = cue(
    "waiting, status",
    "[waiting|queued|open|pending|in workflow|parked]",
    "[to be matched|awaits approval|not released|entered {when}|received {when}|same day]",
    "[in approval|on my desk|unposted|draft]",
    "[due {when}|for the next run|not paid yet]",
    "[with|at] [purchasing|the plant|the approver|the budget owner]",
    "[not yet|to be] [approved|matched|posted|looked at]",
    "[scanned|registered|in the inbox] {when}",
    "[step|stage] [1|2] of 4",
    "[waits|waiting] for [a receipt|the GR|release|a cost centre]",
    "[came in|entered] with today's [mail|post|batch]",
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
    "[vendor|AR] [asked|mailed] {when}, [no reply|silent]",
    "[payment|pay] block [Q|R|A], [clarify|query]",
    "[same|one] [sum|order] as [another|a second] [bill|one], [unclear|open]",
    "[neither|not] [paid nor rejected|approved nor refused|released]",
    "[stuck|stopped] {when}, [reason unclear|under discussion]",
)
