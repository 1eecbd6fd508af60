"""An order that comes again: the same goods and amount, another order and another delivery."""

from exceptions.generator.wording.cue import cue

#: Facts: other, other_po, po, grn, period.
RECURRING_SAID = cue(
    "recurring order, said",
    "«{other} was for {other_po}, [this one is|this is] for {po}»",
    "[regular|monthly|quarterly|usual|repeat] [order|call-off|supply], «[own|separate|new] PO each [time|period]»",
    "«[two|both] [different|separate] orders», {other_po} and {po}, [each|both] delivered",
    "[not the same|another] [delivery|lot|shipment]: «{grn} came on top»[, {other_po} was the round before|]",
    "we [order|buy|need] this [every month|each quarter|again and again], «{po} is the {period} [round|order|lot]»",
    "[same|identical] [figures|amount] because «the [order|quantity] repeats», {po} is [new|its own order]",
    "«{period} [call-off|supply|batch]», the [one before|last one|previous] was {other_po}",
    "«[goods|boxes|pallets] arrived a second time» under {po}, [counted|seen] by us",
    "[subscription|standing] [supply|arrangement], {other} [covers|covered] {other_po}, «{po} is [billed|due] now»",
    "[not|no] double: «{other_po} then, {po} now»[, two receipts|, both physically here|]",
    "different PO ({other_po} vs {po}), «different [receipt|goods]», [fine|ok|so no duplicate]",
    "[we|they] [reordered|ordered the same again] [via|with|on] «{po}»[ after {other_po} ran out|, repeat of {other_po}|]",
    "[this|it] [belongs to|goes with] {grn}, «[a delivery|goods] of its own», {other} to the one before",
    "«{period} need», [previous|last] need was [billed|covered] with {other}",
    "[the plant|production|the site] uses [one lot|one set] per period, «{po} is the next [one|lot]»",
    "yes same sum as {other}; «[it is the next period|next instalment of goods|new order {po}]»",
    "[not|never] a double: «we [run through|use up] one [lot|set] per [month|cycle]», {po} [follows|replaces] {other_po}",
    "[see|compare] the [order numbers|POs]: «{other_po} [then|there], {po} [now|here]»",
    "[twin|lookalike] [yes|maybe], duplicate no: «[new|fresh] [goods|delivery] on {po}»",
    "[both|two] [lots|deliveries] [stand|are] in [the hall|our store], «one for {other_po}, one for {po}»",
    "[I|we] placed {po} [myself|again] because «the [first|previous] [batch|lot] was used up»",
    "{other} is [last|the previous] [month|quarter|period], «[this|{inv}] is {period}»",
    "[checked|verified] serial numbers: «[different|other] [units|goods] than with {other}»",
    "«[same|equal] basket every [month|time]», price list too, so [same|identical] total; {po} is its own",
    "the system [sees|only sees] the sum, «the [order|PO] [differs|is another]»: {po} not {other_po}",
    "[framework|long-term] [need|supply], «each [call|round] gets its own PO», here {po}",
    "[plant|site] [confirms|signed for] «a [second|new|separate] [delivery|drop]», {grn}, [after|besides] that of {other_po}",
    "[repeat|follow-up] [business|order], «{po} [placed|ordered] after {other_po} was done»",
    "«[this one|{inv}] goes against {po}», {other} [against|went against] {other_po}, [all good|no overlap]",
    "[same|equal] total each [round|time], «[look at|mind] the PO: {po}, before {other_po}»",
    "[last|previous] [lot|batch] went to [line 2|site A], «this [lot|batch] ({po}) to [line 3|site B]»",
    "[we|plant] [signed|asked] for «a further [lot|delivery]», that is {po}",
    "[the|our] [refill|reorder] point was hit [again|once more], «{po} [raised|placed]»",
    "{other_po} [closed|done] in {other}; «{po} [opened|started] afterwards»",
)

#: Terms of an order that comes again. Facts: terms.
RECURRING_TERMS = cue(
    "recurring order, terms",
    "{terms}, [monthly|quarterly|weekly] [call-off|order|requirement]",
    "{terms}; repeat order",
    "{terms}, [recurring|regular] [supply|need]",
    "{terms}; [placed|renewed] [every month|each quarter|every four weeks]",
    "{terms}",
    "{terms}, [standard|usual] quantity per [month|quarter]",
    "{terms}; [successor|follow-up] of an earlier order",
    "{terms}, periodic [need|supply]",
    "{terms}, [blanket|frame] [need|agreement], [one PO|own order] per [period|month|lot]",
    "{terms}; [rolling|steady] [demand|supply]",
    "[repeat|regular|periodic] [order|buy], {terms}",
    "{terms}. [Subscription|Series] order no. [3|5|7]",
)

#: What the vendor writes. Facts: period.
RECURRING_NOTE = cue(
    "recurring order, note",
    "{period} [supply|lot|delivery|call-off|requirement]",
    "[your|the] [regular|monthly|usual] [order|supply][, {period}| for {period}]",
    "[as every|like each] [month|quarter|period][: {period}|]",
    "period: {period}",
    "[goods|supply|service] for {period}",
    "",
    "[usual|regular|standing] [lot|quantity] [again|as before]",
    "[next|this] [month's|quarter's|period's] [lot|delivery], {period}",
    "[follow-up|repeat] [order|delivery][, {period}|]",
)
