"""A price list that came after the order."""

from exceptions.generator.wording.cue import cue

#: What the vendor writes. Facts: list_day.
NEW_LIST_NOTE = cue(
    "new price list, note",
    "[prices|billed|charged|invoiced] [per|as per|according to|on the basis of] our [list|tariff|price list] [of|dated|valid from] {list_day}",
    "[new|revised|current] [price list|tariff|rates] [in force|applied|effective] [since|from|as of] {list_day}",
    "[please|kindly] note the [general|annual] [price increase|price adjustment|adjustment] of {list_day}",
    "[tariff|list] {list_day} [applies|used|applied] [to all deliveries|from that date|for this bill]",
    "[raw material|energy|wage] [costs|prices] forced us to [raise|adjust] [prices|rates] on {list_day}",
    "[our|the] rates [went up|changed|rose] {list_day}",
    "[unit price|rate] [updated|uplifted|raised] {list_day}, see [circular|letter|our mail]",
    "[adjusted|indexed] [prices|rates], {list_day}",
    "{list_day}: [new|higher] [conditions|rates|list] [for all customers|across the range|]",
    "[tariff|price] [update|revision] {list_day}[, index +|]",
    "your [new|updated] [rates|conditions]: list {list_day}",
    "[the|our] [general|spring|annual] [rise|increase] ({list_day}) [is applied|applies|is included]",
    "[from|since] {list_day} [dearer|more expensive] [energy|steel|labour][, so are we|]",
    "[list|catalogue] prices {list_day}, [less|no] [rebate|discount]",
    "[all|our] [deliveries|shipments] after {list_day} are [billed|charged] at [new|current] [rates|prices]",
    "old [list|tariff] [expired|ended] {list_day}",
)

#: Terms that fix the price of an order. Facts: terms.
FIRM_TERMS = cue(
    "firm prices, terms",
    "{terms}, «[fixed|firm] [price|prices]»",
    "{terms}; «prices [fixed|firm|binding] [until|till|to] [delivery|completion]»",
    "{terms}; «no [price increase|surcharge|adjustment] after [order|ordering]»",
    "{terms}. «Order price is final»",
    "«price [guaranteed|frozen|locked] for this order», {terms}",
    "{terms}, «prices as at order date»",
    "{terms}; «[unit prices|rates] not subject to change»",
    "{terms}; «[prices|rates] [guaranteed|held] [to|until] last delivery»",
    "{terms}, «[agreed|order] price holds»",
    "«[firm|fixed] [for|over] the [term|life] of this order», {terms}",
    "{terms}; «later [lists|increases] [excluded|not accepted]»",
)

