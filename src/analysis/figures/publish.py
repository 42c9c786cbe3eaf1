"""The one way a figure leaves a page: every format, its data, its words, and a record of all of them."""

from __future__ import annotations

import base64
import io
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from analysis.errors import NotebookError
from analysis.figures.fonts import share_subsets
from analysis.figures.legibility import MeasuringCanvas
from analysis.figures.style import note_simulated, use_style
from analysis.published import (
    check_name,
    check_text,
    is_draft,
    number_of,
    show,
    stage_folder,
    tidy,
    write_csv,
    write_record,
)
from analysis.target import current_target

share_subsets()

DOTS = 600
FORMATS = {"svg": "{}.svg", "pdf": "{}.pdf", "png": "{}.png", "png600": "{}-600dpi.png", "csv": "{}.csv"}
LINKS = (
    ("csv", "Data (CSV)"),
    ("svg", "SVG"),
    ("pdf", "PDF"),
    ("png", "PNG 300 dpi"),
    ("png600", "PNG 600 dpi"),
)


def publish(drawn: Figure, *, name: str, caption: str, alt: str, data: Any) -> None:
    """Write a figure in every format with its data and words, and show it on the page.

    Parameters
    ----------
    drawn : Figure
        What `analysis.figures.style.figure` returned, drawn upon. It is laid out once and closed.
    name : str
        Its file name and address: small letters, digits, ``-`` and ``_``.
    caption : str
        What a reader needs in order to understand it without the text.
    alt : str
        What it shows, for those who can't see it.
    data : DataFrame
        The plotted numbers, one row a mark.

    Raises
    ------
    NotebookError
        For an empty caption or alt text, a bad name, or a frame without rows; nothing is written then.
    """
    target = current_target()
    where = f"figure {name!r} of page {target.page}"
    check_name(name, "figure")
    if not isinstance(drawn, Figure):
        raise NotebookError(f"a {type(drawn).__name__} is no figure", where=where, fix="pass the Figure, not its axes")
    record: dict[str, Any] = {
        "name": name,
        "page": target.page,
        "caption": check_text(caption, "caption", where),
        "alt": check_text(alt, "alt text", where),
        "files": {kind: pattern.format(name) for kind, pattern in FORMATS.items()},
        "notes": [],
        "simulated": target.simulated,
        "preset": target.preset,
        "size_mm": [round(float(side) * 25.4, 1) for side in drawn.get_size_inches()],
    }
    frame = tidy(data, where)
    folder = stage_folder(target, "figures")
    record["number"] = number_of(folder, name, target.page)
    files = {kind: folder / file for kind, file in record["files"].items()}
    _write(drawn, files, record)
    write_csv(frame, files["csv"])
    write_record(folder / f"{name}.json", record, files)
    plt.close(drawn)
    image = _inline(files["svg"]) if is_draft() else None
    show(figure_html(record, image=image), record["alt"], {"kind": "figure", "name": name, "record": record})


def _write(drawn: Figure, files: dict[str, Path], record: dict[str, Any]) -> None:
    """Lay out once and draw once a format; `Figure.savefig` would draw and lay out twice for each."""
    with use_style(), ThreadPoolExecutor(1) as pool:
        if record["simulated"]:
            note_simulated(drawn)
        pixels, record["illegible"] = _render(drawn)
        drawn.set_layout_engine("none")
        waiting = pool.submit(_write_pngs, pixels, files, record)
        words = {"Title": record["caption"], "Subject": record["alt"], "Creator": None, "CreationDate": None}
        FigureCanvasPdf(drawn).print_pdf(files["pdf"], metadata=words)
        svg = io.StringIO()
        said = {"Title": record["alt"], "Date": None, "Creator": None}
        FigureCanvasSVG(drawn).print_svg(svg, metadata=said)
        text = svg.getvalue().replace("<svg ", '<svg role="img" ', 1)
        files["svg"].write_text(text, encoding="utf-8", newline="\n")
        waiting.result()


def _render(drawn: Figure) -> tuple[Image.Image, list[str]]:
    """Return the figure as pixels at 600 dpi, and what of its text can't be read; drawing it also lays it out."""
    drawn.dpi = DOTS
    canvas = MeasuringCanvas(drawn)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB"), canvas.illegible()


def _write_pngs(pixels: Image.Image, files: dict[str, Path], record: dict[str, Any]) -> None:
    words = PngInfo()
    words.add_itxt("Title", record["caption"])
    words.add_itxt("Description", record["alt"])
    half = pixels.reduce(2)
    half.save(files["png"], dpi=(DOTS / 2, DOTS / 2), pnginfo=words, compress_level=3)
    pixels.save(files["png600"], dpi=(DOTS, DOTS), pnginfo=words, compress_level=3)


def _inline(svg: Path) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.read_bytes()).decode("ascii")


def figure_html(
    record: dict[str, Any], *, folder: str = "../figures/", code: str | None = None, image: str | None = None
) -> str:
    """Return the accessible markup of a published figure.

    Parameters
    ----------
    record : dict
        The figure's record, as in ``figures/<name>.json``.
    folder : str
        Where the files lie, seen from the document that shows the figure.
    code : str, optional
        Address of the code that made it.
    image : str, optional
        Address of the picture where it is not the file (in Lab, the picture itself).
    """
    width, height = (round(side * 96 / 25.4) for side in record["size_mm"])
    label = f"Figure {record['number']}"
    links = [(folder + record["files"][kind], text) for kind, text in LINKS]
    if code:
        links.append((code, "Code"))
    listed = "" if image else _links(links, f"{label}, {record['name']}")
    source = image or folder + record["files"]["svg"]
    return (
        f'<figure class="figure" id="figure-{record["name"]}">'
        f'<div class="scroll" tabindex="0" role="group" aria-label="{label}">'
        f'<img src="{source}" alt="{escape(record["alt"])}" width="{width}" height="{height}" '
        f'style="--width:{width}px;background:#fff"></div>'
        f"<figcaption><p><b>{label}.</b> {escape(record['caption'])}</p>{listed}</figcaption></figure>"
    )


def _links(links: list[tuple[str, str]], label: str) -> str:
    items = "".join(
        f'<li><a href="{href}">{text}<span class="unseen"> of {label}</span></a></li>' for href, text in links
    )
    return f'<ul class="files">{items}</ul>'
