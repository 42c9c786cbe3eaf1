"""One area beside the others: its mean and its partnerships, over the range of the other areas' means."""

from __future__ import annotations

from matplotlib.figure import Figure

from analysis.figures.layout import legend_below
from analysis.figures.style import GRID, MUTED, PALETTE, TWO_COLUMNS, figure, styled
from analysis.figures.words import wrapped
from analysis.profiles import AreaProfile


@styled
def plot_profile(profile: AreaProfile, kind: str, scale: tuple[float, float]) -> Figure:
    """Draw the measures of one kind: bar for the range of the other areas, dot for this one, rings for partnerships.

    Parameters
    ----------
    profile : AreaProfile
    kind : {"factor", "outcome"}
    scale : tuple of float
        Least and most value of the measures.
    """
    table = profile.of(kind)
    drawn, axes = figure(width=TWO_COLUMNS, height=28 + 7.5 * len(table))
    known = table[table["others_low"].notna()]
    left, width = known["others_low"], known["others_high"] - known["others_low"]
    axes.barh(known.index, width, left=left, height=0.6, color=GRID, label="from the lowest to the highest other area")
    axes.vlines(
        known["others_median"], known.index - 0.3, known.index + 0.3, color=MUTED, lw=1, label="middle of the others"
    )
    row = {measure: i for i, measure in enumerate(table["measure"])}
    single = profile.partnerships[profile.partnerships["kind"] == kind].dropna(subset=["value"])
    rows = [row[measure] for measure in single["measure"]]
    axes.scatter(
        single["value"], rows, s=18, facecolor="none", edgecolor=PALETTE[1], zorder=5, label="its partnerships"
    )
    axes.scatter(table["area_mean"], table.index, s=36, color=PALETTE[0], zorder=4, label=profile.area)
    axes.set_yticks(range(len(table)), [wrapped(measure, 42) for measure in table["measure"]])
    axes.set_ylim(len(table) - 0.5, -0.5)
    margin = 0.03 * (scale[1] - scale[0])
    axes.set_xlim(scale[0] - margin, scale[1] + margin)
    axes.set_xlabel(f"Mean over partnerships ({scale[0]:g} to {scale[1]:g})")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    if single.empty and known.empty and table["area_mean"].isna().all():
        axes.text(0.5, 0.5, "no score that may be told", transform=axes.transAxes, ha="center", color=MUTED)
        return drawn
    legend_below(drawn, ncols=4)
    return drawn
