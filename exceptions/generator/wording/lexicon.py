"""Small rules that the forms share: the field's synonyms."""

from exceptions.generator.wording.grammar import Lexicon

LEXICON = Lexicon(
    {
        "bill": "invoice|bill|doc|document",
        "ap": "AP|payables|the invoice desk|accounts|accounts payable|finance",
        "buyer": "purchasing|the buyer|procurement|sourcing|our buyer|the purchasing team",
        "stores": "stores|warehouse|goods-in|the warehouse|receiving|the dock",
        "vendor": "vendor|supplier|they|the supplier|the vendor",
        "boss": "finance director|head of finance|CFO|controller|site director|managing director|VP operations|division head",
        "please": "please|kindly|pls|",
        "order": "order|PO|purchase order",
        "goods": "goods|items|delivery|consignment|lot|shipment",
        "back": "back to the vendor|back|to the supplier|to sender",
        "urgent": "urgent|asap|without delay|today|at once|as soon as you can",
        "checked": "checked|looked into|verified|gone through|reviewed|controlled",
        "nothing": "nothing|no trace|no sign|not a thing|zero hits",
    }
)
