"""What an audit said of the order."""

from exceptions.generator.wording.cue import cue

#: Facts: report, when, item, market (a price), order_price, po, who, vendor.
AUDIT_FINDING = cue(
    "audit finding",
    "{report}: «{item} [is|was] [offered|sold] elsewhere at {market}», [buyer|{who}] [holds shares in|is related to the owner of|moonlights for] the vendor",
    "«[order price|price] of {po} [inflated|too high|padded]», market [is|about] {market}; [{who} has ties to the vendor|conflict of interest on the buyer's side]",
    "[review|check] {report}: «[comparable|other] [offers|bids] [at|from] {market}», {who} [did not disclose|hid|concealed] [a link to|family at] the vendor",
    "{report} [open|ongoing]: «{who} placed {po} with [a relative's|his cousin's|her brother's] firm», {market} [would be|is] [usual|fair]",
    "«[overpriced|marked up] [order|PO]»: {market} [benchmark|reference], [award|order] by {who} [under investigation|without tender]",
    "[finding|result] {report}, {when}: «[price|rate] [agreed|set] above market ({market}) by a [conflicted|biased] buyer»",
    "[whistleblower|hotline] case {report}: «{who} [gets|received] [kickbacks|favours] [from the vendor|on {po}]», fair price {market}",
    "«[three|two] [rivals|competitors] quoted {market}», {who} [ignored|suppressed|binned] the bids ({report})",
    "[do not|don't] rely on the PO: «[its|the] price was [rigged|cooked|pushed up]» by {who}, [market|list elsewhere] {market}, {report}",
    "[price|cost] [analysis|comparison] {report}: «{item} worth {market}», {who} [has|had] an [undisclosed|undeclared] [interest|stake] [in|at] the vendor",
    "{report} ({when}): «[buyer|{who}] [co-owns|part-owns|is a director of] the [vendor|supplier]», {item} [could be had|available] at {market}",
    "«[tender|bidding] [skipped|bypassed|faked]», {po} [went|given] to a [friend|former employer] of {who}; [going rate|market] {market}; {report}",
    "{when} [interim|final] report {report}: «[markup|overcharge] against {market}», [declaration|disclosure] of interest by {who} [missing|false]",
)

#: Facts as before.
AUDIT_CLEAR = cue(
    "audit without findings",
    "{report} [closed|ended|finished] {when}: «[no findings|nothing found|without findings]», [price|{item}] [in line|fair|at market], {market} was [for a smaller type|another grade]",
    "[review|check] {report} of {po}: «[clean|no objection|no irregularity]»[, {when}|]",
    "{who} «[declared|disclosed] [the|his|her] [link|interest] [beforehand|in time] and [stood aside|did not decide]», {report} [closed|shut]",
    "«[suspicion|rumour|allegation] against {who} [unfounded|not confirmed|disproved]», {report}",
    "[market|price] check {report}: «[order price|{order_price}] [is|was] [competitive|the lowest bid|reasonable]»",
    "[auditors|audit team] [looked at|went through] {po}, «[all|everything] [in order|regular|proper]» ({report}, {when})",
    "{report} {when} [result|outcome]: «[no conflict of interest|no overpricing|price justified]»",
    "«[routine|random] [sample|audit], [passed|nothing to report]»: {po}, {report}",
    "[hotline|whistleblower] tip {report} «[turned out wrong|had no substance|was dropped]» {when}",
    "{report}: [the bid|the quote] of {market} was «[not comparable|for used goods|without freight]», [case closed|price ok]",
    "[tender|bids] [file|papers] for {po} «complete, [best|lowest] [offer|bid] [won|taken]» ({report})",
    "[audit|compliance] [released|cleared] {po} «[without remarks|after review|no objections]» {when}",
)
