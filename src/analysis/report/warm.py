"""What the server of kernels loads before it forks: imported there for its effect, never by a page.

Forked kernels start with all of this in place, so that a page pays for its own work alone.
"""

from __future__ import annotations

import gc
import importlib
import io
import os
import pkgutil
import warnings
from contextlib import suppress

import analysis

#: Loaded first: what is imported late, inside functions, and what makes a kernel.
MODULES = (
    "pandera.pandas",
    "pyarrow.parquet",
    "scipy.stats",
    "matplotlib.pyplot",
    "fontTools.subset",
    "great_tables",
    "IPython.core.completer",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
)
#: What pages have no use for.
LEFT_OUT = ("analysis.__main__", "analysis.cli", "analysis.commands", "analysis.example", "analysis.skeleton")
REPORT = ("analysis.report.page", "analysis.report.jobs", "analysis.report.render", "analysis.report.site")


def load() -> None:
    """Import everything and draw once, so that fonts and back ends are ready too."""
    runner = os.getppid()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in (*MODULES, *_own()):
            if os.getppid() != runner:
                os._exit(1)  # killed meanwhile: nobody will ask for a kernel
            # A module that can't be loaded fails the page that needs it, not the server.
            with suppress(Exception):
                importlib.import_module(name)
        with suppress(Exception):
            _draw()
    gc.collect()
    gc.freeze()  # what is loaded here is never collected, so that forks go on sharing its memory


def _own() -> list[str]:
    """Return the names of this package's modules."""
    found = pkgutil.walk_packages(analysis.__path__, "analysis.", onerror=lambda _: None)
    names = [module.name for module in found if not module.name.startswith(LEFT_OUT)]
    return [name for name in names if name.startswith(REPORT) or "analysis.report." not in name]


def _draw() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from analysis.figures.fonts import warm_fonts
    from analysis.figures.style import use_style

    warm_fonts()
    with use_style():
        drawn = Figure(figsize=(2, 2))
        FigureCanvasAgg(drawn)
        axes = drawn.subplots()
        axes.plot([0, 1], label="a label")
        axes.set_title("A title")
        axes.legend()
        for kind in ("png", "svg", "pdf"):
            drawn.savefig(io.BytesIO(), format=kind)


load()
