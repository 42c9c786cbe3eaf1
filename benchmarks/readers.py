"""Time and peak memory of every reader at three sizes, beside pandas' own reader of the same table.

    python benchmarks/readers.py [--largest 1000000] [--only refi-qda]

Each measurement runs in a process of its own, so that peak memory is that of one read. Files are made by `writers`
below and deleted; nothing of the package writes them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

SIZES = (1_000, 50_000, 100_000, 1_000_000)
WORDS = re.findall(r"\w+", "they met every week and trust between the partners grew slowly over two years of the deal")
CODES = [f"Group {number % 4} > factor {number}" for number in range(44)]
MAXQDA = (
    "Color",
    "Document group",
    "Document name",
    "Code",
    "Beginning",
    "End",
    "Weight score",
    "Segment",
    "Created by",
)
CODERS = ("ann", "bob", "cy")
INTERVIEWS = 200  # of 10,000 words each


def sentence(rng: random.Random) -> str:
    return " ".join(rng.choices(WORDS, k=18))


def rows(size: int):
    rng = random.Random(2017)
    for number in range(size):
        yield (
            f"interview {number % INTERVIEWS}",
            rng.choice(CODERS),
            rng.choice(CODES),
            sentence(rng),
            rng.randint(1, 3),
            number,
        )


def write_csv(path: Path, header: str, line, size: int, separator: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        handle.write(header + "\n")
        for row in rows(size):
            handle.write(separator.join(str(cell) for cell in line(*row)) + "\n")


def maxqda_csv(path: Path, size: int) -> None:
    write_csv(
        path, ";".join(MAXQDA), lambda s, u, c, t, w, n: ("x", "council", s, c, n % 300, n % 300, w, t, u), size, ";"
    )


def maxqda_xlsx(path: Path, size: int) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Coded segments")
    sheet.append(list(MAXQDA))
    for source, coder, code, text, weight, number in rows(size):
        sheet.append(["x", "council", source, code, number % 300, number % 300, weight, text, coder])
    book.save(path)


def atlasti_csv(path: Path, size: int) -> None:
    header = "Number;Reference;Name;Text Content;Document;Codes;Number of Codes;Comment;Initial Position;Final Position"
    write_csv(path, header, lambda s, _u, c, t, _w, n: (n, "", "", t, s, c, 1, "", n % 300, n % 300), size, ";")


def dedoose_csv(path: Path, size: int) -> None:
    header = "Media Title,Excerpt Range,Excerpt Creator,Excerpt Date,Excerpt Copy," + ",".join(
        f"Code: {code} Applied,Code: {code} Weight" for code in CODES[:11]
    )

    def line(source, coder, code, text, weight, number):
        at = CODES.index(code) % 11
        cells = [cell for column in range(11) for cell in (("True", weight) if column == at else ("False", ""))]
        return source, f"{number}-{number + 9}", coder, "", text, *cells

    write_csv(path, header, line, size)


def taguette_csv(path: Path, size: int) -> None:
    write_csv(path, "id,document,tag,content", lambda s, _u, c, t, _w, n: (n, s, c, t), size)


def long_csv(path: Path, size: int) -> None:
    write_csv(
        path, "interview,coder,code,intensity,text,start,end", lambda s, u, c, t, w, n: (s, u, c, w, t, n, n + 9), size
    )


def wide_csv(path: Path, size: int) -> None:
    header = "interview,coder,text," + ",".join(f"Code {number}" for number in range(1, 9))
    write_csv(
        path, header, lambda s, u, c, t, _w, n: (s, u, t, c, *[""] * (n % 7), "x", *[""] * (6 - n % 7)), size // 2
    )


def interviews(size: int):
    rng = random.Random(2017)
    sources = min(INTERVIEWS, max(1, size // 50))
    for source in range(sources):
        count = size // sources
        tokens = [sentence(rng) for _ in range(555)]
        yield source, "\r\n".join(tokens), count, rng


def spans(text: str, count: int, rng: random.Random):
    ends = [at for at, character in enumerate(text) if character == " "]
    for _ in range(count):
        first = rng.randrange(len(ends) - 20)
        yield ends[first] + 1, ends[first + rng.randint(1, 15)]


def refi_qdpx(path: Path, size: int) -> None:
    codes = "".join(
        f'<Code guid="k{number}" name="{code}"/>' for number, code in enumerate(c.replace(">", "-") for c in CODES)
    )
    users = "".join(f'<User guid="{coder}" name="{coder}"/>' for coder in CODERS)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        texts = []
        with archive.open("project.qde", "w", force_zip64=True) as out:
            out.write(
                f'<Project xmlns="urn:QDA-XML:project:1.0" origin="NVivo"><Users>{users}</Users><CodeBook>'
                f"<Codes>{codes}</Codes></CodeBook><Sources>".encode()
            )
            for source, text, count, rng in interviews(size):
                texts.append((source, text))
                out.write(f'<TextSource guid="t{source}" name="i{source}" plainTextPath="t{source}.txt">'.encode())
                for first, last in spans(text, count, rng):
                    out.write(
                        f'<PlainTextSelection guid="{rng.getrandbits(64):x}" startPosition="{first}" '
                        f'endPosition="{last}">'
                        f'<Coding guid="{rng.getrandbits(64):x}" creatingUser="{rng.choice(CODERS)}">'
                        f'<CodeRef targetGUID="k{rng.randrange(44)}"/></Coding></PlainTextSelection>'.encode()
                    )
                out.write(b"</TextSource>")
            out.write(b"</Sources></Project>")
        for source, text in texts:
            archive.writestr(f"sources/t{source}.txt", text)


def qualcoder_folder(path: Path, size: int) -> None:
    path.mkdir()
    base = sqlite3.connect(path / "data.qda")
    base.executescript(
        "PRAGMA synchronous = OFF; CREATE TABLE source (id, name, fulltext, mediapath);"
        "CREATE TABLE code_name (cid, name, memo, catid);"
        "CREATE TABLE code_cat (catid, name, memo, supercatid);"
        "CREATE TABLE code_text (ctid, cid, fid, seltext, pos0, pos1, owner);"
    )
    base.executemany("INSERT INTO code_name VALUES (?,?,null,null)", list(enumerate(CODES)))
    for source, text, count, rng in interviews(size):
        base.execute("INSERT INTO source VALUES (?,?,?,null)", (source, f"i{source}", text.replace("\r", "")))
        plain = text.replace("\r", "")
        base.executemany(
            "INSERT INTO code_text VALUES (?,?,?,?,?,?,?)",
            [
                (n, rng.randrange(44), source, plain[a:b], a, b, rng.choice(CODERS))
                for n, (a, b) in enumerate(spans(plain, count, rng))
            ],
        )
    base.commit()
    base.close()


def taguette_sqlite(path: Path, size: int) -> None:
    base = sqlite3.connect(path)
    base.executescript(
        "PRAGMA synchronous = OFF; CREATE TABLE documents (id, name, contents, project_id);"
        "CREATE TABLE tags (id, path, description); CREATE TABLE highlight_tags (highlight_id, tag_id);"
        "CREATE TABLE highlights (id, document_id, start_offset, end_offset, snippet);"
    )
    base.executemany("INSERT INTO tags VALUES (?,?,'')", list(enumerate(CODES)))
    number = 0
    for source, text, count, rng in interviews(size):
        plain = text.replace("\r", "")
        base.execute("INSERT INTO documents VALUES (?,?,?,1)", (source, f"i{source}", f"<p>{plain}</p>"))
        for a, b in spans(plain, count, rng):
            base.execute("INSERT INTO highlights VALUES (?,?,?,?,?)", (number, source, a, b, plain[a:b]))
            base.execute("INSERT INTO highlight_tags VALUES (?,?)", (number, rng.randrange(44)))
            number += 1
    base.commit()
    base.close()


WRITERS = {
    "refi-qda": (refi_qdpx, "p.qdpx"),
    "qualcoder": (qualcoder_folder, "p.qda"),
    "taguette": (taguette_sqlite, "t.sqlite3"),
    "taguette-highlights": (taguette_csv, "t.csv"),
    "maxqda-segments": (maxqda_csv, "m.csv"),
    "maxqda-segments xlsx": (maxqda_xlsx, "m.xlsx"),
    "atlasti-quotations": (atlasti_csv, "a.csv"),
    "dedoose": (dedoose_csv, "d.csv"),
    "long": (long_csv, "l.csv"),
    "wide": (wide_csv, "w.csv"),
}


def cpu() -> float:
    """Return the seconds of processor that this process and its children took."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def measure(what: str, path: str) -> None:
    """Read once in this process and print seconds, peak MiB and codings."""
    import pandas as pd

    from analysis.readers import read_export

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, busy = time.perf_counter(), cpu()
    if what == "pandas":
        separator = ";" if Path(path).name[0] in "ma" else ","
        sheet = path.endswith("xlsx")
        frame = (
            pd.read_excel(path, dtype=str, engine="calamine") if sheet else pd.read_csv(path, sep=separator, dtype=str)
        )
        count = len(frame)
    else:
        count = len(read_export(path).codings)
    seconds, busy = time.perf_counter() - began, cpu() - busy
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(
        json.dumps(
            {"seconds": seconds, "cpu": busy, "mib": (after - before) / 1024, "child": children / 1024, "count": count}
        )
    )


