"""Throw damaged files at every reader: each must be read or end in a `DataError`, in bounded time and memory.

    python benchmarks/fuzz_readers.py [--examples 2000] [--seed 2017]
    python benchmarks/fuzz_readers.py --atheris        (where atheris is installed)

Small files of every format are made, then damaged: bytes overwritten, cut out, repeated, numbers and names replaced by
nasty ones. Zips are also damaged inside and packed again, so that the damage gets past their checksums. Anything but
a `DataError`, an answer later than `SLOW` seconds, or a file left behind is a failure. Prints the number of inputs.
"""

from __future__ import annotations

import argparse
import collections
import importlib.util
import io
import resource
import sys
import tempfile
import time
import warnings
import zipfile
from pathlib import Path

import readers as makers
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.readers import read_export

SLOW = 30.0
MEMORY = 6 * 2**30
NASTY = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"-1",
    b"0",
    b"99999999999999999999",
    b"1e309",
    b"nan",
    b"'",
    b'"',
    b";",
    b",",
    b"\n",
    b"\r",
    b"<",
    b">",
    b"&x;",
    b"<!DOCTYPE a [<!ENTITY x 'y'>]>",
    b"]]>",
    b"../../evil",
    b"\xf0\x9f\x98\x80",
    b"\xc3",
    b"%s",
    b"{}",
    b"a" * 5000,
    b"<Code>" * 40,
    b"\xd8\x00",
    b"NULL",
    b"1-mei",
    b"=cmd()",
)

SEGMENTS = b"""<Project xmlns="urn:QDA-XML:project:1.0" origin="MAXQDA"><Users><User guid="u" name="U"/></Users>
<CodeBook><Codes><Code guid="a" name="A"><Code guid="b" name="B" isCodable="false"/></Code></Codes></CodeBook>
<Variables><Variable guid="v" name="V" typeOfVariable="Text"/></Variables>
<Cases><Case guid="c" name=""><VariableValue><VariableRef targetGUID="v"/><TextValue>x</TextValue></VariableValue>
<SourceRef targetGUID="s"/></Case></Cases>
<Sources><TextSource guid="s" name="S"><PlainTextContent>Some words here.</PlainTextContent>
<PlainTextSelection startPosition="0" endPosition="4"><Coding creatingUser="u"><CodeRef targetGUID="a"/></Coding>
</PlainTextSelection><Coding creatingUser="u"><CodeRef targetGUID="c"/></Coding></TextSource>
<AudioSource guid="x" name="X"><Transcript><SyncPoint guid="p" position="0"/>
<TranscriptSelection fromSyncPoint="p" toSyncPoint="p"/></Transcript>
<AudioSelection begin="0" end="9"><Coding><CodeRef targetGUID="b"/></Coding></AudioSelection></AudioSource>
<PDFSource guid="d" name="D"><PDFSelection page="1"><Representation><PlainTextContent>w</PlainTextContent>
</Representation><Coding><CodeRef targetGUID="a"/></Coding></PDFSelection></PDFSource></Sources>
<Sets><Set guid="g" name="role: x"><MemberSource targetGUID="s"/></Set></Sets></Project>"""
MAXQDA_SQL = """
CREATE TABLE Codings (ID, TextID, WordID, Weight, Preview, Author, SegPos1X, SegPos2X);
CREATE TABLE Codewords (ID, Name, ParentID); CREATE TABLE Texts (ID, Name);
INSERT INTO Codewords VALUES (1, 'A', 0), (2, 'B', 1); INSERT INTO Texts VALUES (1, 'T');
INSERT INTO Codings VALUES (1, 1, 2, 3, 'words', 'ann', 0, 5);
"""


def specimens() -> dict[str, bytes]:
    """Return one small file of every format."""
    made = {"refi.qde": SEGMENTS, "codebook.csv": b"tag,description,number of highlights\na,b,1\n"}
    with tempfile.TemporaryDirectory() as folder:
        for name, (writer, file) in makers.WRITERS.items():
            path = Path(folder) / f"{len(made)}{file}"
            writer(path, 12)
            made[name] = (path / "data.qda" if path.is_dir() else path).read_bytes()
        base = Path(folder) / "m.mx24"
        connection = makers.sqlite3.connect(base)
        connection.executescript(MAXQDA_SQL)
        connection.close()
        made["maxqda-project"] = base.read_bytes()
    return made


SPECIMENS = specimens()


