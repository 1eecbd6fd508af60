"""Pressure, thanks and small talk: nothing that a decision may turn on."""

from exceptions.generator.wording.cue import cue

VENDOR_PLEA = cue(
    "vendor's plea",
    "[please|kindly] [pay|settle|transfer] [promptly|quickly|this week|before month end]",
    "[we|our family firm|a small firm like ours] [count|counts|rely|relies] on [quick|your] payment",
    "URGENT[!|!!|] [cash is tight|payroll is due|quarter closes]",
    "[early|fast] payment [appreciated|would help|saves our week]",
    "[our bank|the factor] is [waiting|asking][, please help|]",
    "[late fees|interest] will [apply|be charged] [after|from] the due date",
    "[always|still] happy to serve you[, please remember us|]",
    "[thank you|thanks|many thanks] for [your order|the order|your trust|your business]",
    "payable [without|free of] [deductions|deduction]",
    "[please|kindly] [quote|state|mention] the invoice number [with|in] your [payment|transfer]",
    "[your contact|questions]: [Ms Arden|our back office|sales desk east|Mr Tolle]",
    "[delivered|supplied] [as ordered|per your order|according to order]",
    "[goods|title] [remain|remains] ours until paid",
    "[season's greetings|have a sunny week|greetings from the shop floor]",
    "now with [paperless|e-] invoicing, [save a tree|the planet says thanks]",
    "[our office|we] will be closed [on Friday|over the holidays|for stocktaking]",
    "packaging [taken back|returned] free of charge on request",
    "[new catalogue|new brochure] [out now|enclosed]",
)

RECEIPT_SMALLTALK = cue(
    "receipt small talk",
    "[counted|checked] [at the gate|by two|on arrival|and shelved]",
    "[all|everything] [there|complete|fine|in order]",
    "[boxes|cartons|pallets] [dry|clean|intact]",
    "[driver|carrier] [late|friendly|waited an hour|in a hurry]",
    "[stored|put away] in [rack 4|aisle C|hall 2|the cage]",
    "[forklift|dock] [busy|free], [unloaded by hand|took a while]",
    "[delivery note|papers] [attached|scanned|filed]",
    "ok",
    "[no remarks|no visible damage|nil remarks|n/a]",
    "[pallets|pallet] exchanged",
    "[service|work] [done|signed off] on site",
    "signed [at goods-in|by shift lead]",
    "[one|a] [carton|corner|label] [scuffed|dented|torn], [contents ok|goods fine]",
    "",
)

CLERK_SMALLTALK = cue(
    "clerk's small talk",
    "[scan|copy] is a bit [crooked|pale], [readable|legible]",
    "[coded|booked] to [cost centre 4100|the usual account|project Delta|overheads]",
    "[vendor|supplier] [called|rang] [about payment date|to ask when we pay][, told them to wait|]",
    "[please|pls] do not [forget|sit on] this [one|pile]",
    "[desk|team] is [short-staffed|on training|out till Monday]",
    "arrived by [mail|post|portal|e-invoice][, page 2 blank|]",
    "[coffee|cake] is in the kitchen, [invoices|this pile] can wait",
    "[address|phone] of the vendor [updated|confirmed] in [the master|master data]",
    "[took over|inherited] this from [a colleague|the holiday cover]",
    "[budget|cost centre] [is fine|has room|available]",
    "[reminder|dunning] [level 1|letter] came in[, normal for them|]",
    "[requester|plant] [asks|wants] [to release|us to hurry|for quick payment]",
    "if only all [vendors|invoices] were [this tidy|so neat]",
    "[vendor|supplier] file [reviewed|updated] last quarter",
    "[month-end|closing] [is near|next week], [hurry|keep it moving]",
)

OPINION = cue(
    "opinion without a fact",
    "[please|pls] [pay|release|let it through][, we need them|, they are good people|]",
    "[ok|fine|good] [from|on] my side",
    "[I see|see] no [reason|need] to wait",
    "[vendor|supplier] [is rude|annoys me|never answers], [let them wait|no hurry]",
    "[why|how] does this [take|need] so long?",
    "[looks|seems] [fine|strange|odd|ok] to me, [your call|but I did not check|not my area]",
    "[can|could] somebody [have a look|finish this], [I am off|not mine]",
    "[trust|know] this [vendor|supplier] since [years|2012][, just pay|]",
    "[never|not] [liked|trusted] [them|this vendor], [be careful|watch out|no proof though]",
    "[pay|book] it and [close|finish] the [ticket|matter]",
    "[boss|management] wants this [off the list|done] [today|this week]",
    "[my|our] [project|line] [needs|depends on] this [vendor|supplier][, be nice|]",
)


#: What a vendor claims of the delivery, true or not.
DELIVERY_CLAIM = cue(
    "vendor's claim of delivery",
    "[delivered|supplied|shipped] [complete|in full|as agreed|without remarks]",
    "[all|everything] [delivered|handed over|with you][, signed by your gate| since last week|]",
    "[your|the] [warehouse|gate] [signed|confirmed|took] [all|everything|the goods]",
    "[goods|delivery] [accepted|received] by you [in full|without complaint|in good order]",
    "[proof of delivery|POD|delivery note] [attached|available|on request]",
    "we [delivered|fulfilled] [our part|all|to the last piece], [please|kindly] pay",
    "[no|not any] [complaint|claim] [known|received] [by|on] our side",
    "[order|delivery] [closed|completed] [on our side|from our end|here]",
    "[quantity|amount] [as|per] delivery note",
    "[service|goods] [rendered|provided], [payment|amount] now due",
)

#: What a matching system says when figures agree, whatever is wrong beside them.
MATCH_OK = cue(
    "figures match",
    "[match|three-way match|3-way] [passed|ok|green|100 %]",
    "[quantity|qty] and price [ok|agree|match][, no block|]",
    "[auto-match|matching]: no [difference|exception|deviation]",
    "[all|both] checks green[, release proposed|, ready to pay|]",
    "[price|total] check [passed|ok], [quantity|qty] check [passed|ok]",
    "[order|PO], [receipt|GR] and [bill|invoice] [agree|tie out]",
    "[figures|numbers] [fine|tie up|add up], [nothing|no flag] to [see|report]",
    "[ready|cleared] for [payment|posting] by [rule|robot]",
    "[straight-through|touchless] [candidate|ok]",
    "[status|result]: [MATCHED|OK|NO EXCEPTION]",
)
