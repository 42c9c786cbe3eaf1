"""What is said of a figure's text: too small, over the edge, on other text; and the layout that keeps it in."""

import json

import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.figures.layout import legend_below
from analysis.figures.legibility import MeasuringCanvas
from analysis.figures.publish import publish
from analysis.figures.style import ONE_COLUMN, PRESETS, figure, use_style
from analysis.figures.words import enlarged, letters, percent, widest, wrapped
from analysis.target import Target, set_target

LONG = "slope of the overall innovation that partners report on the honesty of relationships"


def flaws(drawn: Figure) -> list[str]:
    canvas = MeasuringCanvas(drawn)
    canvas.draw()
    return canvas.illegible()


def blank() -> Figure:
    return Figure(figsize=(3, 2))


def test_text_that_reads_well_is_not_complained_of():
    drawn = blank()
    drawn.text(0.1, 0.5, "one\ntwo", size=7)
    drawn.text(0.1, 0.8, "three", size=9, rotation=20)
    assert flaws(drawn) == []


@pytest.mark.parametrize(("size", "said"), [(6.5, "'word' has 6.5 pt"), (9.5, "'word' has 9.5 pt")])
def test_sizes_that_do_not_print_are_told(size, said):
    drawn = blank()
    drawn.text(0.1, 0.5, "word", size=size)
    assert flaws(drawn) == [said]


@pytest.mark.parametrize("place", [(0.97, 0.5), (-0.02, 0.5), (0.5, 0.98), (0.5, -0.03)])
def test_text_over_each_edge_is_told(place):
    drawn = blank()
    drawn.text(*place, "word", size=8)
    assert [flaw.split(" runs ")[0] for flaw in flaws(drawn)] == ["'word'"]


def test_text_cut_by_its_axes_is_told():
    drawn = blank()
    drawn.add_axes((0.2, 0.2, 0.6, 0.6)).text(0.9, 0.5, "a long word", size=8, clip_on=True)
    assert any(flaw.startswith("'a long word' runs") for flaw in flaws(drawn))


def test_text_on_text_is_told_once():
    drawn = blank()
    drawn.text(0.1, 0.5, "first", size=8)
    drawn.text(0.12, 0.52, "second", size=8)
    assert flaws(drawn) == ["'first' stands on 'second'"]


def test_turned_text_counts_where_it_lies_and_not_its_upright_frame():
    drawn = blank()
    drawn.text(0.2, 0.2, "a name that is turned", size=8, rotation=50)
    drawn.text(0.32, 0.2, "a name that is turned", size=8, rotation=50)
    assert flaws(drawn) == []
    drawn.text(0.3, 0.42, "across", size=8)
    assert any("across" in flaw for flaw in flaws(drawn))


def test_ticks_off_the_axis_are_not_there():
    drawn, axes = figure(width=ONE_COLUMN)
    axes.set_xticks([0, 1, 400], ["0", "1", "far"])
    axes.set_xlim(0, 1)
    canvas = MeasuringCanvas(drawn)
    canvas.draw()
    assert "far" not in {line.words for line in canvas.lines}


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_label_longer_than_its_axis_is_moved_in(side):
    drawn, panels = figure(width=ONE_COLUMN, columns=2)
    panels[0 if side == "left" else 1].set_xlabel(LONG[:40])
    assert flaws(drawn) == []


def test_an_upright_label_is_moved_in():
    drawn, axes = figure(width=ONE_COLUMN, height=50, rows=2)
    axes[1].set_ylabel(LONG[:34])
    assert flaws(drawn) == []


def test_a_legend_takes_the_columns_that_fit():
    drawn, axes = figure(width=ONE_COLUMN)
    for place in range(6):
        axes.plot([0, 1], [place, place], label=f"Brighton and Hove {place}")
    with use_style():
        made = legend_below(drawn, ncols=6)
    assert flaws(drawn) == []
    assert drawn.legends == [made]
    columns = {round(text.get_window_extent().x0) for text in made.get_texts()}
    assert len(columns) == 2, "three rows of two: 3 columns would not fit, 4 or 5 would leave gaps"


def test_larger_text_gets_more_height_and_fewer_letters():
    plain, _ = figure(width=ONE_COLUMN, height=50)
    with use_style("web"):
        assert enlarged() == pytest.approx(8.5 / 7.5)
        assert letters(34) == 30
        assert max(map(len, wrapped(LONG, 34).split("\n"))) <= 30
    with use_style("journal-serif"):
        assert (enlarged(), letters(34)) == (1, 34)
    assert plain.get_size_inches()[1] * 25.4 == pytest.approx(50)


@pytest.mark.parametrize("preset", PRESETS)
def test_widths_are_those_that_are_drawn(preset):
    with use_style(preset):
        drawn, _ = figure(width=ONE_COLUMN)
        drawn.text(0, 0.5, LONG[:30], size=7 if preset != "web" else 8)
        told = widest(drawn, ["a", LONG[:30]])
        canvas = MeasuringCanvas(drawn)
        canvas.draw()
    line = next(line for line in canvas.lines if line.words == LONG[:30])
    assert told == pytest.approx(line.corners[1, 0] - line.corners[0, 0], rel=0.02)


def test_lines_are_of_like_length_and_as_few_as_they_can_be():
    with use_style():
        assert wrapped("Focus on local citizens and places", 32) == "Focus on local\ncitizens and places"
        assert wrapped("short", 3) == "short"
        assert wrapped("", 9) == ""


def test_a_percentage_stays_on_one_line():
    assert percent(0.95) == "95\N{NO-BREAK SPACE}%"
    assert "95\N{NO-BREAK SPACE}%" in wrapped(f"a word and {percent(0.95)} of it", 14).split("\n")[1]


def test_the_record_of_a_figure_says_what_can_not_be_read(tmp_path):
    set_target(Target(tmp_path, "page", "A study", simulated=True))
    for name, size in (("good", 8), ("bad", 5)):
        drawn, axes = figure(width=ONE_COLUMN)
        axes.text(0.5, 0.5, "tiny", size=size)
        publish(drawn, name=name, caption="A word.", alt="A word.", data=pd.DataFrame({"a": [1]}))
    set_target(None)
    told = [json.loads((tmp_path / "figures" / f"{name}.json").read_text())["illegible"] for name in ("good", "bad")]
    assert told == [[], ["'tiny' has 5 pt"]]
