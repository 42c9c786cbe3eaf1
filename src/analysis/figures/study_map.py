"""The map of a study: where its areas lie, and beside it their partnerships with a dot for each interview."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from numpy.typing import NDArray

from analysis.figures.heat import label
from analysis.figures.places import place_names
from analysis.figures.style import MUTED, ONE_AND_A_HALF, PALETTE, TWO_COLUMNS, figure, styled
from analysis.figures.words import small
from analysis.places import StudyMap

_LAND = "#E6E9EE"
_SHORE = "#9AA3B0"
# mm from one line of the list to the next
_PITCH = 4.0
# Above so many partnerships an area has one line for all of its own.
_MOST_LINES = 32
# So many dots stand in a line at most; where there are more interviews, a dot stands for several.
_MOST_DOTS = 40
# North of the mainland of Scotland, in degrees: further islands are drawn where areas lie on them.
_MAINLAND = 58.8
# Above so many areas the map has dots without names.
_MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the list: a name, the interviews of each partnership that it tells of, and what it says in words."""

    name: str
    groups: tuple[int, ...]
    said: str
    heading: bool

    @property
    def height(self) -> float:
        """Its share of the list, in lines; a heading stands a little apart."""
        return 1.0 + 0.75 * self.name.count("\n") + 0.35 * self.heading


@styled
def plot_study_map(found: StudyMap, *, interview: str = "interview", interviews: str = "interviews") -> Figure:
    """Draw the areas where they lie, and beside the map every partnership with its interviews as dots.

    Areas without a place on the globe (or whose places may not be told) are listed without a map. Behind areas of the
    United Kingdom stands its outline.

    Parameters
    ----------
    found : StudyMap
    interview, interviews : str
        What the study calls one, and several.
    """
    lines = _lines(found, interviews)
    height = 6 + _PITCH * (1.5 + sum(line.height for line in lines))
    if not found.located:
        drawn, axes = figure(width=ONE_AND_A_HALF, height=height)
        _draw_list(axes, lines, interview, interviews)
        return drawn
    drawn, (left, right) = figure(width=TWO_COLUMNS, height=max(height, 88.0), columns=2, width_ratios=(1.0, 1.7))
    _draw_list(right, lines, interview, interviews)
    _draw_areas(left, found.areas)
    return drawn


def _lines(found: StudyMap, interviews: str) -> list[_Line]:
    lines = []
    for area, rows in found.table.groupby("area", sort=False):
        total = rows["interviews_of_area"].iloc[0]
        said = f"number of {interviews} withheld" if pd.isna(total) else f"{total} {interviews}"
        counts = tuple(int(n) for n in rows["interviews"].dropna())
        if len(found.table) > _MOST_LINES:
            whole = () if pd.isna(total) else (int(total),)
            lines.append(_Line(label(area, None), counts or whole, said, False))
            continue
        lines.append(_Line(label(area, None), (), said, True))
        for name, n in zip(rows["partnership"], rows["interviews"], strict=True):
            known = not pd.isna(n)
            lines.append(_Line(label(name, None), (int(n),) if known else (), str(n) if known else "withheld", False))
    return lines


def _draw_list(axes: Axes, lines: list[_Line], interview: str, interviews: str) -> None:
    """List the lines from the top: names on the left, dots on the right, a little air between partnerships."""
    per_dot = max(1, math.ceil(max(sum(line.groups) for line in lines) / _MOST_DOTS))
    across: list[float] = []
    down: list[float] = []
    top, ends = 0.0, []
    for line in lines:
        top += line.height
        at = 0.0
        for count in line.groups:
            dots = math.ceil(count / per_dot)
            across += [at + i for i in range(dots)]
            down += [top] * dots
            at += dots + 0.8
        ends.append((at - 0.5, top, line))
    width = max(max(across, default=0.0) + 2.0, 16.0)
    axes.set(xlim=(-0.9 * width, 1.2 * width), ylim=(top + 0.6, -0.6))
    axes.set_axis_off()
    for end, at, line in ends:
        weight = "bold" if line.heading else "normal"
        axes.text(-0.9 * width, at, line.name, va="center_baseline", size=small(), weight=weight, linespacing=1.0)
        axes.text(end, at, line.said, va="center_baseline", size=small(), color=MUTED)
    axes.scatter(across, down, s=11, color=PALETTE[0], linewidths=0)
    told = f"A dot stands for up to {per_dot} {interviews}" if per_dot > 1 else f"A dot stands for one {interview}"
    axes.text(-0.5, 0.0, told, va="center_baseline", size=small(), color=MUTED)


def _draw_areas(axes: Axes, areas: pd.DataFrame) -> None:
    """Draw a dot where each area lies, north up, miles as long across as upwards."""
    places = areas[["longitude", "latitude"]].to_numpy()
    land = _outline()
    corner = np.concatenate(land).min(axis=0), np.concatenate(land).max(axis=0)
    inside = bool(((places >= corner[0]) & (places <= corner[1])).all())
    low, high = corner if inside else (places.min(axis=0) - 0.5, places.max(axis=0) + 0.5)
    if inside and places[:, 1].max() < _MAINLAND:
        high = np.array([high[0], _MAINLAND])
    axes.set(xlim=(low[0] - 0.1, high[0] + 0.1), ylim=(low[1] - 0.1, high[1] + 0.1))
    axes.set_aspect(1 / math.cos(math.radians((low[1] + high[1]) / 2)))
    axes.set_anchor("W")
    axes.set_axis_off()
    for ring in (ring for ring in land if inside and ring[:, 1].max() <= high[1]):
        axes.add_patch(Polygon(ring, facecolor=_LAND, edgecolor=_SHORE, linewidth=0.5))
    axes.scatter(places[:, 0], places[:, 1], s=16, color=PALETTE[1], edgecolor="white", linewidths=0.5, zorder=3)
    if len(areas) <= _MOST_NAMES:
        place_names(axes, [(x, y) for x, y in places], [str(name) for name in areas["area"]])


@cache
def _outline() -> tuple[NDArray[np.float64], ...]:
    """The coast of the United Kingdom and its border with Ireland: rings of longitude and latitude."""
    text = (files("analysis.figures") / "outlines" / "united-kingdom.geojson").read_text(encoding="utf-8")
    return tuple(np.array(ring) for polygon in json.loads(text)["geometry"]["coordinates"] for ring in polygon)
