"""What may stand in the ledger: one schema per kind of entry, and the action a writer must be allowed to do.

Nothing here has a field for a client. Free text is short and refused when it holds what identifies a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from assessment.personal_data import names_one_person, personal_data
from assessment.positions import level_faults
from assessment.refusal import because, refusal

CATEGORY = Literal["A0", "A1", "A2", "A3", "A4", "AU"]
HARM = ("death", "disappearance", "detention", "ill_treatment", "extortion", "threat", "other")
HEARD = ("returned_person", "family", "partner", "lawyer", "authority", "media", "other")


def _clean(text: str) -> str:
    found = personal_data(text)
    if found:
        raise because("personal", ValueError(f"holds {found}; leave out what identifies a person"))
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("holds half a character; type it again") from None
    return text.strip()


def _nobody(text: str) -> str:
    """For words about what one person went through: also nothing that looks like a name, a date or a file."""
    found = names_one_person(text)
    if found:
        raise because("recognisable", ValueError(f"holds what looks like {found}; leave out what identifies a person"))
    return text


Text = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_clean)]
Optional = Annotated[str, Field(max_length=4000), AfterValidator(_clean)]
Line = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_clean)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9:_.#/-]{0,199}$")]
EvidenceId = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,500}$")]  # made of the source's own keys
Url = Annotated[str, Field(pattern=r"^https?://[^\s]{3,1990}$")]
Code = Annotated[int, Field(ge=0, le=4)]


class Payload(BaseModel):
    """Base: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Cited(Payload):
    """A source under a decision. region_id: the region it reports from (ISO 3166-2), or a country code."""

    source_id: Id
    origin_family: Id
    region_id: Id
    url: Url
    published: date


class ClaimCoded(Payload):
    """Scope, intensity and range 0-4 (how many, how bad, how wide)."""

    theme: Id
    region_id: Id | None = None
    scope: Code
    intensity: Code
    range: Code
    reason: Optional = ""


class ClaimRejected(Payload):
    theme: Id
    reason: Line


class PositionAdded(Payload):
    authority: Literal["UNHCR", "EUAA", "NL", "court"]
    iso3: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    region_id: Id | None = None
    kind: Literal[
        "non_return", "decision_moratorium", "departure_moratorium", "15c", "court", "stance", "group_ban",
        "no_entry_document",
    ]  # fmt: skip
    level: Id | None = None
    quote: Text
    url: Url
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _consistent(self) -> PositionAdded:
        faults = level_faults(self.model_dump() | {"regions": [self.region_id] if self.region_id else []})
        if self.valid_to and self.valid_to < self.valid_from:
            faults.append("valid_to lies before valid_from")
        if self.region_id and "-" not in self.region_id:
            faults.append("region_id must be a region such as AF-BAL, or none for the whole country")
        if faults:
            raise ValueError("; ".join(faults))
        return self


class PositionEnded(Payload):
    valid_to: date
    reason: Line
    url: Url


class HarmReported(Payload):
    """A person who returned came to harm. Month and place, never a day, a name or a file.

    note: what happened, in a few words. heard: how the council knows (None in entries made before it was asked).
    """

    iso3: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    region_id: Annotated[str, Field(pattern="^[A-Z]{2}-[A-Za-z0-9]{1,8}$")] | None = None
    what: Literal["death", "disappearance", "detention", "ill_treatment", "extortion", "threat", "other"]
    month: Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
    note: Annotated[str, Field(max_length=300), AfterValidator(_clean), AfterValidator(_nobody)] = ""
    heard: Literal["returned_person", "family", "partner", "lawyer", "authority", "media", "other"] | None = None


class HarmJudged(Payload):
    outcome: Literal["confirmed", "not_confirmed"]
    reason: Annotated[Line, AfterValidator(_nobody)]


class PositionTask(Payload):
    """A watched policy text changed: somebody must look. diff: changed paragraphs, at most 4000 characters.

    url: None when the text has no address of its own. iso3: None when no country is named. evidence_id: the document.
    """

    url: Url | None = None
    diff: Text
    title: Line
    evidence_id: EvidenceId
    iso3: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None


class AlertTaken(Payload):
    rule: Id


class AlertDecided(Payload):
    rule: Id
    direction: Literal["worse", "better", "none"]
    disposition: Literal["real", "false", "watch"]
    reason: Line


class AlertReopened(Payload):
    rule: Id
    reason: Line


class OfOneCause(Payload):
    """An act on alerts that one change raised; the object is their cause. It covers the alerts named, no other."""

    rule: Id
    alerts: Annotated[tuple[Id, ...], Field(min_length=1, max_length=1000)]

    @model_validator(mode="after")
    def _each_once(self) -> OfOneCause:
        if len(set(self.alerts)) < len(self.alerts):
            raise ValueError("alerts names one of them twice")
        return self


class AlertsDecided(OfOneCause):
    direction: Literal["worse", "better", "none"]
    disposition: Literal["real", "false", "watch"]
    reason: Line


class AlertsReopened(OfOneCause):
    reason: Line


