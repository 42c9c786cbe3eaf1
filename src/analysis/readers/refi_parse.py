"""Gather what a REFI-QDA project or codebook says, in document order, without interpreting it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from analysis.errors import DataError
from analysis.readers.limits import MAX_CODES

KINDS = {
    "TextSource": "text",
    "PictureSource": "picture",
    "PDFSource": "pdf",
    "AudioSource": "audio",
    "VideoSource": "video",
}
_TEXTS = {"TextSource", "Representation", "TextDescription", "Transcript"}
_VALUES = {"TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue"}
_SPANS = {
    "PlainTextSelection": ("character", "startPosition", "endPosition"),
    "TranscriptSelection": ("character", "fromSyncPoint", "toSyncPoint"),
    "AudioSelection": ("millisecond", "begin", "end"),
    "VideoSelection": ("millisecond", "begin", "end"),
    "PDFSelection": ("page", "page", "page"),
    "PictureSelection": ("pixel", "", ""),
}
_COUNTED = {"Note", "Link", "Graph", "NoteRef"}
_NO_NUMBER = -(2**62)


def guid_key(guid: str | None) -> str:
    """Return a GUID as tools compare them: small letters, no braces."""
    return (guid or "").strip().strip("{}").lower()


@dataclass(slots=True)
class Text:
    """A plain text that selections refer to: of a source itself, or of its representation or transcript."""

    source: int
    path: str
    name: str = ""
    content: str | None = None
    syncs: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Owner:
    """A case, or a set of sources: its name, members and variables."""

    name: str
    sources: list[str] = field(default_factory=list)
    values: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Raw:
    """All that was gathered. Parallel lists; `-1` stands for none."""

    origin: str = ""
    kind: str = ""
    users: dict[str, str] = field(default_factory=dict)
    code_guid: list[str] = field(default_factory=list)
    code_name: list[str] = field(default_factory=list)
    code_parent: list[int] = field(default_factory=list)
    code_codable: list[bool] = field(default_factory=list)
    code_description: list[str] = field(default_factory=list)
    source_guid: list[str] = field(default_factory=list)
    source_name: list[str] = field(default_factory=list)
    source_kind: list[str] = field(default_factory=list)
    source_values: list[list[tuple[str, str]]] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    span_source: list[int] = field(default_factory=list)
    span_text: list[int] = field(default_factory=list)
    span_unit: list[str] = field(default_factory=list)
    span_start: list[int] = field(default_factory=list)
    span_end: list[int] = field(default_factory=list)
    span_name: list[str] = field(default_factory=list)
    span_content: dict[int, str] = field(default_factory=dict)
    coding_source: list[int] = field(default_factory=list)
    coding_span: list[int] = field(default_factory=list)
    coding_code: list[str] = field(default_factory=list)
    coding_user: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    cases: list[Owner] = field(default_factory=list)
    case_guid: dict[str, int] = field(default_factory=dict)
    sets: list[Owner] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


class RefiHandler:
    """Fills a `Raw` from the elements of a `.qde` or `.qdc` (see `xmlstream.Handler`)."""

    def __init__(self, file: str) -> None:
        self.raw = Raw()
        self.file = file
        self.stack: list[str] = []
        self.codes: list[int] = []
        self.text: list[int] = []
        self.pieces: list[str] | None = None
        self.spans: list[tuple[int, str, int]] = []
        self.user = ""
        self.refs = 0
        self.variable = ""
        self.case: Owner | None = None
        self.set: Owner | None = None
        self._starts: dict[str, Callable[[str, dict[str, str]], None]] = {
            "Project": self._project,
            "CodeBook": self._project,
            "User": self._user,
            "Code": self._code,
            "Coding": self._coding,
            "CodeRef": self._code_ref,
            "Variable": self._variable,
            "VariableRef": self._variable_ref,
            "Case": self._case,
            "Set": self._set,
            "SourceRef": self._member,
            "MemberSource": self._member,
            "SyncPoint": self._sync,
            **dict.fromkeys(KINDS, self._source),
            **dict.fromkeys(_TEXTS - {"TextSource"}, self._text),
            **dict.fromkeys(_SPANS, self._span),
            **dict.fromkeys(_COUNTED, self._counted),
            **dict.fromkeys(_VALUES | {"Description", "PlainTextContent"}, self._collect),
        }
        self._ends: dict[str, Callable[[str], None]] = {
            "Code": self._leave_code,
            "Coding": self._leave_coding,
            "Description": self._leave_description,
            "PlainTextContent": self._leave_content,
            **dict.fromkeys(KINDS, self._leave_source),
            **dict.fromkeys(_TEXTS - {"TextSource"}, self._leave_text),
            **dict.fromkeys(_SPANS, self._leave_span),
            **dict.fromkeys(_VALUES, self._leave_value),
            "Case": self._leave_owner,
            "Set": self._leave_owner,
        }

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Note an element's attributes."""
        if not self.stack and tag not in ("Project", "CodeBook"):
            raise DataError("this XML is no REFI-QDA project or codebook", where=self.file)
        begin = self._starts.get(tag)
        if begin is not None:
            begin(tag, attributes)
        self.stack.append(tag)

    def end(self, tag: str) -> None:
        """Close an element."""
        self.stack.pop()
        finish = self._ends.get(tag)
        if finish is not None:
            finish(tag)

    def data(self, text: str) -> None:
        """Keep text where an element that holds some is open."""
        if self.pieces is not None:
            self.pieces.append(text)

    def _project(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.stack:
            self.raw.kind = tag
            self.raw.origin = attributes.get("origin", "")

    def _user(self, _tag: str, attributes: dict[str, str]) -> None:
        name = attributes.get("name") or attributes.get("id") or ""
        self.raw.users[guid_key(attributes.get("guid"))] = name.strip()

    def _code(self, _tag: str, attributes: dict[str, str]) -> None:
        raw = self.raw
        if len(raw.code_guid) >= MAX_CODES:
            raise DataError(f"there are more than {MAX_CODES:,} codes", where=self.file)
        raw.code_parent.append(self.codes[-1] if self.codes else -1)
        raw.code_guid.append(guid_key(attributes.get("guid")))
        raw.code_name.append((attributes.get("name") or "").strip())
        raw.code_codable.append(attributes.get("isCodable", "true").strip().lower() not in ("false", "0"))
        raw.code_description.append("")
        self.codes.append(len(raw.code_guid) - 1)

    def _leave_code(self, _tag: str) -> None:
        self.codes.pop()

    def _source(self, tag: str, attributes: dict[str, str]) -> None:
        raw = self.raw
        raw.source_guid.append(guid_key(attributes.get("guid")))
        raw.source_name.append((attributes.get("name") or "").strip())
        raw.source_kind.append(KINDS[tag])
        raw.source_values.append([])
        if tag == "TextSource":
            self._text(tag, attributes)

    def _text(self, tag: str, attributes: dict[str, str]) -> None:
        if self.spans:  # the words of one selection, not of a source
            self.text.append(-1)
            return
        source = len(self.raw.source_guid) - 1
        name = attributes.get("name", "") if tag == "Transcript" else ""
        self.raw.texts.append(Text(source, attributes.get("plainTextPath", ""), name))
        self.text.append(len(self.raw.texts) - 1)

    def _leave_source(self, _tag: str) -> None:
        self.text.clear()

    def _leave_text(self, _tag: str) -> None:
        if self.text:
            self.text.pop()

    def _sync(self, _tag: str, attributes: dict[str, str]) -> None:
        if self.text and self.text[-1] >= 0:
            position = _number(attributes.get("position"))
            self.raw.texts[self.text[-1]].syncs[guid_key(attributes.get("guid"))] = position

    def _span(self, tag: str, attributes: dict[str, str]) -> None:
        raw = self.raw
        unit, first, last = _SPANS[tag]
        start, end = attributes.get(first), attributes.get(last)
        if tag == "TranscriptSelection" and self.text and self.text[-1] >= 0:
            syncs = raw.texts[self.text[-1]].syncs
            begins, ends = syncs.get(guid_key(start), _NO_NUMBER), syncs.get(guid_key(end), _NO_NUMBER)
        else:
            begins, ends = _number(start), _number(end)
        raw.span_source.append(len(raw.source_guid) - 1)
        raw.span_text.append(self.text[-1] if self.text and unit == "character" else -1)
        raw.span_unit.append(unit)
        raw.span_start.append(begins)
        raw.span_end.append(ends + 1 if unit == "page" and ends >= 0 else ends)
        raw.span_name.append((attributes.get("name") or "")[:30])
        user = guid_key(attributes.get("creatingUser"))
        self.spans.append((len(raw.span_source) - 1, user, len(raw.coding_code)))

    def _leave_span(self, _tag: str) -> None:
        _, _, before = self.spans.pop()
        if len(self.raw.coding_code) == before:
            self.raw.counts["selection without a code"] += 1

    def _coding(self, _tag: str, attributes: dict[str, str]) -> None:
        self.user = guid_key(attributes.get("creatingUser")) or (self.spans[-1][1] if self.spans else "")
        self.refs = 0

    def _leave_coding(self, _tag: str) -> None:
        if self.refs == 0:
            self.raw.counts["coding without a code"] += 1

    def _code_ref(self, _tag: str, attributes: dict[str, str]) -> None:
        if not self.stack or self.stack[-1] != "Coding" or not self.raw.source_guid:
            return  # a code in a case, a graph or a link is no coding of a source
        self.refs += 1
        self.raw.coding_source.append(len(self.raw.source_guid) - 1)
        self.raw.coding_span.append(self.spans[-1][0] if self.spans else -1)
        self.raw.coding_code.append(guid_key(attributes.get("targetGUID")))
        self.raw.coding_user.append(self.user)

    def _variable(self, _tag: str, attributes: dict[str, str]) -> None:
        self.raw.variables[guid_key(attributes.get("guid"))] = (attributes.get("name") or "").strip()

    def _variable_ref(self, _tag: str, attributes: dict[str, str]) -> None:
        self.variable = guid_key(attributes.get("targetGUID"))

    def _leave_value(self, _tag: str) -> None:
        value = self._gathered().strip()
        if self.case is not None:
            self.case.values.append((self.variable, value))
        elif self.raw.source_values:
            self.raw.source_values[-1].append((self.variable, value))

    def _case(self, _tag: str, attributes: dict[str, str]) -> None:
        self.case = Owner((attributes.get("name") or "").strip())
        self.raw.case_guid[guid_key(attributes.get("guid"))] = len(self.raw.cases)
        self.raw.cases.append(self.case)

    def _set(self, _tag: str, attributes: dict[str, str]) -> None:
        self.set = Owner((attributes.get("name") or "").strip())
        self.raw.sets.append(self.set)

    def _leave_owner(self, _tag: str) -> None:
        self.case = self.set = None

    def _member(self, _tag: str, attributes: dict[str, str]) -> None:
        owner = self.case or self.set
        if owner is not None:
            owner.sources.append(guid_key(attributes.get("targetGUID")))

    def _counted(self, tag: str, _attributes: dict[str, str]) -> None:
        self.raw.counts[tag] += 1

    def _collect(self, _tag: str, _attributes: dict[str, str]) -> None:
        self.pieces = []

    def _gathered(self) -> str:
        text = "".join(self.pieces or ())
        self.pieces = None
        return text

    def _leave_description(self, _tag: str) -> None:
        text = self._gathered().strip()
        if self.stack and self.stack[-1] == "Code" and self.codes:
            self.raw.code_description[self.codes[-1]] = text

    def _leave_content(self, _tag: str) -> None:
        text = self._gathered()
        above = self.stack[-1] if self.stack else ""
        if above in _TEXTS and self.spans:
            self.raw.span_content[self.spans[-1][0]] = text
        elif above in _TEXTS and self.text and self.text[-1] >= 0:
            self.raw.texts[self.text[-1]].content = text


def _number(text: str | None) -> int:
    """Return a position; anything that is none becomes a number outside every text."""
    text = (text or "").strip()
    if not text or len(text) > 18 or not text.lstrip("+-").isdigit():
        return _NO_NUMBER
    return int(text)
