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
    "{terms}; «[buyer|we] [takes|take] up to {allowed} % [surplus|excess]» [({amendment})|]",
    "{terms}. «Delivered quantity [may|can] be up to {allowed} % higher»",
    "{terms}; [per|as in] {amendment}: «{allowed} % extra [welcome|accepted|payable]»",
    "{terms}, «[overrun|plus] clause {allowed} %»",
    "[roll|reel|batch] goods: «up to {allowed} % more [to be paid|payable]»; {terms}",
    "{terms}; «[quantity +{allowed} % / -0|plus {allowed} % max]», [agreed|signed] {when}",
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
    "«[kept|took] the extra on purpose», [up to|limit] {allowed} % [was|is] [agreed|settled] {when}",
    "[framework|contract] [says|allows]: «[overdelivery|plus] max {allowed} %», [countersigned|valid since] {when}",
    "[we need|needed] more anyway, «told them {allowed} % on top [is fine|is ok]» {when}",
    "{amendment} {when} [raises|lifted] the [ceiling|quantity] of {po} «by [up to |]{allowed} %»",
    "«surplus [within|inside] {allowed} % [to be paid|is payable|counts as ordered]», [buyer|{who}] {when}",
    "[mill|foundry|paper] order, «[usual|agreed] overrun {allowed} %», {who} [signed|confirmed]",
    "[order|quantity] [extension|increase] [valid|released]: «+{allowed} % [max|at most]», {who}, {when}",
    "[mail|letter] of {when} from {who}: «[send|ship] up to {allowed} % more, same price»",
    "[yes|correct], {who} [ordered|asked for] the [plus|extra]: «{allowed} % [ceiling|maximum]» [by mail|in writing] {when}",
    "the [additional|extra] goods «are [covered|legit|agreed] up to {allowed} %» [via|through|by] {amendment}",
    "«[permission|consent|clearance] for {allowed} % [extra|over]» [filed|given] {when}",
    "{po} [was|got] «[topped up|extended|enlarged] by max {allowed} %», {amendment}",
    "may they send more? «yes, up to {allowed} %», {who} {when}",
    "Q: extra ok? A: «[yes|fine], max {allowed} %», {amendment}",
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
    "[we|they] will [send|collect] the [extra|rest] [back|], «[nobody|no one] [needs|wants] it»",
    "«{po} [fixes|caps] the quantity», [no plus|no overrun] [clause|agreed]",
    "[vendor|supplier] [filled|rounded up] the truck «[unasked|on their own|without asking]»",
    "[quantity|call-off] «[never|not] [raised|increased|amended]», I [checked|looked] [twice|in the contract]",
    "[plant|requester] [says|claims] «[less|fewer] would have been [plenty|enough], extra not [ordered|wanted]»",
    "the [surplus|extra] [sits|stands] in quarantine, «[not ours|not accepted|awaiting pick-up]»",
    "«[declined|refused] to [take|pay] the [extra|surplus]», {po} [counts|is what counts]",
    "[request|plea] to [take|keep] more «[answered with no|turned down]»",
    "[there is|I find] «no [paper|mail|amendment] for [a larger|the larger] quantity»",
    "[offer|proposal] of a bigger lot «[left unanswered|not accepted|expired]»",
    "did we order more? «[no|never]», nobody [asked|signed]",
    "Q: extra ok? A: «[no|not agreed]», [back|to be collected]",
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
    "[last|final] [batch|reel] of the run [added|included]",
    "[count|weight] [by|as per] our [scale|packing line]",
    "[extra|additional] [box|unit|metres] [for|as] your [safety stock|convenience]",
    "[shelf|bin] [full|overfull] now",
    "[delivery|ship] qty > order qty",
)

#: What a matching system says of it, before anybody has read. Facts: item.
QUANTITY_ALARM = cue(
    "quantity alarm",
    "[quantity|qty] [over|above|beyond] [order|PO|tolerance][, {item}|]",
    "[QTY BLOCK|quantity block|Q-block] [set|active]",
    "[received|billed] more than ordered: {item}",
    "[auto-match|matching] failed: quantity",
    "[blocked|parked] for quantity, [please|pls] [check|review]",
    "[overdelivery|overrun] flag on {item}",
    "[quantity|count] [check|test]: FAIL",
    "{item}: [more|too many] [on the bill|received] than [on the order|ordered]",
)
