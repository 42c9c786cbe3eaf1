"""From an executed notebook to the content of its page: prose, folded code, what the cells showed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

from analysis.report.render.outputs import kind_of, output_html
from analysis.report.render.prose import Heading, Headings, code, prose

_H1 = re.compile(r"\A\s*#\s+[^\n]*\n?")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s", re.MULTILINE)
STOPPED = '<p class="not-run">The page stopped here; what follows did not run.</p>'


@dataclass(frozen=True, slots=True)
class Content:
    """What stands on a page.

    Parameters
    ----------
    html : str
        Prose, code and outputs in order.
    headings : tuple of Heading
        The headings in it.
    n_code : int
        How many cells of code it has.
    """

    html: str
    headings: tuple[Heading, ...]
    n_code: int


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A cell and its number in Lab, where the cell that the runner put in is not counted (0)."""

    number: int
    cell: NotebookNode

    @property
    def name(self) -> str:
        return f"cell-{self.number}" if self.number else "cell-given"


def page_content(notebook: NotebookNode, question: str = "", *, published: bool = True) -> Content:
    """Return the content of a page; its first heading, its question and its answer stand in the page's head.

    Parameters
    ----------
    notebook : NotebookNode
        The executed notebook.
    question : str
        The page's question; a first paragraph that only repeats it is left out.
    published : bool
        Whether the files of figures and tables are published; those of a page that failed are not.
    """
    headings = Headings()
    parts: list[str] = []
    cells = list(_numbered(notebook.cells))
    stopped = False
    for group in _groups(cells):
        answering = _only_answers(group)
        for item in group:
            if item.cell.cell_type == "code":
                parts.append(_code(item))
                parts += _outputs(item, headings, published)
                if item.cell.metadata.get("analysis", {}).get("failed") and not stopped:
                    stopped = True
                    parts.append(STOPPED)
            elif item.cell.cell_type == "markdown" and not answering:
                parts.append(_prose(item, headings, first=item is cells[0], question=question))
    n_code = sum(item.cell.cell_type == "code" and bool(item.cell.source.strip()) for item in cells)
    return Content("\n".join(part for part in parts if part), tuple(headings.found), n_code)


def _numbered(cells: Sequence[NotebookNode]) -> Iterator[_Numbered]:
    number = 0
    for cell in cells:
        given = "injected-parameters" in cell.metadata.get("tags", ())
        number += not given
        yield _Numbered(0 if given else number, cell)


def _groups(cells: Sequence[_Numbered]) -> list[list[_Numbered]]:
    """Return the cells in groups, each from a heading to the next."""
    groups: list[list[_Numbered]] = [[]]
    for item in cells:
        if item.cell.cell_type == "markdown" and _HEADING.search(item.cell.source):
            groups.append([])
        groups[-1].append(item)
    return groups


def _only_answers(group: Sequence[_Numbered]) -> bool:
    """Say whether a section shows nothing but the answer, which stands in the page's head."""
    outputs = [output for item in group for output in item.cell.get("outputs", ())]
    return bool(outputs) and all(kind_of(output) == "answer" for output in outputs)


def _prose(item: _Numbered, headings: Headings, *, first: bool, question: str) -> str:
    source = item.cell.source
    if first:
        source = _H1.sub("", source)
        paragraphs = source.strip().split("\n\n")
        if question and paragraphs[0].strip("*_ \n") == question.strip():
            source = "\n\n".join(paragraphs[1:])
    return prose(source, headings, item.cell.get("attachments"))


def _code(item: _Numbered) -> str:
    if not item.cell.source.strip():
        return ""
    label = f"cell {item.number}" if item.number else "parameters of this page"
    return (
        f'<details class="code"><summary>Code<span class="which">, {label}</span></summary>'
        f'<pre id="{item.name}"><code>{code(item.cell.source)}</code></pre></details>'
    )


def _outputs(item: _Numbered, headings: Headings, published: bool) -> Iterator[str]:
    for output in item.cell.get("outputs", ()):
        if kind_of(output) != "answer":
            yield output_html(output, headings, f"#{item.name}", published=published)
