"""Whose hand a text is in: who says it and when, abbreviations, typing errors, capitals."""

import datetime
import re
from random import Random

from exceptions.generator.wording.grammar import Saying, saying_of
from exceptions.generator.wording.synonyms import reword
from exceptions.generator.world.calendar import written
from exceptions.generator.world.drawing import chance, pick
from exceptions.generator.world.people import initials, person

_ABBREVIATIONS = {
    "invoice": ("inv", "inv.", "invoice"),
    "invoices": ("invs", "invoices"),
    "quantity": ("qty", "quantity"),
    "please": ("pls", "plz"),
    "purchasing": ("purch.", "procurement"),
    "delivery": ("dlvry", "del."),
    "received": ("rec'd", "rcvd"),
    "amount": ("amt", "amount"),
    "payment": ("pmt", "payment"),
    "account": ("acct", "a/c"),
    "with": ("w/",),
    "without": ("w/o",),
    "number": ("no.", "nr"),
    "regarding": ("re",),
    "supplier": ("suppl.", "supplier"),
    "vendor": ("vndr", "vendor"),
    "duplicate": ("dupl.", "dup"),
    "approved": ("appr.", "approved"),
    "returned": ("ret'd", "returned"),
    "because": ("bc", "since"),
    "thanks": ("thx", "tks"),
    "department": ("dept",),
}
_WORD = re.compile(r"[A-Za-z]+")
_SIGNED = re.compile(r"[a-z]{5,}")

#: Words that turn rude when a letter is lost.
_DELICATE = frozenset({"shift", "count", "counts", "counted", "counter", "country"})

#: Who may speak, by role, as the desk names them.
_TITLES = {
    "stores": ("stores", "warehouse", "goods in", "receiving", "dock 2", "store keeper", "inbound"),
    "ap": ("AP", "accounts payable", "AP desk", "invoice desk", "ledger clerk", "payables", "bookkeeping"),
    "purchasing": ("purchasing", "buyer", "procurement", "category buyer", "sourcing"),
    "quality": ("quality", "QA", "incoming inspection", "QC", "inspection"),
    "plant": ("plant", "maintenance", "production", "site manager", "requester", "operations", "cost centre owner"),
    "treasury": ("treasury", "payments", "bank desk", "cash office", "fraud desk"),
    "audit": ("internal audit", "audit", "compliance", "controls team", "internal control"),
    "finance": ("controller", "finance", "controlling", "CFO office", "finance lead"),
    "system": ("system", "workflow", "ERP", "matching engine", "AUTO", "batch job", "SYS", "invoice bot"),
    "vendor": ("supplier", "vendor", "their sales desk", "vendor's AR", "supplier accounts"),
}
_SPOKEN = (
    "{day}, {who} ({title}): {text}",
    "{who}, {title}, {day}: {text}",
    "{who} ({title}): {text}",
    "{title}: {text}",
    "{title} {day}: {text}",
    "{day} {title}: {text}",
    "{day} - {text} ({who})",
    "{text} - {sign}, {title}",
    "{text} ({who}, {day})",
    "{text} /{sign} {day}",
    "{sign} {day}: {text}",
    "{day} {sign}: {text}",
    "call with {who} ({title}), {day}: {text}",
    "phoned {title}, {who}: {text}",
    "{who} wrote on {day}: {text}",
    'mail from {who} ({title}): "{text}"',
    "fwd {who}: > {text}",
    "chat, {who}: {text}",
    "note to file {day}: {text}",
    "file note ({title}): {text}",
    "per {title}, {day}: {text}",
    "answer from {title}: {text}",
    "{title} says: {text}",
    "{text}",
    "{text} [{day}]",
    "re {who}: {text}",
)
_MECHANICAL = (
    "{title} {day}: {text}",
    "{day} {title} {text}",
    "{title}: {text}",
    "{title} >> {text}",
    "*** {text} ***",
    "{day} / {title} / {text}",
    "log {day}: {text}",
    "[{title}] {text}",
    "status {day}: {text}",
    "{text}",
)


