"""What a cell showed, as accessible HTML: published figures and tables as they are, anything else cleaned."""

from __future__ import annotations

import base64
import re
from html import escape
from typing import Any

from lxml import html as lxml_html
from nbformat import NotebookNode

from analysis.report.render.prose import Headings, mathml, prose
from analysis.report.render.scrub import scrub

UNDESCRIBED = "Picture without a description"
_REMOVED = ("script", "style", "link", "meta", "iframe", "object", "embed", "base", "form", "title")
_ATTRIBUTES = ("style", "border", "align", "width", "height", "id", "valign", "bgcolor")


def kind_of(output: NotebookNode) -> str:
    """Return what the page says an output is (`figure`, `table`, `answer`), or an empty string."""
    return str(output.get("metadata", {}).get("analysis", {}).get("kind", ""))


def output_html(output: NotebookNode, headings: Headings, code: str, *, published: bool = True) -> str:
    """Return one output of a cell as HTML.

    Parameters
    ----------
    output : NotebookNode
        The output, as Jupyter keeps it.
    headings : Headings
        The page's headings so far.
    code : str
        Address of the code on the page.
    published : bool
        Whether the files of figures and tables are published; those of a page that failed are not.
    """
    if output.output_type == "stream":
        return _stream(output)
    if output.output_type == "error":
        return _error(output)
    data = output.get("data", {})
    if kind_of(output) in ("figure", "table") and "text/html" in data:
        return _with_code_link(data["text/html"], code) if published else _without_files(data["text/html"])
    return _shown(data, output.get("metadata", {}), headings)


def _shown(data: dict[str, Any], metadata: dict[str, Any], headings: Headings) -> str:
    """Return the richest of the forms in which an object was displayed."""
    if "text/markdown" in data:
        return prose(data["text/markdown"], headings)
    if "text/html" in data:
        return cleaned(data["text/html"])
    for mime in ("image/svg+xml", "image/png", "image/jpeg"):
        if mime in data:
            return _picture(mime, data[mime], metadata)
    if "text/latex" in data:
        return mathml(data["text/latex"].strip("$ \n"), block=True)
    if "text/plain" in data:
        return f'<pre class="printed">{escape(scrub(data["text/plain"]), quote=False)}</pre>'
    return ""


def _stream(output: NotebookNode) -> str:
    text = escape(scrub(output.text).strip("\n"), quote=False)
    if not text.strip():
        return ""
    if output.name == "stderr":
        return f'<div class="printed warning"><p>Printed as a warning:</p><pre>{text}</pre></div>'
    return f'<pre class="printed">{text}</pre>'


def _error(output: NotebookNode) -> str:
    trace = escape(scrub("\n".join(output.traceback)), quote=False)
    said = scrub(f"{output.ename}: {output.evalue}").strip().splitlines()[0]
    return (
        f'<div class="printed error"><p><strong>{escape(said, quote=False)}</strong></p>'
        f"<details><summary>Where it happened (traceback)</summary><pre>{trace}</pre></details></div>"
    )


def _picture(mime: str, content: str, metadata: dict[str, Any]) -> str:
    text = base64.b64encode(content.encode()).decode() if mime == "image/svg+xml" else content.replace("\n", "")
    alt = metadata.get("alt") or metadata.get(mime, {}).get("alt")
    said = "" if alt else "<figcaption>This picture was shown without a caption and a description.</figcaption>"
    return (
        f'<figure class="figure undescribed"><img src="data:{mime};base64,{text}" alt="{escape(alt or UNDESCRIBED)}">'
        f"{said}</figure>"
    )


def _with_code_link(html: str, code: str) -> str:
    """Put a link to the code after the last of the files of a figure or table."""
    before, end, after = html.rpartition("</ul>")
    if not end:
        return html
    label = "Figure" if html.startswith("<figure") else "Table"
    number = html.partition(f"{label} ")[2].partition(".")[0].partition('"')[0]
    item = f'<li><a class="to-code" href="{code}">Code<span class="unseen"> of {label} {number}</span></a></li>'
    return f"{before}{item}{end}{after}"


def _without_files(html: str) -> str:
    """Return a figure or table of a page that failed without its files, which are not published."""
    html = re.sub(r'<ul class="files">.*?</ul>', "", html, flags=re.DOTALL)
    return re.sub(
        r'<div class="scroll"[^>]*>\s*<img [^>]*?alt="([^"]*)"[^>]*>\s*</div>',
        r'<p class="not-run">Not published, as the page did not finish. What it shows: \1</p>',
        html,
    )


def cleaned(html: str) -> str:
    """Return HTML that another library displayed without what runs, loads or styles, its tables made accessible."""
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    for element in list(root.iter(*_REMOVED)):
        element.drop_tree()
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        for name in list(element.attrib):
            if name in _ATTRIBUTES or name.startswith("on") or _foreign(name, element.attrib[name]):
                del element.attrib[name]
        if element.text:
            element.text = scrub(element.text)
    for table in root.iter("table"):
        _mend(table)
    root.set("class", "displayed")
    text = lxml_html.tostring(root, encoding="unicode")
    return text.replace("<table", '<div class="scroll" role="group" tabindex="0" aria-label="Table"><table').replace(
        "</table>", "</table></div>"
    )


def _foreign(name: str, value: str) -> bool:
    return name in ("src", "srcset", "background", "poster") and not value.startswith("data:")


def _mend(table: Any) -> None:
    """Give every header of a table its scope; a header that says nothing is an empty cell."""
    table.set("class", "data")
    for header in list(table.iter("th")):
        if not header.text_content().strip():
            header.tag = "td"
            header.attrib.clear()
        elif "scope" not in header.attrib:
            header.set("scope", "col" if any(a.tag == "thead" for a in header.iterancestors()) else "row")