#: Facts: item, po, list_day, order_price.
LIST_REFUSED = cue(
    "new list refused",
    "«we [did not accept|never accepted|refused|rejected|do not accept] [the new list|the increase|the list of {list_day}]» [for|on] {po}[| and said so]",
    "[list|tariff] of {list_day} «[does not apply|is not valid|cannot apply] to [orders|what was] [placed|ordered] before [it|that date]»",
    "{po} was [placed|ordered|signed] [before|ahead of] {list_day}, «[the old price|{order_price}] [holds|stands|counts]»",
    "«[no|nobody gave] [consent|agreement|OK] to [higher prices|the new prices|the increase]», [supervisor|team lead] [to decide|decides on any rise]",
    "[increase|rise] [announced|sent] {list_day}, «[not agreed|not countersigned|unanswered by us] for [open|running] orders»",
    "[buyer|purchasing] [insists|holds|maintains]: «{order_price} [was agreed|is the contract], list came later»",
    "[told|wrote to] the vendor that «{po} [keeps|stays at] {order_price}»[, no answer|]",
    "«[objected|we objected|objection sent] to the list of {list_day}»",
    "[a|any] [price rise|increase] on a [running|fixed] order «needs the [supervisor|purchasing head]», [not given|none obtained|not asked for]",
    "the [list|circular] [reached us|came|arrived] after {po} [went out|was placed]; «[not part of|no basis for] this order»",
    "«their [unilateral|one-sided] [rise|increase] is not [ours|agreed|in our contract]»",
    "[new|higher] rates «only for orders [from|after] {list_day}», {po} is [older|from before]",
    "[list|circular] of {list_day}: «[filed, not signed|not our contract|we said no]», {po} [runs|stays] at {order_price}",
    "the [order|PO] [was|is] [older|earlier]; «[new|later] list cannot [reach back|apply backwards]»",
    "«[binding|agreed] is {order_price}», [whatever|no matter what] their list [says|of {list_day} says]",
    "[vendor|supplier] [tries|wants] to [pass on|push through] the rise on {po}, «[buyer|we] [objects|object]»",
    "[no|not any] [price clause|escalator|index clause] in {po}, «so [no|not any] increase [possible|due]»",
    "we [told|informed] [them|the vendor] {list_day}: «[ok for new|fine for next] orders, not for [{po}|this one]»",
    "[increase|rise] «[needs|would need] our signature», there is none",
    "«[sneaked in|slipped in] without [asking|consent]»: list {list_day} on an [older|earlier] order",
    "[our|the] lawyer: «order price [prevails|wins]», list [is|was] only an offer",
    "[asked|told] to [correct|rebill] at {order_price}, «[vendor|supplier] [refuses|has not answered]»",
    "[price|rise] [dispute|discussion] since {list_day}, «[no|not an] agreement [reached|found|yet]»",
    "«[order|contract] first, list later»; [rise|difference] [not approved|unapproved]",
    "[even|also] small rises «[must|have to] be [approved|signed] above [us|the desk]», [here|this one] [not|was not]",
    "did we accept the list of {list_day}? «[no|never]», {order_price} [stands|holds]",
    "Q: new price ok? A: «[no|not agreed]», {po} is older",
)

#: Facts as before.
LIST_ACCEPTED = cue(
    "new list accepted",
    "«we [accepted|agreed to|signed] the list of {list_day}» [also|expressly] for {po}",
    "[increase|rise] of {list_day} «[approved|accepted|agreed|signed off] by [purchasing|the buyer|{who}]», {po} [included|in scope]",
    "{po}: «new [price|rate] [confirmed|accepted] in writing» on {list_day}",
    "«[purchasing|buyer] [countersigned|agreed|consented to] the new [rates|prices|list]», [open|running] orders included",
    "[yes|correct], «[the rise is|new prices are] agreed» for [what was open|running orders|{po}][, order not reprinted|]",
    "[price|order price] [lifted|updated] by [agreement|addendum] {list_day}, «[both sides|buyer too] signed»",
    "«[list|tariff] {list_day} [accepted|binding] for {po}», [supervisor|head of purchasing] [agreed|signed]",
    "[agreed|granted] [the vendor|them] the [new|higher] price [on|for] {po}, «[mail|letter] [signed|on file]»",
    "[rise|increase] [checked|negotiated] and «[okayed|released] for {po} too»",
    "«consent to the [increase|list] [is here|was given|on file]», covers {po}",
    "{who} [signed|initialled] the [sheet|list] of {list_day}, «{po} [named|listed] [there|in it]»",
    "«[we|both sides] [settled|shook hands] on the new [price|rate]» {list_day}, [for|incl.] {po}",
    "[rise|increase] [discussed|negotiated], «[ours|we] [agreed|say yes]», [letter|mail] {list_day}, {po}",
    "[index|price] clause [used|applied] as [written|agreed], «[rise|new price] is [due|right|contractual]»",
    "[buyer|purchasing] [amended|changed] {po} [by mail|in writing] {list_day}: «list [price|rate] [valid|applies]»",
    "[category lead|supervisor] {who} «[released|approved] the [rise|difference]» for {po}",
    "[it is|that is] correct so: «[list|tariff] of {list_day} [was|is] [part of|agreed for] {po}»",
    "«[no objection|consent given|green light] to the [rise|list]», [signed|mail] {who}",
    "[yes|ok], «we [took|accepted] their new [rates|tariff] [from|on] {list_day} on», {po} too",
    "did we accept the list of {list_day}? «yes, for {po} too»",
    "Q: new price ok? A: «[yes|agreed], signed {list_day}»",
)
