"""From an executed notebook to the content of its page: prose, folded code, what the cells showed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

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

    @property
    def shows(self) -> bool:
        """Whether a reader sees an output of it, or the reason why it has none."""
        told = any(kind_of(output) != "answer" for output in self.cell.get("outputs", ()))
        return told or bool(self.cell.metadata.get("analysis", {}).get("failed"))


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
        setup = _setup(group) if cells[0] in group else []
        for item in group:
            if item in setup:
                if item is setup[0]:
                    parts.append(_folded(setup, headings))
                continue
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


def _setup(group: Sequence[_Numbered]) -> list[_Numbered]:
    """Return the cells that prepare the page: from the first of code to the last before one that shows something."""
    first = next((i for i, item in enumerate(group) if item.cell.cell_type == "code"), len(group))
    silent = list(takewhile(lambda item: not item.shows, group[first:]))
    while silent and silent[-1].cell.cell_type != "code":
        silent.pop()
    return silent


def _folded(setup: Sequence[_Numbered], headings: Headings) -> str:
    """Return the cells that prepare the page in one fold, prose and code."""
    parts = []
    for item in setup:
        if item.cell.cell_type == "markdown":
            parts.append(_prose(item, headings))
        elif item.cell.source.strip():
            parts.append(f'<pre id="{item.name}"><code>{code(item.cell.source)}</code></pre>')
    numbers = [item.number for item in setup if item.number]
    which = f"cells {numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else f"cell {numbers[0]}"
    return (
        f'<details class="code"><summary>How this page is set up<span class="which">: {which}</span></summary>'
        f'<div class="setup">{"".join(parts)}</div></details>'
    )


def _prose(item: _Numbered, headings: Headings, *, first: bool = False, question: str = "") -> str:
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
