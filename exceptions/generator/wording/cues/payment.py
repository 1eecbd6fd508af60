"""Whether an earlier invoice was paid."""

from exceptions.generator.wording.cue import cue

#: As a column of a list says it. Facts: when, ref.
PAID_STATUS = cue(
    "paid, status",
    "«paid[| {when}| on {when}| in full| in full {when}]»",
    "«[settled|cleared|discharged|remitted]» {when}",
    "«PMT REF {ref} / cleared / {when}»",
    "«[bank transfer|wire|SEPA|ACH|BACS|giro] {ref}[ executed| out| done|] {when}»",
    "«[open balance|balance|outstanding|remaining] [0.00|nil|zero]»[, {when}| since {when}|]",
    "«[money|funds] [went out|left the account|transferred] {when}»",
    "«[cheque|check] {ref} [cashed|cleared] {when}»",
    "«[payment run|pay run|run] {when}[, ref {ref}| OK| complete|]»",
    "«[closed|done|completed], [paid|transferred|settled] {when}»",
    "status «PAID»[, value date {when}| {when}]",
    "«[direct debit|card payment] [taken|collected|booked] {when}»",
    "«[we have paid this|this one is paid|has been paid|was paid][| {when}]»",
    "«remittance advice {ref} sent {when}»",
    "«booked and [paid|transferred|settled]» {when}",
    "{when} «[settled by transfer|debited|paid out|paid by bank]»",
    "cleared item, «payment doc {ref}»",
    "«[amount|sum|full amount] [credited to vendor|sent to the vendor|transferred]» {when}",
    "«off our books since the payment of {when}»",
    "paid/{when}/{ref}, «[nothing open|no open item|item closed]»",
)

#: As a person or a system says it of an invoice. Facts: other, when, ref.
PAID_SAID = cue(
    "paid, said",
    "{other} «[was|has been] [paid|settled|transferred|remitted][ in full|]»[| on {when}| by run {ref}]",
    "«[we|finance|treasury|the bank] [paid|settled|wired|transferred] {other}» on {when}",
    "{other}: «money [went out|left our account|is gone] {when}»[, ref {ref}|]",
    "the ledger [shows|has|says] {other} as «[paid|settled|closed by payment|cleared]»[| {when}| with {ref}]",
    "{other} is «[closed|done], [transfer|payment] {ref}[| of {when}]»",
    "[bank statement|statement of account|account extract] {when} [lists|shows|has] «the [payment|transfer|debit] for {other}»",
    "payment of {other} «[executed|confirmed|completed|went through]» {when}",
    "[on|in the run of] {when} «{other} [got paid|was among the paid ones|was transferred]»",
    "their own [statement|reminder list|account] no longer [shows|lists] {other}: «[it was|we] [settled|paid][| it]» {when}",
    "[vendor|supplier|their AR] [confirms|confirmed|admits] «receipt of our [payment|transfer|money] for {other}»",
    "«[nothing|no amount|zero] [is|remains] open on {other}», [ref|transfer|doc] {ref} of {when}",
    "PMT {ref} {when} «clears {other}»",
    "«{other} [already|long since] [paid|settled]», see [run|transfer|batch] {ref}",
    "the [delivery|order|lot] was [paid for|settled] «with {other}» on {when}",
    "for these goods «we have [paid|transferred the money] once», {other}[, {when}|]",
    "I find {other} in the «[executed|completed] [payments|transfers]» of {when}",
    "[found it|here it is]: {other}, «[went out|paid|transferred] {when}»[ under {ref}|]",
    "«cash has [left|gone] for {other}»[, value {when}| on {when}]",
    "{other} appears [on|in] [payment list|remittance|batch] {ref}, «[bank took it|executed|debited] {when}»",
)

