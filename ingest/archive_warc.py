"""One answer as one WARC 1.1 record, and back; knows files but not folders.

Ours carry the source, the run and the SHA-256 of the decoded body in named fields of their own, and each record is one
gzip member, so that it can be read alone by its offset. Files made by others (several records in a member, no
compression, chunked or compressed bodies, no named fields) are read as well.
"""

from __future__ import annotations

import re
import tempfile
import uuid
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, unquote

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser
from warcio.warcwriter import WARCWriter

from ingest.crawl_decode import BadEncoding, decode
from ingest.model import Answer, digest_of

SOURCE, RUN, DIGEST, BYTES = "ReturnWatch-Source", "ReturnWatch-Run", "ReturnWatch-SHA256", "ReturnWatch-Bytes"
URL, FINAL_URL = "ReturnWatch-URL", "ReturnWatch-Final-URL"
SOFTWARE = "ReturnWatch (https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/)"
BODY_LIMIT = 1 << 30  # bytes of a decoded body read from a file of others
_SPOOL = 64 << 20
_CHUNK = 1 << 16
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_REPLACED = ("content-encoding", "transfer-encoding", "content-length")  # true on the wire, not of the decoded body


class WarcError(Exception):
    """A WARC file cannot be read from `offset` on; everything before it can."""

    def __init__(self, path: Path, offset: int, why: str) -> None:
        super().__init__(f"{path.name}: {why} at byte {offset:,}")
        self.path, self.offset, self.why = path, offset, why


@dataclass(frozen=True, slots=True)
class Stored:
    """What one record says of itself. `nth` counts records within one gzip member; `end` is where the next starts."""

    offset: int
    nth: int
    end: int
    kind: str  # response | resource | revisit
    record_id: str
    url: str
    retrieved_at: datetime  # naive UTC, from WARC-Date
    status: int
    headers: Mapping[str, str]
    source_id: str  # empty: made by others
    run_id: str
    digest: str  # SHA-256 of the decoded body, hex; empty: made by others
    bytes: int  # of the decoded body; for records of others: as stored
    final_url: str


class _Headers(StatusAndHeaders):
    """HTTP headers written as UTF-8; warcio's own writer would percent-encode them and lose the difference."""

    def compute_headers_buffer(self, header_filter: Any = None) -> None:
        self.headers_buff = self.to_bytes(header_filter, "utf-8")


class _Gzip:
    """Collects what warcio writes as one gzip member (level 6: half the time of warcio's 9, 1-2 % more bytes)."""

    def __init__(self) -> None:
        self.compressor = zlib.compressobj(6, zlib.DEFLATED, 31)
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.parts.append(self.compressor.compress(data))

    def flush(self) -> None:
        """warcio flushes after each record; the member ends in `done`."""

    def done(self) -> bytes:
        return b"".join([*self.parts, self.compressor.flush()])


def record_id(answer: Answer, run_id: str) -> str:
    """The same answer in the same run always gets the same id."""
    name = "|".join((answer.source_id, run_id, answer.url, answer.digest, answer.retrieved_at.isoformat()))
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}>"


def write_member(answer: Answer, run_id: str, *, first: tuple[str, str, datetime] | None = None) -> bytes:
    """The answer as a whole gzip member. `first` (id, url, date of the record that holds the same body) makes it a
    revisit record without the body."""
    safe = quote(_CONTROL.sub("", answer.url), safe=":/?#[]@!$&'()*+,;=-._~%")
    fields = {
        "WARC-Record-ID": record_id(answer, run_id),
        "WARC-Date": _warc_date(answer.retrieved_at),
        "WARC-Payload-Digest": f"sha256:{answer.digest}",
        SOURCE: answer.source_id,
        RUN: run_id,
        DIGEST: answer.digest,
        BYTES: str(len(answer.body)),
    }
    if safe != answer.url:
        fields[URL] = quote(answer.url, safe="")
    if answer.final_url and answer.final_url != answer.url:
        fields[FINAL_URL] = quote(answer.final_url, safe="")
    out = _Gzip()
    writer = WARCWriter(out, gzip=False, warc_version="1.1")
    http = _http_headers(answer)
    if first is None:
        record = writer.create_warc_record(
            safe, "response", payload=BytesIO(answer.body), length=len(answer.body),
            http_headers=http, warc_headers_dict=fields,
        )  # fmt: skip
    else:
        fields["WARC-Refers-To"] = first[0]
        digest = fields.pop("WARC-Payload-Digest")
        record = writer.create_revisit_record(
            safe, digest, first[1], _warc_date(first[2]), http_headers=http, warc_headers_dict=fields
        )
    writer.write_record(record)
    return out.done()


def write_info(at: datetime, name: str) -> bytes:
    """The warcinfo record every file starts with."""
    fields = {"WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name + at.isoformat())}>"}
    fields |= {"WARC-Date": _warc_date(at), "WARC-Filename": name}
    text = f"software: {SOFTWARE}\r\nformat: WARC File Format 1.1\r\n".encode()
    out = _Gzip()
    writer = WARCWriter(out, gzip=False, warc_version="1.1")
    writer.write_record(
        writer.create_warc_record("", "warcinfo", payload=BytesIO(text), length=len(text), warc_headers_dict=fields)
    )
    return out.done()


def scan(path: Path, start: int = 0) -> Iterator[Stored]:
    """Every whole response, resource and revisit record from byte `start` on; WarcError where it cannot go on."""
    for offset, end, stream in _members(path, start):
        for nth, (record, where, after) in enumerate(_records(path, offset, end, stream)):
            if record.rec_type in ("response", "resource", "revisit"):
                yield _stored(path, record, where, nth if stream is not None else 0, after)