class AdviceDrafted(Payload):
    """A person's decision on a suggestion. levels: by dimension, after gates. reason: at least one language."""

    run_id: Id
    as_of: date
    iso3: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    suggested: CATEGORY
    before_gates: CATEGORY
    level: Annotated[int, Field(ge=1, le=5)]
    gates: tuple[Id, ...] = ()
    frozen: bool
    open_alert: bool
    framework_version: Id
    rules_seq: Annotated[int, Field(ge=0)]
    category: CATEGORY
    reason_en: Optional = ""
    reason_nl: Optional = ""
    unknowns: Annotated[tuple[Line, ...], Field(max_length=40)] = ()
    sources: Annotated[tuple[Cited, ...], Field(min_length=1, max_length=40)]
    review_date: date
    needs_jurist: bool
    at_once: bool
    expires: date | None = None
    check_by: date | None = None

    @model_validator(mode="after")
    def _reason(self) -> AdviceDrafted:
        if not self.reason_en and not self.reason_nl:
            raise ValueError("reason_en or reason_nl must say why")
        return self


class OnDraft(Payload):
    """About the draft with this sequence number."""

    draft: Annotated[int, Field(ge=1)]


class EvidenceRead(OnDraft):
    """The second person read the evidence; own_category is what it says to them before the first one's answer."""

    own_category: CATEGORY


class Reviewed(OnDraft):
    note: Optional = ""


class Returned(OnDraft):
    reason: Text


class Published(OnDraft):
    """page_sha256: digest of the page as published, so that a later rebuild can be compared byte for byte."""

    reason_en: Text
    reason_nl: Text
    page_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Lapsed(OnDraft):
    reason: Literal["review_date", "override_expired"]


class GateRemoved(Payload):
    """A gate no longer counts for this region since a person found its ground gone. evidence_id: the hit removed."""

    gate_id: Annotated[str, Field(pattern=r"^G\d{1,2}$")]
    evidence_id: EvidenceId
    reason: Text
    url: Url


class RuleChanged(Payload):
    value: float
    previous: float
    reason: Line


class Note(Payload):
    text: Text


class CounterOpened(Payload):
    """Somebody says a page or brief is wrong. where: page address or brief hash, made by the page, not typed."""

    region_id: Id
    where: EvidenceId
    text: Text
    deadline: date


class CounterAnswered(Payload):
    """Public in the register."""

    outcome: Literal["corrected", "kept", "unclear"]
    answer_en: Text
    answer_nl: Text


class Notice(Payload):
    """A message that went out or did not. channel: its name in the configuration, never an address or a secret."""

    channel: Id
    what: Id
    attempt: Annotated[int, Field(ge=1, le=100)]
    error: Line | None = None


KINDS: Mapping[str, tuple[str, type[Payload]]] = {
    "claim_confirmed": ("code_claim", ClaimCoded),
    "claim_rejected": ("code_claim", ClaimRejected),
    "claim_recoded": ("code_claim", ClaimCoded),
    "position_added": ("edit_position", PositionAdded),
    "position_ended": ("edit_position", PositionEnded),
    "position_task": ("record_notice", PositionTask),
    "harm_reported": ("report_harm", HarmReported),
    "harm_judged": ("judge_harm", HarmJudged),
    "alert_taken": ("take_alert", AlertTaken),
    "alert_decided": ("decide_alert", AlertDecided),
    "alert_reopened": ("reopen_alert", AlertReopened),
    "alerts_taken": ("take_alert", OfOneCause),
    "alerts_decided": ("decide_alert", AlertsDecided),
    "alerts_reopened": ("reopen_alert", AlertsReopened),
    "advice_drafted": ("draft_advice", AdviceDrafted),
    "evidence_read": ("read_for_review", EvidenceRead),
    "advice_reviewed": ("review_advice", Reviewed),
    "advice_returned": ("review_advice", Returned),
    "advice_signed": ("sign_advice", Reviewed),
    "advice_published": ("publish_advice", Published),
    "advice_lapsed": ("lapse_advice", Lapsed),
    "gate_removed": ("remove_gate", GateRemoved),
    "rule_changed": ("change_rule", RuleChanged),
    "note": ("write_note", Note),
    "counter_evidence_opened": ("report_counter_evidence", CounterOpened),
    "counter_evidence_answered": ("answer_counter_evidence", CounterAnswered),
    "notice_sent": ("record_notice", Notice),
    "notice_failed": ("record_notice", Notice),
}


class PayloadError(ValueError):
    """A payload does not fit its kind; one line per fault."""


def checked(kind: str, payload: Mapping[str, Any] | Payload) -> dict[str, Any]:
    """The payload as plain JSON values after checking. Raises PayloadError."""
    if kind not in KINDS:
        raise PayloadError(f"unknown kind {kind!r}; use one of {', '.join(KINDS)}")
    raw = payload.model_dump(mode="json") if isinstance(payload, Payload) else dict(payload)
    try:
        return KINDS[kind][1].model_validate(raw).model_dump(mode="json")
    except ValidationError as error:
        details = error.errors(include_input=False)
        faults = [f"{'.'.join(map(str, e['loc'])) or 'payload'}: {e['msg']}" for e in details]
        known = next((found for e in details if (found := refusal(e.get("ctx", {}).get("error", error)))), None)
        fault = PayloadError(f"[{kind}] " + "; ".join(faults))
        raise because(known.code if known else "fields", fault, **(known.values if known else {})) from None
