"""Send what `notify.due` planned through Apprise; every success and failure is an entry of the ledger."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from assessment.ledger import Ledger, LedgerError
from assessment.notify import Channel, Message
from assessment.roles import system

Sender = Callable[[str, str, str], str | None]  # (channel name, subject, HTML body) -> error in words, None: sent
SUBJECT = "ReturnWatch"
FOOT = {
    "en": "This is country information, not a judgement on a person.",
    "nl": "Dit is landeninformatie, geen oordeel over een persoon.",
}
REGIONS = {"en": "regions", "nl": "regio's"}


def send(
    ledger: Ledger, plan: Sequence[tuple[Channel, Sequence[Message]]], sender: Sender, now: datetime, base: str = ""
) -> tuple[int, int]:
    """(sent, failed) messages. A channel that fails never stops the others; it is tried again at the next call.

    base: public address of the dashboard, for links; "" for none.
    """
    counts = {"notice_sent": 0, "notice_failed": 0}
    for channel, messages in plan:
        error = sender(channel.name, f"{SUBJECT}: {len(lines(messages))}", body(messages, base))
        kind = "notice_failed" if error else "notice_sent"
        earlier = [entry.payload["what"] for entry in ledger.entries(f"notice:{channel.name}")]
        for message in messages:
            attempt = min(earlier.count(message.what) + 1, 100)
            content = {"channel": channel.name, "what": message.what, "attempt": attempt, "error": error}
            ledger.append(system(), kind, f"notice:{channel.name}", content, now)
            counts[kind] += 1
    return counts["notice_sent"], counts["notice_failed"]


def body(messages: Sequence[Message], base: str = "") -> str:
    """HTML in Dutch and English: lists and links only, no script, picture or frame; every word escaped.

    Messages that share a text are one line, with the places it concerns: the text leads to the page of all of them,
    where one decision is enough, each place to its own.
    """
    parts = []
    for language in ("nl", "en"):
        items = "".join(f"<li>{_line(group, language, base)}</li>" for group in lines(messages))
        parts.append(f'<div lang="{language}"><ul>{items}</ul><p>{FOOT[language]}</p></div>')
    return "".join(parts)


def lines(messages: Sequence[Message]) -> list[list[Message]]:
    """Messages by line, in their order. Those of one country that share a text stand together."""
    found: dict[tuple[object, ...], list[Message]] = {}
    for message in messages:
        key = (message.shared, message.iso3, message.escalation) if message.shared else (message.what,)
        found.setdefault(key, []).append(message)
    return list(found.values())


def _line(group: Sequence[Message], language: str, base: str) -> str:
    dutch, first = language == "nl", group[0]
    if len(group) == 1 or first.shared is None:
        return _linked(first.text_nl if dutch else first.text_en, first.path, language, base)
    places = sorted((message.place[dutch], message.what, message.path) for message in group)
    named = ", ".join(_linked(name, path, language, base) for name, _, path in places)
    said = _linked(first.shared[dutch], first.shared_path, language, base)
    return f"{said} {len(group)} {REGIONS[language]}: {named}."


def _linked(said: str, path: str, language: str, base: str) -> str:
    text = html.escape(said)
    if not base or not path:
        return text
    joint = "&" if "?" in path else "?"
    address = f"{base.rstrip('/')}/{path}{joint}lang={language}"
    return f'<a href="{html.escape(address, quote=True)}">{text}</a>'


def apprise_sender(addresses: Mapping[str, str]) -> Sender:
    """Sender over Apprise. addresses: channel name -> Apprise address (a secret: it is never logged or stored)."""
    try:
        import apprise
    except ModuleNotFoundError:
        raise LedgerError("notifications need Apprise; install returnwatch[notify]") from None

    def deliver(channel: str, subject: str, text: str) -> str | None:
        one = apprise.Apprise()
        if channel not in addresses or not one.add(addresses[channel]):
            return "no usable address is configured for this channel"
        try:
            done = one.notify(body=text, title=subject, body_format=apprise.NotifyFormat.HTML)
        except Exception as error:  # a plug-in's own fault must not stop the other channels; its text may hold a secret
            return f"the service could not be asked ({type(error).__name__})"
        return None if done else "the service did not take the message"

    return deliver
