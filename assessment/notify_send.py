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


def send(
    ledger: Ledger, plan: Sequence[tuple[Channel, Sequence[Message]]], sender: Sender, now: datetime, base: str = ""
) -> tuple[int, int]:
    """(sent, failed) messages. A channel that fails never stops the others; it is tried again at the next call.

    base: public address of the dashboard, for links; "" for none.
    """
    counts = {"notice_sent": 0, "notice_failed": 0}
    for channel, messages in plan:
        error = sender(channel.name, f"{SUBJECT}: {len(messages)}", body(messages, base))
        kind = "notice_failed" if error else "notice_sent"
        earlier = [entry.payload["what"] for entry in ledger.entries(f"notice:{channel.name}")]
        for message in messages:
            attempt = min(earlier.count(message.what) + 1, 100)
            content = {"channel": channel.name, "what": message.what, "attempt": attempt, "error": error}
            ledger.append(system(), kind, f"notice:{channel.name}", content, now)
            counts[kind] += 1
    return counts["notice_sent"], counts["notice_failed"]


def body(messages: Sequence[Message], base: str = "") -> str:
    """HTML in Dutch and English: lists and links only, no script, picture or frame; every word escaped."""
    parts = []
    for language in ("nl", "en"):
        items = "".join(f"<li>{_line(message, language, base)}</li>" for message in messages)
        parts.append(f'<div lang="{language}"><ul>{items}</ul><p>{FOOT[language]}</p></div>')
    return "".join(parts)


def _line(message: Message, language: str, base: str) -> str:
    text = html.escape(message.text_nl if language == "nl" else message.text_en)
    if not base or not message.path:
        return text
    joint = "&" if "?" in message.path else "?"
    address = f"{base.rstrip('/')}/{message.path}{joint}lang={language}"
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