def ask(what: str, path: Path) -> dict:
    run = subprocess.run(
        [sys.executable, __file__, "--measure", what, str(path)],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    if run.returncode:
        raise SystemExit(run.stderr[-2000:])
    return json.loads(run.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    parser.add_argument("--only", default="")
    parser.add_argument("--measure", nargs=2)
    arguments = parser.parse_args()
    if arguments.measure:
        measure(*arguments.measure)
        return
    head = ("format", "codings", "file MiB", "seconds", "cpu s", "us/coding", "peak MiB", "child")
    print("{:22}{:>10}{:>10}{:>9}{:>8}{:>11}{:>10}{:>8}  pandas cpu s / MiB".format(*head))
    for name, (writer, file) in WRITERS.items():
        for size in (size for size in SIZES if size <= arguments.largest and arguments.only in name):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / file
                writer(path, size)
                big = sum(part.stat().st_size for part in ([path] if path.is_file() else path.iterdir())) / 2**20
                found = ask("ours", path)
                plain = ask("pandas", path) if path.suffix in (".csv", ".xlsx") else None
            other = f"{plain['cpu']:.2f} / {plain['mib']:.0f}" if plain else "-"
            each = 1e6 * found["cpu"] / found["count"]
            print(
                f"{name:22}{found['count']:>10,}{big:>10.1f}{found['seconds']:>9.2f}{found['cpu']:>8.2f}{each:>11.1f}"
                f"{found['mib']:>10.0f}{found['child']:>8.0f}  {other}",
                flush=True,
            )


if __name__ == "__main__":
    main()
