"""Parts of what is explored in JupyterLab: controls, what follows them, tables and pictures with words."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable, Sequence
from html import escape

import ipywidgets as widgets
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from analysis.errors import AnalysisError
from analysis.figures.style import note_simulated, use_style
from analysis.rounding import as_text
from analysis.tables import heading

DOTS = 130
_STATUS = '<p role="status">{}</p>'


def as_html(frame: pd.DataFrame, caption: str) -> str:
    """Return a table with caption and headers that a screen reader connects with their cells."""
    numeric = [pd.api.types.is_numeric_dtype(frame[column]) for column in frame]
    side = ["right" if number else "left" for number in numeric]
    head = "".join(
        f'<th scope="col" style="text-align:{s}">{escape(heading(str(column)))}</th>'
        for column, s in zip(frame, side, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(f'<td style="text-align:{s}">{escape(c)}</td>' for c, s in zip(row, side, strict=True))
        + "</tr>"
        for row in as_text(frame).itertuples(index=False, name=None)
    )
    said = f'<caption style="caption-side:top; text-align:left; color:inherit"><b>{escape(caption)}</b></caption>'
    table = f"<table>{said}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="jp-RenderedHTMLCommon" style="overflow-x:auto" tabindex="0">{table}</div>'


def drawn(draw: Callable[[], Figure | None], words: str, simulated: bool) -> str:
    """Return a picture as HTML with words for who can't see it, or the reason why there is none."""
    with use_style():
        try:
            figure = draw()
        except AnalysisError as error:
            return (
                f"<p><b>{escape(words)}</b>: {escape(error.what)}{escape(f'; {error.fix}' if error.fix else '')}.</p>"
            )
        if figure is None:
            return f"<p><b>{escape(words)}</b>: nothing matches.</p>"
        if simulated:
            note_simulated(figure)
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=DOTS)
        plt.close(figure)
    data = base64.b64encode(out.getvalue()).decode()
    name = escape(words, quote=True)
    image = f'<img alt="{name}" style="max-width:100%" src="data:image/png;base64,{data}">'
    return f"<p><b>{name}</b></p>{image}"


def dropdown(name: str, options: Iterable[str]) -> widgets.Dropdown:
    """Return a choice with a label."""
    return widgets.Dropdown(
        options=list(options),
        description=name,
        style={"description_width": "10em"},
        layout=widgets.Layout(width="36em", max_width="98%"),
    )


def following(
    controls: Sequence[widgets.Widget], show: Callable[[], str], shown: Sequence[widgets.Widget]
) -> widgets.VBox:
    """Return controls above what is shown anew whenever one of them is moved, with a line that says what was done.

    Parameters
    ----------
    controls : sequence of Widget
        Whose values `show` reads.
    show : callable
        Fills the widgets of `shown` and returns a sentence.
    shown : sequence of Widget
        What stands below.
    """
    said = widgets.HTML()

    def draw(_: object = None) -> None:
        said.value = _STATUS.format("Drawing ...")
        try:
            words = show()
        except AnalysisError as error:
            words = error.what
        said.value = _STATUS.format(escape(words))

    for control in controls:
        control.observe(draw, names="value")
    draw()
    return widgets.VBox([*controls, said, *shown])
