"""What there is to tell: open alerts, drafts that wait, decisions that took effect or lapsed, reports. Pure.

`notify.due` decides to whom each message goes and when. A message has a name (`what`); the same name is told once per
channel, so an alert that grew, or a draft that moved on, has another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from assessment import saying
from assessment.advice_rules import milder
from assessment.advice_state import Decision, Standing, advice_state
from assessment.ledger import Entry
from assessment.ledger_alerts import alert_state
from assessment.ledger_state import counter_evidence_state
from assessment.monitoring import harm_state, report_of
from assessment.notify import Message
from assessment.policy_tasks import tasks
from assessment.read_alerts import cause

ESCALATIONS = frozenset({"sharp_rise", "level_worse", "arrival", "blackout", "regime_change"})
RECENT = timedelta(days=14)  # older events are not told to a channel that is new
AHEAD = timedelta(days=7)  # a review is announced so long before it is due
Texts = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Places:
    """Names of regions and countries in both languages, and the country of each region."""

    names: Mapping[str, Texts]
    iso3: Mapping[str, str]

    def name(self, place: str) -> Texts:
        """(English, Dutch); the id where there is no name."""
        return self.names.get(place, (place, place))


def messages(
    alerts: Iterable[Mapping[str, Any]], entries: Sequence[Entry], places: Places, now: datetime
) -> list[Message]:
    """Everything there is to tell at `now` (naive UTC). alerts: of the newest run (`Reader.alerts`)."""
    today = now.date()
    return [
        *_alerts(alerts, entries, places, today),
        *(m for standing in advice_state(entries, now).values() for m in _advice(standing, places, now)),
        *_cases(entries, now),
        *_tasks(entries),
        *_harm(entries, places),
    ]


def _message(
    what: str, iso3: str, roles: Iterable[str], texts: Texts, path: str, *, escalation: bool = False
) -> Message:
    return Message(what, iso3, frozenset(roles), escalation, *texts, path=path)


def _days(value: date) -> Texts:
    """A day as each language writes it."""
    return saying.day(value, "en"), saying.day(value, "nl")


def _alerts(
    alerts: Iterable[Mapping[str, Any]], entries: Sequence[Entry], places: Places, today: date
) -> Iterable[Message]:
    standings = alert_state(entries)
    for alert in alerts:
        standing = standings.get(alert["alert_id"])
        if standing and standing.state == "decided":
            continue
        name, path = alert["alert_id"], f"alerts?alert={alert['alert_id']}"
        english, dutch = places.name(alert["region_id"])
        due, iso3 = alert["deadline"], alert["iso3"] or ""
        by, voor = _days(due)
        grave = alert["direction"] == "worse" and (alert["rule"] in ESCALATIONS or report_of(alert) is not None)
        texts = (f"{english}: {alert['text_en']} Look before {by}.", f"{dutch}: {alert['text_nl']} Kijk vóór {voor}.")
        # An alert that grew has a new deadline: it is told again.
        message = _message(f"{name}:{due}", iso3, ["analyst"], texts, path, escalation=grave)
        yield _sharing(message, alert, places, f"Look before {by}.", f"Kijk vóór {voor}.")
        if today > due:
            late = (f"{english}: an alert was to be looked at before {by}; nobody has decided it.",
                    f"{dutch}: een signaal moest vóór {voor} bekeken zijn; niemand heeft erover beslist.")  # fmt: skip
            overdue = f"{name}:{due}:overdue"
            worse = alert["direction"] == "worse"
            message = _message(overdue, iso3, ["analyst", "reviewer"], late, path, escalation=worse)
            yield _sharing(message, alert, places, f"To be looked at before {by}; nobody has decided it.",
                           f"Had vóór {voor} bekeken moeten zijn; niemand heeft erover beslist.")  # fmt: skip


def _sharing(message: Message, alert: Mapping[str, Any], places: Places, english: str, dutch: str) -> Message:
    """A message that may share its line with those of other regions keeps its own `what`: nothing is told twice."""
    name = cause(alert)
    if name is None:
        return message
    shared = (f"{alert['text_en']} {english}", f"{alert['text_nl']} {dutch}")
    return replace(message, shared=shared, place=places.name(alert["region_id"]), shared_path=f"alerts?cause={name}")


def _advice(standing: Standing, places: Places, now: datetime) -> Iterable[Message]:
    pending, current = standing.pending, standing.decision
    if pending is not None:
        yield _waiting(pending, places)
    if current is None:
        return
    english, dutch = places.name(standing.region_id)
    iso3, path, name = current.content["iso3"], f"register?decision={current.seq}", f"draft:{current.seq}"
    since = current.in_effect_since
    if since is not None and now - since <= RECENT:
        yield _took_effect(standing, current, places)
    if standing.check_overdue:
        texts = (f"{english}: a decision that took effect at once was not checked in time.",
                 f"{dutch}: een beslissing die meteen inging is niet op tijd gecontroleerd.")  # fmt: skip
        yield _message(f"{name}:unchecked", iso3, ["analyst", "reviewer"], texts, path, escalation=True)
    if standing.status in ("lapsed", "override_expired"):
        on, op = _days(current.due)
        texts = (f"{english}: the advice has lapsed ({on}); until somebody decides it counts as at best "
                 f"{standing.shown}.",
                 f"{dutch}: het advies is verlopen ({op}); tot iemand beslist telt het hooguit als "
                 f"{standing.shown}.")  # fmt: skip
        yield _message(f"{name}:{standing.status}", iso3, ["analyst", "viewer"], texts, path)
    elif current.due - now.date() <= AHEAD:
        before, voor = _days(current.due)
        texts = (f"{english}: the advice must be reviewed before {before}.",
                 f"{dutch}: het advies moet vóór {voor} worden herzien.")  # fmt: skip
        yield _message(f"{name}:due", iso3, ["analyst"], texts, f"advice?region={standing.region_id}")


def _waiting(pending: Decision, places: Places) -> Message:
    """No category in it: who judges must read the evidence first."""
    english, dutch = places.name(pending.region_id)
    signs = pending.stage == "approved" and pending.content["needs_jurist"] and pending.jurist is None
    step = "signature" if signs else pending.stage
    role = "jurist" if signs else "reviewer"
    said = {
        "drafted": ("a draft waits for a second person", "een voorstel wacht op een tweede persoon"),
        "signature": ("a draft waits for a jurist", "een voorstel wacht op een jurist"),
        "approved": ("a draft waits for publication", "een voorstel wacht op publicatie"),
    }[step]
    texts = (f"{english}: {said[0]}.", f"{dutch}: {said[1]}.")
    return _message(f"draft:{pending.seq}:{step}", pending.content["iso3"], [role], texts,
                    f"advice?region={pending.region_id}")  # fmt: skip


def _took_effect(standing: Standing, current: Decision, places: Places) -> Message:
    english, dutch = places.name(standing.region_id)
    before = [d for d in standing.history if d.in_effect_since and d.seq < current.seq]
    stricter = not before or milder(before[-1].category, current.category)
    checked = current.stage == "published"
    texts = (
        f"{english}: the advice is now {current.category}{'' if checked else ', not yet checked by a second person'}.",
        f"{dutch}: het advies is nu {current.category}{'' if checked else ', nog niet gecontroleerd'}.",
    )
    what = f"draft:{current.seq}:{'published' if checked else 'effect'}"
    roles = ["viewer", "analyst"] if checked else ["viewer", "analyst", "reviewer"]
    return _message(
        what, current.content["iso3"], roles, texts, f"register?decision={current.seq}", escalation=stricter
    )


def _cases(entries: Sequence[Entry], now: datetime) -> Iterable[Message]:
    for case in counter_evidence_state(entries).values():
        number, iso3, path = case.case.removeprefix("case:"), "", f"register?case={case.case}"
        if case.outcome is None:
            by, uiterlijk = _days(case.deadline)
            texts = (f"Report {number}: an answer is due on {by}.",
                     f"Melding {number}: uiterlijk {uiterlijk} moet er een antwoord zijn.")  # fmt: skip
            yield _message(case.case, iso3, ["analyst"], texts, path)
            if case.overdue(now.date()):
                late = (f"Report {number} has no answer; it was due on {by}.",
                        f"Melding {number} heeft geen antwoord; dat moest er op {uiterlijk} zijn.")  # fmt: skip
                yield _message(f"{case.case}:overdue", iso3, ["analyst", "reviewer"], late, path, escalation=True)
        elif case.answered is not None and now - case.answered <= RECENT:
            texts = (f"Report {number} was answered.", f"Melding {number} is beantwoord.")
            yield _message(f"{case.case}:answered", iso3, ["viewer"], texts, path)


def _tasks(entries: Sequence[Entry]) -> Iterable[Message]:
    for task in tasks(entries):
        if task.done is None:
            texts = (f"A policy text changed: {task.title}", f"Een beleidstekst is gewijzigd: {task.title}")
            yield _message(task.task_id, task.iso3 or "", ["analyst", "jurist"], texts, "positions")


def _harm(entries: Sequence[Entry], places: Places) -> Iterable[Message]:
    """Reports that wait for a second person. They count meanwhile, so waiting costs nobody's protection."""
    for harm in harm_state(entries).values():
        if harm.outcome is None:
            english, dutch = places.name(harm.place_id)
            texts = (f"{english}: harm after return was reported; a second person must judge it.",
                     f"{dutch}: schade na terugkeer is gemeld; een tweede persoon moet dit beoordelen.")  # fmt: skip
            yield _message(harm.report_id, harm.iso3, ["reviewer", "jurist"], texts, f"harm?report={harm.report_id}")