def finish(random: Random, marked: str, *, tidy: bool = False) -> Saying:
    """A composed text as it was typed, some words exchanged for others; a tidy one keeps its spelling."""
    text = reword(random, marked) if chance(random, 0.4) else marked
    if not tidy:
        style = random.random()
        if style < 0.16:
            text = _abbreviate(random, text)
        elif style < 0.23:
            text = _mistype(random, text)
        elif style < 0.26:
            text = text.upper()
        elif style < 0.33:
            text = text.lower() if text[:1].isalpha() else text
    return saying_of(text)


_LEADS = (
    "just to confirm: ", "fyi ", "FYI - ", "for the record: ", "as I wrote: ", "checked again: ", "sorry for the delay; ",
    "to be clear, ", "update: ", "answer: ", "in short: ", "note: ", "attention: ", "ok so ", "reply from them: ",
    "I was told: ", "as far as I know ", "according to the file ", "quick note, ", "see attached: ", "result: ", "info: ",
    "please note: ", "nb ", "re this one: ", "looked it up, ", "after a call: ", "just seen: ", "hi all, ", "dear AP, ",
)  # fmt: skip
_TAILS = (
    ", ok?", ", see attachment", " (copy in the folder)", ", thanks", "; more when I am back", " - that is all I know",
    ", cc finance", ", scan attached", "; ask me if unclear", ", for your info", " (screenshot filed)", ", as discussed",
    "; no further info", ", regards", ", sorry for the mess",
)  # fmt: skip
_VENDOR = re.compile(r"\b(?:the |The )?(?:vendor|supplier)\b(?! (?:file|master|no|number|id))")


def frame(random: Random, marked: str) -> str:
    """The text as part of a message: sometimes with an opening or an end that says nothing."""
    draw = random.random()
    if draw < 0.12:
        return pick(random, _LEADS) + marked
    return marked + pick(random, _TAILS) if draw < 0.19 and marked[-1:].isalnum() else marked


def name_vendor(random: Random, marked: str, name: str) -> str:
    """The vendor by the first word of its name where it was only called the vendor: now and then."""
    if not chance(random, 0.3):
        return marked
    return _VENDOR.sub(name.split()[0], marked, count=1)


def speak(random: Random, text: str, day: datetime.date, role: str) -> str:
    """A history comment: the text with who said it and when, in one of many layouts."""
    pattern = pick(random, _MECHANICAL if role == "system" else _SPOKEN)
    if pattern in ("{text}", "*** {text} ***") or chance(random, 0.3):
        text = text[0].upper() + text[1:]
    if chance(random, 0.25) and text[-1].isalnum():
        text += "."
    spoken = pattern.format(
        text=text,
        day=written(random, day) if "{day}" in pattern else "",
        who=person(random) if "{who}" in pattern else "",
        title=pick(random, _TITLES[role]),
        sign=initials(random) if "{sign}" in pattern else "",
    )
    return spoken[0].upper() + spoken[1:] if chance(random, 0.6) else spoken


def sentence(random: Random, text: str) -> str:
    """A note of its own: mostly with a capital and a full stop."""
    if chance(random, 0.85):
        text = text[0].upper() + text[1:]
    return text + "." if text[-1].isalnum() and chance(random, 0.7) else text


def _abbreviate(random: Random, text: str) -> str:
    def shorten(match: re.Match[str]) -> str:
        short = _ABBREVIATIONS.get(match.group())
        return pick(random, short) if short else match.group()

    return _WORD.sub(shorten, text)


def _mistype(random: Random, text: str) -> str:
    """One word with two letters swapped, doubled or lost; never a number or a name."""
    words = [match.span() for match in _SIGNED.finditer(text)]
    words = [span for span in words if not _touches_number(text, span) and text[slice(*span)] not in _DELICATE]
    if not words:
        return text
    start, end = pick(random, words)
    at = start + 1 + int(random.random() * (end - start - 2))
    style = random.random()
    if style < 0.5:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + (text[at + 1 :] if style < 0.8 else text[at] + text[at:])


def _touches_number(text: str, span: tuple[int, int]) -> bool:
    before, after = text[: span[0]][-1:], text[span[1] :][:1]
    return (before in "-/0123456789" and before != "") or (after in "-/0123456789" and after != "")
