"""Markdown to HTML: headings without gaps, mathematics as MathML, tables with scope, code in our palette."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any, ClassVar

from latex2mathml.converter import convert
from mistune import InlineState
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, MathInlineParser
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

_TAG = re.compile(r"<[^>]+>")
_NEGATIVE = re.compile(r"(?<![\w.)\]\-–−/])-(?=\.?\d)")
_PERCENT = re.compile(r"(?<=\d) ?%(?![0-9A-Fa-f]{2})")
_SQUARED = re.compile(r"\bR2\b")
_WORD = re.compile(r"[^\w]+")
_python = PythonLexer(stripnl=False)
_formatter = HtmlFormatter(nowrap=True)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a page: level (2 or more), identifier, and what it says."""

    level: int
    id: str
    text: str


@dataclass(slots=True)
class Headings:
    """The headings of one page so far, each with an identifier of its own, no level skipped.

    Parameters
    ----------
    found : list of Heading
        Headings in order; the page's own, the only one of level 1, is not among them.
    """

    found: list[Heading] = field(default_factory=list)

    def add(self, html: str, level: int) -> Heading:
        """Take in a heading at the level that leaves no gap below the one before."""
        above = self.found[-1].level if self.found else 1
        text = " ".join(unescape(_TAG.sub("", html)).split())
        name = "section-" + (_WORD.sub("-", text.lower()).strip("-") or "untitled")
        taken = {heading.id for heading in self.found}
        numbered = (name if n == 1 else f"{name}-{n}" for n in range(1, len(taken) + 2))
        heading = Heading(min(max(level, 2), above + 1), next(i for i in numbered if i not in taken), text)
        self.found.append(heading)
        return heading


def typeset(text: str) -> str:
    """Return plain words with a minus before negative numbers, R squared as it is written, and 95 % on one line."""
    return _PERCENT.sub("\N{NO-BREAK SPACE}%", _SQUARED.sub("R²", _NEGATIVE.sub("−", text)))


def mathml(latex: str, *, block: bool) -> str:
    """Return a formula as MathML, or as it was written where it can't be converted."""
    try:
        made = convert(unescape(latex), display="block" if block else "inline")
    except Exception:  # the converter raises errors of many kinds, and a formula must not fail a page
        made = f'<code class="formula">{escape(unescape(latex), quote=False)}</code>'
    if not block:
        return made
    return f'<span class="scroll formula" role="group" tabindex="0" aria-label="Formula">{made}</span>'


class _Renderer(IPythonRenderer):
    """Nbconvert's renderer with our headings, formulae and tables."""

    def __init__(self, headings: Headings, attachments: dict[str, Any]) -> None:
        super().__init__(escape=False, exclude_anchor_links=True, attachments=attachments)
        self.headings = headings

    def heading(self, text: str, level: int, **_: Any) -> str:
        heading = self.headings.add(text, level)
        return f'<h{heading.level} id="{heading.id}">{text}</h{heading.level}>\n'

    def block_math(self, body: str) -> str:
        return mathml(body, block=True)

    def inline_math(self, body: str) -> str:
        return mathml(body, block=False)

    def latex_environment(self, name: str, body: str) -> str:
        return mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", block=True)

    def text(self, text: str) -> str:
        return super().text(typeset(text))

    def product(self, text: str) -> str:
        return text

    def table(self, text: str) -> str:
        return scrolled(f'<table class="data">\n{text}</table>', "Table")

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        number = ' class="number"' if align == "right" else ""
        return f'<th scope="col"{number}>{text}</th>' if head and text else f"<td{number}>{text}</td>"


class _Inline(MathInlineParser):
    """Nbconvert's inline Markdown, but a product of sets (``A*B + C*D``) is no emphasis and two prices no formula."""

    SPECIFICATION: ClassVar[dict[str, str]] = {
        **MathInlineParser.SPECIFICATION,
        "product": r"(?<=[\w~)])\*(?=[\w~(])",
        "inline_math_tex": r"(?<![$\\\w])\$(?=\S)(?P<math_inline_tex>[^$]+?)(?<=[^\s\\])\$(?!\d)",
    }
    DEFAULT_RULES: ClassVar[tuple[str, ...]] = ("product", *MathInlineParser.DEFAULT_RULES)

    def parse_product(self, match: re.Match[str], state: InlineState) -> int:
        state.append_token({"type": "product", "raw": match[0]})
        return match.end()


def scrolled(table: str, label: str) -> str:
    """Return a table in a region that scrolls sideways and that the keyboard reaches."""
    return f'<div class="scroll" role="group" tabindex="0" aria-label="{escape(label)}">{table}</div>'


def prose(source: str, headings: Headings | None = None, attachments: dict[str, Any] | None = None) -> str:
    """Return Markdown as HTML.

    Parameters
    ----------
    source : str
        Markdown, with formulae between dollar signs.
    headings : Headings, optional
        The page's headings so far; those of `source` are added.
    attachments : dict, optional
        Pictures that the notebook holds, by name.
    """
    renderer = _Renderer(headings or Headings(), attachments or {})
    return MarkdownWithMath(renderer=renderer, inline=_Inline(hard_wrap=False)).render(source).strip()


def sentence(source: str) -> str:
    """Return a sentence of Markdown as HTML without a paragraph around it."""
    return re.sub(r"^<p>(.*)</p>$", r"\1", prose(source), flags=re.DOTALL)


def plain(source: str) -> str:
    """Return a sentence of Markdown as plain text."""
    return " ".join(unescape(_TAG.sub("", prose(source))).split())


def code(source: str) -> str:
    """Return Python code as HTML with the classes of the palette."""
    return str(highlight(source.rstrip("\n"), _python, _formatter)).rstrip("\n")