#: As a column of a list says it. Facts: when.
UNPAID_STATUS = cue(
    "rejected unpaid, status",
    "«[rejected|refused|declined|turned down] {when}, [not paid|unpaid|never paid|no payment|nothing paid]»",
    "«[void|voided|cancelled|reversed|annulled][| {when}], [no money moved|no payment made|never settled|unpaid]»",
    "«[bounced|sent back|returned to sender|returned to vendor] {when}, [unpaid|not settled|no payment followed]»",
    "«status [REJ|VOID|REVERSED|CANCELLED|REFUSED], [paid: 0.00|pmt 0|paid amount nil|no pmt doc]»",
    "«[was never settled|never settled|never got paid|stayed unpaid]»[, rejected {when}| (refused {when})|]",
    "«[payment run|the run] stopped before it», [withdrawn|cancelled|rejected] {when}",
    "{when} «[blocked, then cancelled|stopped and voided|refused], [money never left|nothing transferred|0 paid]»",
    "«[reversal|storno|cancellation] {when}, [zero paid|nothing paid out|no cash out]»",
    "«[not accepted|not booked|not posted], [no payment|unpaid|hence unpaid]»[, {when}|]",
    "«[credited in full|fully credited] before payment», {when}",
    "«REJECTED / [UNPAID|NO PMT|0 PAID]»[ / {when}|]",
    "«[thrown out|kicked out|dropped] {when}, [not a cent paid|no money went out|payment none]»",
    "«rejected by [AP|the desk|matching|the approver] {when}», «[no transfer|no payment] [made|booked|on file]»",
    "«[withdrawn by the vendor|recalled|taken back by them] {when}, [was still unpaid|before we paid|no payment]»",
    "[open balance cleared by|closed with] «[cancellation|reversal], not by payment» {when}",
    "«[dead|parked and deleted|deleted from the run] {when}, never [paid|transferred|released]»",
)

#: As a person or a system says it of an invoice. Facts: other, when.
UNPAID_SAID = cue(
    "rejected unpaid, said",
    "{other} «[was|got] [rejected|refused|sent back|bounced][| {when}] and [never paid|not paid|stayed unpaid]»",
    "«we [sent {other} back|refused {other}|turned {other} down|did not accept {other}]» {when}, [nothing was paid|no money went out|unpaid]",
    "«[no|not one] [payment|transfer|cent] [was made|left us|was booked] on {other}»[, it was refused {when}|]",
    "{other} «[was never settled|never went into a payment run|never reached the bank]»[, void since {when}|]",
    "«[void|cancelled], [no money left the account|nothing paid]»: {other}[, {when}|]",
    "the [payment run|run] «stopped before {other}», [it was pulled|removed|blocked] {when}",
    "{other}: «[bounced by us|thrown out|kicked back|refused] {when}, [unpaid|no payment|nothing settled]»",
    "[checked|looked at] the bank [side|statements]: «[nothing|no debit|no transfer] for {other}»",
    "{other} was [reversed|cancelled|voided] {when}, «the [ledger|account] shows [no payment|0.00 paid]»",
    "the first one, {other}, «is [dead|void|off the books], [we paid nothing on it|never paid]»",
    "{other} «[sits|is] in the [refused|rejected|void] pile since {when}, [unpaid|no cash moved]»",
    "[vendor|supplier] [confirms|agrees|knows] {other} is «[cancelled|withdrawn|void] and [unpaid|was not paid]»",
    "they cancelled {other} themselves {when}, «[we had not paid|before any payment|no payment had been made]»",
    "«{other} [does not appear|is not|is missing] in any payment [list|run|batch]», [rejected|refused|returned] {when}",
    "«[money for {other} never left|nothing went out for {other}|we kept the money on {other}]», it was [wrong|faulty|refused] {when}",
    "on {when} {other} was «taken out of the [run|proposal] and [voided|refused]»",
    "{other} [rejected|declined] {when} - «[still|remains|and remained] [unpaid|without payment]»",
)

#: Why an invoice was sent back. Facts: other.
REJECT_REASON = cue(
    "reason of a rejection",
    "[it|{other}] [quoted|named|showed|carried] [a|the] wrong [order number|tax rate|entity|delivery address|VAT id|cost centre]",
    "[PO number|order reference|VAT number|bill-to|our reference] [was missing|missing|left out] on [it|{other}]",
    "{other} had [last year's price|an arithmetic slip|the old address|no delivery note|another customer's reference]",
    "[wrong|incorrect] [quantity|price|VAT|company] on {other}",
    "tax [was|had been] [miscalculated|left out] on {other}",
    "we asked for [a corrected one|a new copy|another one] as {other} lacked [the PO|the receipt number|a tax id]",
    "reason: [formal defect|no order number|unreadable scan|wrong legal entity|VAT id missing]",
    "{other} was made out to [our sister company|the wrong plant|the old company name]",
)

