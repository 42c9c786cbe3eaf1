"""What the server of kernels loads before it forks: imported there for its effect, never by a page.

Forked kernels start with all of this in place, so that a page pays for its own work alone.
"""

from __future__ import annotations

import importlib
import io
import warnings
from contextlib import suppress

#: Loaded in this order.
MODULES = (
    "numpy",
    "pandas",
    "pandera.pandas",
    "pyarrow.parquet",
    "scipy.stats",
    "scipy.optimize",
    "statsmodels.api",
    "statsmodels.formula.api",
    "sklearn.linear_model",
    "sklearn.model_selection",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_pdf",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "great_tables",
    "IPython.core.completer",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "analysis.study",
    "analysis.schema",
    "analysis.ingest",
    "analysis.scores",
    "analysis.agreement",
    "analysis.association",
    "analysis.figures",
    "analysis.tables",
    "analysis.qca",
    "analysis.report.page",
    "analysis.report.render",
)


def load() -> None:
    """Import everything and draw once, so that fonts and back ends are ready too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in MODULES:
            # A module that can't be loaded fails the page that needs it, not the server.
            with suppress(Exception):
                importlib.import_module(name)
        with suppress(Exception):
            _draw()


def _draw() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1, 1))
    FigureCanvasAgg(figure)
    figure.subplots().plot([0, 1], label="a")
    for kind in ("png", "svg", "pdf"):
        figure.savefig(io.BytesIO(), format=kind)


load()
