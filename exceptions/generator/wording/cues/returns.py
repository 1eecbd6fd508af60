"""Goods that went back after they were accepted, or that did not."""

from exceptions.generator.wording.cue import cue

#: Facts: back (quantity), item, when, return_no, defect.
RETURNED = cue(
    "goods returned",
    "{when}: «{back} [{item}|pcs|units] [sent back|returned|shipped back|went back]», {defect}[, {return_no}|]",
    "«[return|RMA] {return_no}[, {when}|]: {back} [pcs|units|{item}] [to vendor|collected|out]» ({defect})",
    "{back} of the {item} «[were|had to be] [returned|sent back|handed back]» {when} [because|as] {defect}",
    "«[returned|given back|shipped back] {back} {item}» on {when}, {return_no}",
    "[carrier|vendor's truck|driver] «[took|collected|picked up] {back} {item}» [on|] {when}[, {return_no}|]",
    "[after|post] acceptance: «{back} [pulled|rejected|taken out] and [returned|sent off]» {when}, {defect}",
    "«we kept all but {back}», [they|those] [left|went home] {when} with {return_no}",
    "[quality|QA|late inspection] found {defect}; «{back} [are back with the vendor|left on {when}|went out again]»",
    "{return_no}: «{back} x {item} [debited|dispatched|despatched] to [vendor|supplier]», {when}",
    "«[stock|store] [reduced|corrected] by {back} {item}», returned {when} ({return_no})",
    "«{back} {item} [no longer here|not ours any more]», {return_no} {when}, {defect}",
    "[outbound|goods issue] {when}: «{back} {item} return to [vendor|supplier|sender]»",
    "[complaint|claim] {return_no} {when}, {defect}, «{back} [units|pieces] [handed over|back at the vendor|returned]»",
    "{defect} [seen|noticed] after booking, so «{back} [went|travelled] back» {when}",
    "[stock card|bin card] {item}: in, then «{back} out [to vendor|as return]» {when}[ {return_no}|]",
    "{defect}: «{back} {item} on [a pallet|the truck] [home|back to them]» {when}, [paper|slip] {return_no}",
    "[they|vendor] [signed|receipted] {return_no}: «{back} {item} [taken back|returned to them]» {when}",
    "we [do not|no longer] have «{back} of these {item}, [gone|returned] {when}» ({defect})",
    "[two|some] days later [QA|the line] [stopped|found] «{back} [bad ones|pieces]: {defect}, [returned|all back]» {when}",
    "goods movement {when}: «minus {back} {item}, reason {defect}»",
    "[fitted|used] the rest; «{back} [unusable|faulty] and [sent|shipped] home» {when} [with|under] {return_no}",
    "«[parcel|pallet] with {back} {item} [left|picked up] {when}», label {return_no}",
    "[after|during] [assembly|unpacking]: {defect} x {back}, «[packed up|reboxed] and [returned|shipped]» {when}",
    "[vendor|supplier] [agreed|offered] to [take|have] {back} [back|home], «[done|collected|handed over] {when}»",
    "[freight|transport] order {return_no}: «{back} {item}, us to vendor», {when}",
    "«[handed|gave] {back} {item} to the driver [again|as return]» {when}, {defect}",
    "[claim|complaint] {return_no}: {defect}. «{back} [physically returned|given back] {when}»",
    "{when} «[removed|took] {back} from [stock|shelf], [vendor|supplier] has them [again|back]»",
    "[see|cf.] return slip {return_no} of {when}: «{back} pcs», {defect}",
)

#: Facts: item, when, return_no, back, defect.
KEPT = cue(
    "goods kept",
    "[thought|meant|planned] to return {back} {item} ({defect}), «[kept|decided to keep] [them|all]» {when}",
    "«no return [took place|was made|happened]», {back} {item} [found good|passed] on re-check {when}",
    "{return_no} [opened|started] for {back}, «[cancelled|closed without return|withdrawn]» {when}",
    "«{back} {item} [were not sent back|stayed here|did not leave]», [reworked on site|vendor repaired them here] {when}",
    "«[return|complaint] {return_no} [withdrawn|called off]», {back} [usable|ok] after all ({when})",
    "[suspicion|fear] of {defect} on {back} {item} «[not confirmed|unfounded|cleared]», [all|everything] [in stock|used up]",
    "«nothing [went|was sent|was shipped] back»: {back} {item} checked again {when}, [fine|good]",
    "{defect} on {back}? «[false alarm|a mix-up|proved wrong]», [stock|goods] [complete|untouched] {when}",
    "[vendor|supplier] [offered|proposed] to take {back} back, «[we declined|not needed|refused by us]» {when}",
    "{return_no}: «{back} [remain|remains] [with us|in our stock]», {when}",
    "«returned goods: none», {back} {item} [released|freed] from [quarantine|blocked stock] {when}",
    "[return slip|label] {return_no} [printed|made] {when}, «[never used|goods still here|not shipped]»",
    "{back} {item} [set aside|held] for {defect}, «[released|freed|passed] {when}, [in use|all used]»",
    "[vendor's|their] [technician|fitter] came {when}: «{back} {item} [repaired|fixed] here, [none left|nothing returned]»",
    "«[no|zero] [outbound|goods issue] for {po}»[, {return_no} is void|, checked {when}|]",
    "{defect}? «[only|just] the [box|label], {item} [fine|perfect]», kept {when}",
    "we [agreed|settled] on keeping «[all|the {back}] [anyway|as they are]», {when}, [no deduction|full price]",
    "[retest|second test] {when}: «{back} {item} [good|inside spec]», {return_no} [void|closed]",
    "[complaint|claim] {return_no} was [for|about] [another|the sister] plant; «[our|these] {item} [all here|stayed]»",
    "«[stock|bin] [unchanged|complete], nothing [left|out]», {return_no} [cancelled|never executed] {when}",
    "[should|was to] go back, «did not: [needed|used] them [all|after all]», {when}",
    "[driver|carrier] [came|arrived] {when} for {back}, «[left|drove off] empty, we [keep|kept] them»",
)

#: No credit for them yet. Facts: return_no.
NO_CREDIT = cue(
    "no credit note",
    "[credit note|credit|CN] [still|yet] [missing|outstanding|to come|awaited]",
    "[no|not any] [credit|credit note] [received|so far|on file] for {return_no}",
    "[vendor|supplier] [promised|announced] a credit note[, nothing came|]",
    "[we wait|waiting|still waiting] for [a|the] [credit|credit memo]",
    "[bill|invoice] [not reduced|does not deduct the return|ignores {return_no}]",
    "full [amount|quantity] billed [all the same|regardless|nevertheless]",
    "[deduction|reduction] [not made|missing] on this [bill|invoice]",
    "the vendor [bills|charges] the [returned|lost] ones [too|all the same]",
    "[CN|credit] [promised|requested|chased], [nothing|none] [yet|came]",
    "[ledger|account]: no credit [booked|posted]",
    "[who|when] credits us[?| for these?]",
)

DEFECTS = ("scratched", "wrong size", "bent", "leaking", "mouldy", "out of spec", "wrong colour", "broken seal", "short-dated",
           "porous", "warped", "dead on arrival", "mislabelled", "rusty", "torn")  # fmt: skip
