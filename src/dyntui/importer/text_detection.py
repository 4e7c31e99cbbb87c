"""Detect how a text file is written: encoding, delimiter, quoting and header row."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import islice
from typing import Protocol

from dyntui.core.interface import by_interface
from dyntui.importer.option_names import option
from dyntui.importer.secrets import is_private_key
from dyntui.importer.source_file import SourceFile
from dyntui.importer.source_types import REPORT_COLUMNS, Cell, SourceError, UnknownEncoding, normalize_name

__all__ = [
    "ENCODINGS_TO_TRY",
    "Dialect",
    "check_encoding",
    "count_names",
    "find_dialect",
    "find_encoding",
    "find_header",
]
__all__ += ["looks_like_data", "non_ascii_excerpts"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ENCODINGS_TO_TRY = (
    "cp1252",
    "mac_roman",
    "gb18030",
    "shift_jis",
    "big5",
    "euc_kr",
    "cp1250",
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "iso8859_15",
)
_BLOCK = 1 << 20
_EXCERPT = 40
_LONGEST_KEY = 200
"""Characters around an excerpt in which a private key may begin or end."""
_WORD_START, _WORD_END = re.compile(r"\w*\Z"), re.compile(r"[\x00-\x7f]")
_MANY_NULS = 0.3
_DELIMITERS = ",;\t|"
NO_DELIMITER = "\x1f"
_SEP_LINE = re.compile(r'"?sep=(?P<sep>.)"?\r?\n', re.IGNORECASE)
_BACKSLASH_QUOTE = re.compile(r'\\"(?![",;|\t\r\n]|\Z)')
_DATA = re.compile(
    r"""(?x) [^\s@]+@[^\s@]+\.[^\s@]+ \Z            # an email address
      | [+(]? \d [\d\s().,:/TZ+-]* \Z               # a number, a phone, a date
      | 0x[0-9A-Fa-f]{16,} \Z
      | [0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12} \Z
      | (?:true|false) \Z
      | [\[{] """
)


_CERTAIN_DATA = re.compile(
    r"[^\s@]+@[^\s@]+\.[^\s@]+|0x[0-9A-Fa-f]{16,}|[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
)


class CsvReader(Protocol):
    """The interface of csv.reader."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


def find_encoding(opened: SourceFile) -> str:
    """Return the encoding of the whole file. Raises UnknownEncoding, with a preview of each candidate, when it is not
    certain.
    """
    head = opened.head(1 << 16)
    for mark, name in _BOMS:
        if head.startswith(mark):
            if _decodes(opened, name):
                return name
            message = f"{opened.name} begins like {name.upper()}, but is not valid {name.upper()}."
            raise SourceError(message, hint=f"Save it again, or set its encoding with {option('--encoding')}.")
    wide, nuls = _utf16_by_nuls(head)
    if wide and nuls > _MANY_NULS and _decodes(opened, wide):
        return wide  # such a text is UTF-8, too: with a NUL after every letter
    if _decodes(opened, "utf-8"):
        return "utf-8"
    if wide and _decodes(opened, wide):
        return wide
    raise _ask(opened)


def check_encoding(opened: SourceFile, encoding: str) -> str:
    """Check an encoding. Raises SourceError when it does not exist or the file is not valid in it."""
    try:
        b"x".decode(encoding, "replace")  # refuses codecs that do not give text
        codecs.getincrementaldecoder(encoding)
    except (LookupError, UnicodeError) as error:
        hint = "Common ones: utf-8, cp1252, gb18030, shift_jis."
        raise SourceError(f"{encoding!r} is not an encoding.", hint=hint) from error
    marked = next((name for mark, name in _BOMS if opened.head(4).startswith(mark)), "")
    family = codecs.lookup(encoding).name.partition("-sig")[0]
    if marked and family.startswith(codecs.lookup(marked).name.partition("-sig")[0]):
        encoding = marked  # The byte order mark must not become a part of the first name.
    if not _decodes(opened, encoding):
        hint = by_interface(
            "Leave out --encoding to detect it, or choose another one.",
            "Press {parse.reset} to detect it, or choose another one.",
        )
        raise SourceError(f"{opened.name} is not valid {encoding}.", hint=hint)
    return encoding


def _decodes(opened: SourceFile, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with opened.reader() as reader:
        try:
            while block := reader.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", True)
        except UnicodeError:
            return False
    return True


def _utf16_by_nuls(head: bytes) -> tuple[str | None, float]:
    """Return the kind of UTF-16, and the share of letters with a NUL; None when the NULs have no pattern."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    many, few = max(even, odd), min(even, odd)
    share = many / max(1, len(head) // 2)
    if share < 0.02 or few * 20 > many:
        return None, 0
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    text = head[: len(head) // 2 * 2].decode(encoding, "replace")
    return (None, 0) if "\0" in text else (encoding, share)


def _ask(opened: SourceFile) -> UnknownEncoding:
    line = _first_odd_line(opened)
    candidates: list[tuple[str, str]] = []
    for encoding in ENCODINGS_TO_TRY:
        try:
            text = line.decode(encoding)
        except UnicodeError:
            continue
        if any((ord(char) < 32 and char not in "\t\r\n") or 0x7F <= ord(char) < 0xA0 for char in text):
            continue
        candidates.append((encoding, _excerpt(text)))
    shown = "; ".join(f"{encoding} reads {text!r}" for encoding, text in candidates[:6])
    return UnknownEncoding(
        f"{opened.name} is neither UTF-8 nor UTF-16, and its encoding cannot be detected reliably.",
        hint=f"Choose one with {option('--encoding')}{f': {shown}' if shown else ''}.",
        candidates=tuple(candidates),
    )


def _first_odd_line(opened: SourceFile) -> bytes:
    with opened.reader() as reader:
        for line in iter(lambda: reader.readline(_BLOCK), b""):
            if not line.isascii():
                return line
    return b""


def _excerpt(text: str) -> str:
    """Return the text from the word with the first non-ASCII character; only the word, when a private key is near."""
    text = text.strip()
    first = next((index for index, char in enumerate(text) if ord(char) > 127), 0)
    start = max(0, first - _EXCERPT // 2)
    if is_private_key(text[max(0, start - _LONGEST_KEY) : start + _EXCERPT + _LONGEST_KEY], hex_key=True):
        word = _WORD_END.search(text[first : first + _EXCERPT])
        return text[first : first + (word.start() if word else 1)]
    word = _WORD_START.search(text[start:first])
    start += word.start() if word else 0
    return text[start : start + _EXCERPT]


def non_ascii_excerpts(opened: SourceFile, encoding: str, limit: int = 5) -> tuple[str, ...]:
    """Return excerpts of the first lines with non-ASCII letters, to check whether the encoding is right."""
    found: list[str] = []
    with io.TextIOWrapper(opened.reader(), encoding, newline="") as text:
        while len(found) < limit and (line := text.readline(_BLOCK)):
            if not line.isascii():
                found.append(_excerpt(line))
    return tuple(found)


class Dialect:
    """How the values of a delimited file are separated.

    delimiter: empty when there is one column only. quoting: `double`, `backslash` or `none`. skip: lines to leave out.
    ignores_space: whether blanks after a delimiter do not belong to the value, as in `1, "Dea, Pat"`.
    """

    __slots__ = ("delimiter", "ignores_space", "quoting", "skip")

    def __init__(self, delimiter: str, quoting: str = "double", skip: int = 0, ignores_space: bool = False) -> None:
        self.delimiter = delimiter
        self.quoting = quoting
        self.skip = skip
        self.ignores_space = ignores_space

    def reader(self, lines: Iterable[str], *, strict: bool = False) -> CsvReader:
        """Return a CSV reader over lines."""
        return csv.reader(
            lines,
            delimiter=self.delimiter or NO_DELIMITER,
            skipinitialspace=self.ignores_space,
            doublequote=self.quoting == "double",
            escapechar="\\" if self.quoting == "backslash" else None,
            quoting=csv.QUOTE_NONE if self.quoting == "none" else csv.QUOTE_MINIMAL,
            strict=strict,
        )

    def records(self, text: str, limit: int = 200) -> list[list[str]]:
        """Return the first records of a text, up to an error."""
        found: list[list[str]] = []
        try:
            for record in islice(self.reader(islice(io.StringIO(text, newline=""), self.skip, None)), limit):
                found.append(record)
        except csv.Error:
            pass  # a sample may end inside a quoted value; what came before it is enough
        return found


def find_dialect(sample: str, known: Set[str], delimiter: str | None = None) -> Dialect:
    """Detect the dialect of a text from its first records. known: normalized names of likely columns."""
    skip = 0
    if match := _SEP_LINE.match(sample):
        skip = 1
        delimiter = delimiter or match["sep"]
    quoting = "backslash" if _BACKSLASH_QUOTE.search(sample) and '""' not in sample else "double"

    def dialect(delimiter: str) -> Dialect:
        return Dialect(delimiter, quoting, skip, _has_space_before_quotes(sample, delimiter))

    if delimiter is not None:
        return dialect(delimiter)
    best = max((_score(dialect(each).records(sample), known), each) for each in _DELIMITERS)
    return dialect(best[1] if best[0] > (0, 0, 0) else "")


def _has_space_before_quotes(sample: str, delimiter: str) -> bool:
    """Return whether values in quotation marks begin with a blank after the delimiter."""
    if not delimiter or delimiter == " ":
        return False
    return (
        re.search(rf'(?m)(?:^|{re.escape(delimiter)}) +"(?!")[^"\n]*"[ ]*(?:{re.escape(delimiter)}|\r?$)', sample)
        is not None
    )


def _score(records: list[list[str]], known: Set[str]) -> tuple[int, float, int]:
    """Return how well a delimiter fits: known names in one row, share of the most common width, that width."""
    records = [record for record in records if any(record)]
    widths = Counter(len(record) for record in records if len(record) > 1)
    if not widths:
        return (0, 0, 0)
    width, count = widths.most_common(1)[0]
    hits, hit_width = max(
        (sum(normalize_name(cell) in known for cell in record), len(record)) for record in records[:15]
    )
    if hits and hit_width == 1:
        return (0, 0, 0)
    share = count / len(records)
    return (hits, round(share, 2), width) if share >= 0.6 or hits > 1 else (0, 0, 0)


def looks_like_data(cell: Cell) -> bool:
    """Return whether a cell is a value rather than a column name."""
    return cell is not None and (not isinstance(cell, str) or bool(_DATA.match(cell.strip())))


def find_header(records: Sequence[Sequence[Cell]], known: Set[str]) -> int | None:
    """Return the position (from 0) of the header row; None when there is none."""
    for place, record in enumerate(records[:15]):
        if all(name in record for name in REPORT_COLUMNS):
            return place
    hits = [count_names(records, place, known) for place in range(min(15, len(records)))]
    filled = [sum(cell not in ("", None) for cell in record) for record in records]
    if any(hits):
        place = hits.index(max(hits))
        above = range(place) if hits[place] == 1 else ()  # one name below whole records is a value
        if not any(filled[other] >= filled[place] and _has_certain_data(records[other]) for other in above):
            return place
    usual = Counter(count for count in filled if count).most_common(1)
    if not usual:
        return None
    first = next(place for place, count in enumerate(filled) if count >= 0.6 * usual[0][0])
    if any(looks_like_data(cell) for cell in records[first]):
        return None
    if usual[0][0] == 1 and not any(looks_like_data(cell) for record in records[first + 1 :] for cell in record):
        return None
    return first


def _has_certain_data(record: Sequence[Cell]) -> bool:
    """Return whether a cell can only be a value: an email, a wallet, a UUID."""
    return any(isinstance(cell, str) and _CERTAIN_DATA.fullmatch(cell.strip()) for cell in record)


def count_names(records: Sequence[Sequence[Cell]], place: int, known: Set[str]) -> int:
    """Return the number of column names in a record; 0 when one of its cells can only be data.

    A name that occurs again in its column is a value: a column of roles may contain “user”.
    """
    record = records[place]
    if _has_certain_data(record):
        return 0
    return sum(
        isinstance(cell, str)
        and normalize_name(cell) in known
        and sum(column < len(other) and other[column] == cell for other in records) == 1
        for column, cell in enumerate(record)
    )
