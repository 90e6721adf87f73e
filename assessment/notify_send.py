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
    ledger: Ledger, plan: Sequence[tuple[Channel, Sequence[Message]]], sender: Sender, now: datetime
) -> tuple[int, int]:
    """(sent, failed) messages. A channel that fails never stops the others; it is tried again at the next call."""
    counts = {"notice_sent": 0, "notice_failed": 0}
    for channel, messages in plan:
        error = sender(channel.name, f"{SUBJECT}: {len(messages)}", body(messages))
        kind = "notice_failed" if error else "notice_sent"
        earlier = [entry.payload["what"] for entry in ledger.entries(f"notice:{channel.name}")]
        for message in messages:
            attempt = min(earlier.count(message.what) + 1, 100)
            content = {"channel": channel.name, "what": message.what, "attempt": attempt, "error": error}
            ledger.append(system(), kind, f"notice:{channel.name}", content, now)
            counts[kind] += 1
    return counts["notice_sent"], counts["notice_failed"]


def body(messages: Sequence[Message]) -> str:
    """HTML in Dutch and English: lists only, no script, picture or frame; every word escaped."""
    parts = []
    for language in ("nl", "en"):
        texts = [message.text_nl if language == "nl" else message.text_en for message in messages]
        items = "".join(f"<li>{html.escape(text)}</li>" for text in texts)
        parts.append(f'<div lang="{language}"><ul>{items}</ul><p>{FOOT[language]}</p></div>')
    return "".join(parts)


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
        done = one.notify(body=text, title=subject, body_format=apprise.NotifyFormat.HTML)
        return None if done else "the service did not take the message"

    return deliver
