"""More delivered and billed than ordered: allowed or not."""

from exceptions.generator.wording.cue import cue

#: In the terms of the order. Facts: terms, allowed, when, amendment.
OVERSHIP_TERMS = cue(
    "overship allowed, terms",
    "{terms}. {amendment} [of|,] {when}: «[up to|max.|maximum] {allowed} % [over|above] [the ordered quantity|order]»",
    "{terms}; «over-delivery [to|of up to|until] {allowed} % [accepted|permitted|allowed|ok]»",
    "{terms}, «tolerance +{allowed} % on quantity» [agreed|signed] {when}",
    "{terms}. «[Excess|Surplus|Overrun] up to {allowed} % [will be paid|is payable|payable at order price]»",
    "{terms}; {amendment} ({when}) [lets|allows] [vendor|supplier] «[ship|deliver] {allowed} % more»",
    "{terms}; «production overrun [max|up to] {allowed} %»",
    "{terms}. «Quantity may exceed by {allowed} %» ({amendment})",
    "«+{allowed} % [quantity|delivery] [tolerance|margin]» per {amendment} / {terms}",
    "{terms}; «[full|whole] [batches|packs|reels] only, so up to {allowed} % more»",
)

#: Facts: allowed, when, amendment, po.
OVERSHIP_SAID = cue(
    "overship allowed, said",
    "{amendment} {when}: «[vendor|supplier] may [deliver|ship] up to {allowed} % [more|over]», [we pay|payable]",
    "«[excess|surplus|overdelivery] of up to {allowed} % [is|was] [approved|agreed|authorised|cleared]»[ by {who}|] {when}",
    "[I|{who}] [signed|released|okayed] «{allowed} % [extra|on top]» for {po} on {when}",
    "«[extra|additional] quantity [wanted|welcome|ordered by phone]», [limit|cap] {allowed} %, [confirmed|in writing] {when}",
    "[increase|raise] of {po} «by {allowed} % at most» [signed off|confirmed|put in writing] {when}[, {amendment}|]",
    "we [asked|told] them to [send|make] «up to {allowed} % [more|above the order]», see {amendment}",
    "[change|side letter] {amendment}: «[tolerance|margin] {allowed} % upwards», [both sides|vendor and we] signed {when}",
    "«{allowed} % overrun [is fine|is covered|falls under our deal]», [agreed|mailed] {when}",
    "[quantity|volume] [cap|ceiling] [lifted|raised] «to order plus {allowed} %» on {when}",
    "[deal|agreement] of {when}: [minting|batch|melt] losses [vary|differ], «we take up to {allowed} % over»",
    "{who} [authorised|allowed|granted] «[overdelivery|more pieces] up to {allowed} %» ({amendment}, {when})",
    "«[yes|approved], [take|keep] and pay the surplus», [up to|max] {allowed} %, [mail|note] of {when}",
)

#: Facts: item, po.
OVERSHIP_REFUSED = cue(
    "overship not allowed",
    "«[nobody|no one] [ordered|asked for|wanted] [more|the extra]», {po} [stands|was not changed]",
    "«[no|not any] [amendment|permission|agreement] [for|on] [extra|more|surplus] [quantity|pieces]»",
    "[surplus|excess] «[not accepted|not agreed|refused by us]», [vendor|supplier] [to collect|must take it back|informed]",
    "«we [did not agree to|never agreed to|refused] [more|an overdelivery]»",
    "[asked|request] for a larger lot «was [declined|turned down|refused]»",
    "[buyer|purchasing] [knows|has] «[nothing|no paper] [of|on|about] extra [units|pieces|goods]»",
    "[more|extra] came than ordered, «[without|not with] [our|any] [consent|approval|order]»",
    "[the|an] [increase|amendment] of {po} «was [discussed but not signed|never approved|dropped]»",
    "«[who|nobody knows who] [approved|ordered] the extra {item}»[?| - not me]",
    "[order|quantity] change [form|request] «[rejected|not released|expired]»",
)

#: What the vendor or the warehouse writes. Facts: none.
OVERSHIP_NOTE = cue(
    "overship, note",
    "[full|complete] [pallet|batch|reel|production lot] [shipped|delivered]",
    "[delivered|shipped] quantity [as produced|per packing list|billed]",
    "[a little|somewhat] more than ordered[, as discussed| - hope that is fine|]",
    "[surplus|extra] [booked in|counted too|on the shelf]",
    "[quantity|count] [above|over] the order[, please check|]",
    "[weighed|counted] twice, [more|exceeds order]",
    "",
)