#: What a vendor writes on an invoice that stands for an earlier one. Facts: other.
RESUBMIT_NOTE = cue(
    "corrected invoice",
    "[this|our] [invoice|bill] [replaces|supersedes|stands in for|takes the place of] {other}",
    "[corrected|amended|revised|new] [version|copy|issue] of {other}",
    "correction [of|to|for] {other}, [as requested|as agreed|with apologies]",
    "{other} [is cancelled|is void|please destroy|can be ignored], [this is the valid one|please use this one]",
    "reissue [of {other}|(was {other})][, reference corrected| with the right details|]",
    "as [you asked|requested by your AP|per your mail] we [issue|send|bill] {other} [again|anew] [with the order number|without the mistake|corrected]",
    "in place of {other}",
    "[please|kindly] [use|take|book] this instead of {other}",
    "rebill of {other} [after correction|, error fixed|]",
    "supersedes {other}; [apologies for the error|our mistake|sorry for the trouble]",
)

#: What a vendor writes on a second bill for the same delivery. Facts: other, po.
REBILL_NOTE = cue(
    "second bill",
    "[second|third|last|final] [notice|reminder|request], {po} [is overdue|remains open with us|has not been paid]",
    "[copy for your records|duplicate for your convenience|courtesy copy][, please pay| please settle|]",
    "we [changed|moved] our billing [system|software], [numbers differ|hence a new number|so the number is new]",
    "[our|the] [books|accounts|ledger] [show|say] [no|not any] [payment|money] [for|on] {po}",
    "new invoice number [due to|because of|after] [migration|year-end|an IT change]",
    "[please|kindly] [settle|pay|transfer] {po} [today|at once|this week][, or we stop delivering|, thank you|]",
    "[statement item|open item], billed [again|once more]",
    "resent as [we got no answer|requested by our factoring|the first may be lost]",
    "[long overdue|past due|overdue]! [Our patience ends|Dunning follows|Pay now] ",
    "[as per delivery|for goods delivered][, see our note|]",
    "payment [not seen|not found|missing] at our end[ for {po}|]",
    "",
)

#: Somebody or something thinks of a duplicate. Facts: other.
DUPLICATE_ALARM = cue(
    "duplicate alarm",
    "[possible|potential|suspected] [duplicate|double entry|double billing][| of| -] {other}",
    "[looks|smells|seems] like {other} [again|once more|a second time]",
    "[DUP CHECK|dup check|duplicate check]: [score|match|likeness] [91|94|97|98] [with|vs|to] {other}",
    "[same|equal] [amount|total|vendor and sum] as {other}[, please look| - review|?]",
    "flagged[| by the matcher| automatically]: resembles {other}",
    "is this not {other}?",
    "[WARN|WARNING|ALERT] [amount|vendor+amount] already [known|on file] ({other})",
    "have we not had this [one|amount|bill] before, {other}?",
    "blocked for [double payment|duplicate] [review|check], see {other}",
    "{other} [is|looks] [identical|the same] at first sight",
)

#: There was just one delivery for the order. Facts: po, grn.
ONE_DELIVERY = cue(
    "one delivery only",
    "[only|just] [one|a single] [delivery|receipt] [on|for|against] {po}[, {grn}|]",
    "{po} was delivered once[, on {grn}| and once only|]",
    "[no second|not another] [delivery|shipment|truck] [ever came|was booked|arrived] for {po}",
    "{grn} is the only [receipt|booking] on {po}",
    "the goods came [once|one time], not twice",
    "[stores|warehouse] [knows|know] of {grn} and [nothing else|of no other]",
    "{po} is [fully delivered|complete] with {grn}, [no more to come|closed]",
    "we ordered [this|the lot] once and got it once",
)