def damaged(data: bytes, edits: list[tuple[float, int, int, int]]) -> bytes:
    """Apply edits to bytes: each is a place, a kind, a length and a choice of what to put there."""
    for place, kind, length, choice in edits:
        at = int(place * len(data))
        middle = {
            0: b"",
            1: NASTY[choice % len(NASTY)],
            2: data[at : at + length] * 2,
            3: bytes([choice % 256]) * min(length, len(data) - at),
            4: data[at : at + length][::-1],
        }.get(kind, b"")
        data = data[:at] + middle + (b"" if kind == 5 else data[at + length :])
    return data


def repacked(data: bytes, edits: list[tuple[float, int, int, int]]) -> bytes:
    """Damage one member of a zip and pack it again."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        hurt = names[edits[0][3] % len(names)] if edits else ""
        for name in names:
            content = old.read(name)
            new.writestr(name, damaged(content, edits) if name == hurt else content)
    return out.getvalue()


TRIED: collections.Counter[str] = collections.Counter()
ENDED: collections.Counter[str] = collections.Counter()
SLOWEST = [0.0, ""]


def try_one(name: str, data: bytes) -> None:
    """Read one input; anything but an export or a `DataError` is let through as a failure."""
    TRIED[name] += 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input.bin"
        path.write_bytes(data)
        began = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                export = read_export(path)
                ENDED["read"] += 1
                assert export.codings["source"].notna().all() and export.codings["code"].notna().all()
            except DataError:
                ENDED["told"] += 1
        took = time.perf_counter() - began
        SLOWEST[:] = max(SLOWEST, [took, name])
        assert took < SLOW, f"{took:.0f} s for {name}"
        assert [found.name for found in Path(folder).iterdir()] == ["input.bin"], "a file was left behind"


edit = st.tuples(
    st.floats(0, 1, exclude_max=True), st.integers(0, 5), st.integers(0, 400), st.integers(0, len(NASTY) * 9)
)


def run(examples: int, chosen_seed: int, only: str = "") -> None:
    """Try damaged specimens, and bytes out of nothing."""

    def options(count: int) -> settings:
        return settings(
            max_examples=count,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )

    def attack(name: str, count: int):
        @options(count)
        @seed(chosen_seed)
        @given(st.lists(edit, min_size=1, max_size=6), st.booleans())
        def test(edits, inside):
            data = SPECIMENS[name]
            try_one(name, repacked(data, edits) if inside and data.startswith(b"PK") else damaged(data, edits))

        return test

    for name in (name for name in SPECIMENS if only in name):
        attack(name, max(examples // 10, 1) if "xlsx" in name else examples)()  # a workbook starts a process
        print(f"{name:24}{TRIED[name]:>8,} inputs", flush=True)

    @options(examples)
    @seed(chosen_seed)
    @given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode)))
    def from_nothing(data):
        try_one("bytes out of nothing", data)

    from_nothing()


def run_atheris() -> None:
    """Let atheris choose the bytes, guided by coverage."""
    import atheris

    def one(data: bytes) -> None:
        names = sorted(SPECIMENS)
        source = atheris.FuzzedDataProvider(data)
        name = names[source.ConsumeIntInRange(0, len(names) - 1)]
        edits = [
            (source.ConsumeProbability() * 0.999, *(source.ConsumeIntInRange(0, most) for most in (5, 400, 300)))
            for _ in range(source.ConsumeIntInRange(1, 6))
        ]
        try_one(name, damaged(SPECIMENS[name], edits))

    atheris.Setup(sys.argv[:1], one)
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=500, help="inputs a format (a tenth of them for workbooks)")
    parser.add_argument("--seed", type=int, default=2017)
    parser.add_argument("--only", default="", help="formats whose name holds this")
    parser.add_argument("--atheris", action="store_true")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    if arguments.atheris:
        if importlib.util.find_spec("atheris") is None:
            raise SystemExit("atheris is not installed; run without --atheris")
        run_atheris()
        return
    began = time.perf_counter()
    run(arguments.examples, arguments.seed, arguments.only)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{sum(TRIED.values()):,} inputs tried in {time.perf_counter() - began:.0f} s: {ENDED['read']:,} read, "
        f"{ENDED['told']:,} ended in a DataError, none otherwise; slowest {SLOWEST[0]:.1f} s ({SLOWEST[1]}); "
        f"peak {peak:.0f} MiB"
    )


if __name__ == "__main__":
    main()