def load(path: Path, offset: int, nth: int = 0) -> tuple[Stored, bytes]:
    """One record with its decoded body (empty for a revisit); WarcError when it is damaged."""
    for where, end, stream in _members(path, offset):
        for number, (record, at, after) in enumerate(_records(path, where, end, stream)):
            if number == nth:
                found = _stored(path, record, at, nth, after)
                return found, _body(path, record, found)
        break
    raise WarcError(path, offset, "no record")


def _members(path: Path, start: int) -> Iterator[tuple[int, int, IO[bytes] | None]]:
    """(offset, end, decompressed content) of each gzip member; an uncompressed file is one piece without content."""
    with path.open("rb") as file:
        file.seek(start)
        data = file.read(_CHUNK)
        if not data:
            return
        if not data.startswith(b"\x1f\x8b"[: len(data)]):
            yield start, path.stat().st_size, None
            return
        offset = start
        while data:
            with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as spool:
                decoder = zlib.decompressobj(31)
                end = offset
                while not decoder.eof:
                    data = data or file.read(_CHUNK)
                    if not data:
                        raise WarcError(path, offset, "ends inside a record")
                    try:
                        spool.write(decoder.decompress(data))
                    except zlib.error as error:
                        raise WarcError(path, offset, f"is damaged ({error})") from None
                    end += len(data) - len(decoder.unused_data)
                    data = decoder.unused_data
                spool.seek(0)
                yield offset, end, spool
            offset = end
            data = data or file.read(_CHUNK)


def _records(path: Path, offset: int, end: int, stream: IO[bytes] | None) -> Iterator[tuple[Any, int, int]]:
    """(warcio record, offset, end) within one member, or of an uncompressed file from `offset` on."""
    try:
        if stream is not None:
            for record in ArchiveIterator(stream):
                yield record, offset, end
            return
        with path.open("rb") as file:
            file.seek(offset)
            records = ArchiveIterator(file)
            for record in records:
                at = records.offset
                yield record, at, at
    except (ArchiveLoadFailed, EOFError, UnicodeError, ValueError, AttributeError) as error:
        raise WarcError(path, offset, f"holds no readable WARC record ({error})") from None


def _stored(path: Path, record: Any, offset: int, nth: int, end: int) -> Stored:
    fields = record.rec_headers
    http = record.http_headers
    if http is None and (record.content_type or "").startswith("application/http") and record.rec_type == "response":
        http = StatusAndHeadersParser(["HTTP/1.0", "HTTP/1.1"], verify=False).parse(record.raw_stream)
        record.http_headers = http
    headers: dict[str, str] = {}
    for name, value in http.headers if http else [("content-type", record.content_type or "")]:
        low = name.lower()
        headers[low] = f"{headers[low]}, {value}" if low in headers else value
    code = http.get_statuscode() if http else "200"
    given = fields.get_header(URL)
    final = fields.get_header(FINAL_URL)
    return Stored(
        offset=offset, nth=nth, end=end, kind=record.rec_type,
        record_id=fields.get_header("WARC-Record-ID") or "",
        url=unquote(given) if given else (fields.get_header("WARC-Target-URI") or ""),
        retrieved_at=_from_warc_date(path, offset, fields.get_header("WARC-Date") or ""),
        status=int(code) if code.isdigit() else 0,
        headers=headers,
        source_id=fields.get_header(SOURCE) or "", run_id=fields.get_header(RUN) or "",
        digest=fields.get_header(DIGEST) or "",
        bytes=int(fields.get_header(BYTES) or max(record.payload_length, 0)),
        final_url=unquote(final) if final else "",
    )  # fmt: skip


def _body(path: Path, record: Any, found: Stored) -> bytes:
    if found.kind == "revisit":
        return b""
    stream = record.raw_stream
    if found.headers.get("transfer-encoding", "").lower() == "chunked":
        stream = ChunkedDataReader(stream)
    raw = stream.read()
    if found.digest:
        if digest_of(raw) != found.digest:
            raise WarcError(path, found.offset, "the body is not the one that was stored (SHA-256 differs)")
        return raw
    if record.payload_length > 0 and stream is record.raw_stream and len(raw) < record.payload_length:
        raise WarcError(path, found.offset, "ends inside a record")
    try:
        return decode(raw, found.headers.get("content-encoding", ""), BODY_LIMIT)
    except BadEncoding:
        return raw  # some writers keep the header and store the body decoded


def answer_of(found: Stored, body: bytes, source_id: str = "") -> Answer:
    """The answer a record holds; `source_id` where the record names none."""
    headers = found.headers
    if not found.digest:
        headers = {name: value for name, value in headers.items() if name not in _REPLACED}
    return Answer(
        source_id=found.source_id or source_id, url=found.url, status=found.status, headers=headers, body=body,
        retrieved_at=found.retrieved_at, digest=found.digest or digest_of(body), final_url=found.final_url,
    )  # fmt: skip


def _http_headers(answer: Answer) -> _Headers:
    kept = []
    for name, value in answer.headers.items():
        if name.lower() in ("content-encoding", "transfer-encoding"):
            name = f"x-original-{name.lower()}"  # the body is stored decoded
        elif name.lower() == "content-length":
            continue
        value = _CONTROL.sub(" ", value).strip().encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        if _NAME.fullmatch(name):
            kept.append((name.lower(), value))
    kept.append(("content-length", str(len(answer.body))))
    try:
        reason = HTTPStatus(answer.status).phrase
    except ValueError:
        reason = "-"
    return _Headers(f"{answer.status} {reason}", kept, protocol="HTTP/1.1")


def _warc_date(at: datetime) -> str:
    return at.isoformat(timespec="microseconds" if at.microsecond else "seconds") + "Z"


def _from_warc_date(path: Path, offset: int, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise WarcError(path, offset, f"has a record with the date {text!r}, which is none,") from None
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
