"""Figures leave a page whole or not at all, the same bytes twice, in colours that grey and colour blindness spare."""

import json
import re
from itertools import combinations
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont
from PIL import Image

from analysis.errors import NotebookError
from analysis.figures.publish import figure_html, publish
from analysis.figures.style import (
    DIVERGING,
    ONE_AND_A_HALF,
    ONE_COLUMN,
    PALETTE,
    PRESETS,
    SEQUENTIAL,
    SIMULATED_NOTE,
    category_styles,
    figure,
    ink_on,
    settings,
    styled,
)
from analysis.target import STAGE_VARIABLE, Target, set_target

WORDS = {"caption": "Two areas compared.", "alt": 'The second is "higher" than the first.'}
DATA = pd.DataFrame({"area": ["=SUM(A1)", "-3"], "value": [1 / 3, -2.0]})

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
BLIND = {
    "nobody": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.119192, 0.9503041]])


def linear(color):
    channels = np.array(to_rgb(color))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(color, eye="nobody"):
    """Return CIELAB under D65 as an eye of this kind sees a colour."""
    seen = np.clip(np.asarray(BLIND[eye]) @ linear(color), 0, 1)
    share = (XYZ @ seen) / XYZ.sum(axis=1)
    root = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


@styled
def bars(height: float = 60):
    drawn, axes = figure(width=ONE_COLUMN, height=height)
    axes.bar([0, 1], DATA["value"], color=PALETTE[0])
    axes.set_title("Two areas")
    axes.set_xlabel("area")
    return drawn


@pytest.fixture
def stage(tmp_path):
    set_target(Target(tmp_path, "04_page", "A study", simulated=True))
    yield tmp_path / "figures"
    set_target(None)


@pytest.fixture
def shown(monkeypatch):
    outputs = []
    monkeypatch.setattr("IPython.display.display", lambda data, **more: outputs.append({**data, **more}))
    return outputs


@pytest.mark.parametrize("eye", BLIND)
def test_any_two_colours_differ_to_every_eye(eye):
    distances = [np.linalg.norm(lab(one, eye) - lab(two, eye)) for one, two in combinations(PALETTE, 2)]
    assert min(distances) > 24


def test_grey_keeps_colours_apart():
    lightness = sorted(lab(color)[0] for color in PALETTE)
    assert min(np.diff(lightness)) > 6.7


def test_maps_grow_darker_step_by_step():
    steps = [lab(SEQUENTIAL(at))[0] for at in np.linspace(0, 1, 21)]
    assert all(np.diff(steps) < 0)
    halves = [lab(DIVERGING(at))[0] for at in np.linspace(0, 1, 21)]
    assert all(np.diff(halves[:11]) > 0)
    assert all(np.diff(halves[10:]) < 0)


def test_categories_differ_without_colour_and_keep_their_order():
    styles = category_styles(["council", "partner", "council", "nhs"])
    assert list(styles) == ["council", "partner", "nhs"]
    for part in ("color", "marker", "hatch", "linestyle"):
        assert len({str(getattr(style, part)) for style in styles.values()}) == 3
    with pytest.raises(NotebookError, match="9 categories"):
        category_styles(range(9))


@pytest.mark.parametrize("color", [*PALETTE, *(SEQUENTIAL(at) for at in np.linspace(0, 1, 9))])
def test_words_on_a_colour_have_the_contrast_that_text_needs(color):
    back, ink = (float(linear(one) @ [0.2126, 0.7152, 0.0722]) + 0.05 for one in (color, ink_on(color)))
    assert max(back, ink) / min(back, ink) >= 4.5


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_keep_to_what_journals_ask(preset):
    chosen = settings(preset)
    sizes = [size for key, size in chosen.items() if (key.endswith("size") and "font" in key) or "labelsize" in key]
    assert all(7 <= size <= 9 for size in sizes if isinstance(size, float))
    assert all(width >= 0.5 for key, width in chosen.items() if key.endswith("linewidth"))
    assert chosen["pdf.fonttype"] == 42
    assert Path(matplotlib.get_data_path()) in Path(findfont(chosen["font.family"][0])).parents


def test_an_unknown_preset_is_told_the_nearest():
    with pytest.raises(NotebookError, match="journal-serif"):
        settings("journal-seriff")


def test_every_format_stands_beside_its_words(stage):
    publish(bars(), name="two_areas", data=DATA, **WORDS)
    record = json.loads((stage / "two_areas.json").read_text(encoding="utf-8"))
    assert {path.name for path in stage.iterdir()} == {*record["files"].values(), "two_areas.json"}
    assert (record["caption"], record["alt"], record["page"], record["number"]) == (*WORDS.values(), "04_page", 1)
    assert record["size_mm"] == [85.0, 60.0]
    for kind, dots in (("png", 300), ("png600", 600)):
        with Image.open(stage / record["files"][kind]) as picture:
            assert abs(picture.width / dots * 25.4 - ONE_COLUMN) < 0.1
            assert round(picture.info["dpi"][0]) == dots
            assert picture.info["Description"] == WORDS["alt"]
    assert (stage / "two_areas.csv").read_text() == "area,value\n'=SUM(A1),0.3333333333\n-3,-2\n"


def test_the_same_figure_is_the_same_bytes(stage):
    publish(bars(), name="once", data=DATA, **WORDS)
    publish(bars(), name="twice", data=DATA, **WORDS)
    for ending in (".svg", ".pdf", ".png", "-600dpi.png", ".csv"):
        assert (stage / f"once{ending}").read_bytes() == (stage / f"twice{ending}").read_bytes()
    assert not re.search(rb"CreationDate|20\d\d-\d\d-\d\d", (stage / "once.pdf").read_bytes())


@pytest.mark.parametrize("simulated", [True, False])
def test_a_figure_of_simulated_data_says_so(tmp_path, simulated):
    set_target(Target(tmp_path, "p", "A study", simulated=simulated))
    publish(bars(), name="note", data=DATA, **WORDS)
    set_target(None)
    said = (tmp_path / "figures" / "note.svg").read_text(encoding="utf-8")
    assert (SIMULATED_NOTE in said) is simulated


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"alt": "  "}, "alt text is empty"),
        ({"caption": ""}, "caption is empty"),
        ({"name": "Two Areas"}, "can't be the name"),
        ({"name": "../escape"}, "can't be the name"),
        ({"name": "index"}, "can't be the name"),
        ({"data": DATA.head(0)}, "no rows"),
        ({"data": [1, 2]}, "not a frame"),
        ({"drawn": "axes"}, "no figure"),
    ],
)
def test_what_is_refused_writes_nothing(stage, change, said):
    given = {"drawn": bars(), "name": "two_areas", "data": DATA, **WORDS, **change}
    with pytest.raises(NotebookError, match=said):
        publish(given.pop("drawn"), **given)
    assert not stage.exists()


def test_a_cell_run_again_keeps_its_number(stage):
    for name in ("first", "second", "first"):
        publish(bars(), name=name, data=DATA, **WORDS)
    numbers = {name: json.loads((stage / f"{name}.json").read_text())["number"] for name in ("first", "second")}
    assert numbers == {"first": 1, "second": 2}


def test_the_page_shows_the_file_and_lab_shows_the_picture(stage, shown, monkeypatch):
    monkeypatch.delenv(STAGE_VARIABLE, raising=False)
    publish(bars(), name="drawn", data=DATA, **WORDS)
    monkeypatch.setenv(STAGE_VARIABLE, str(stage.parent))
    publish(bars(), name="drawn", data=DATA, **WORDS)
    draft, page = (output["text/html"] for output in shown)
    assert 'src="data:image/svg+xml;base64,' in draft
    assert 'src="../figures/drawn.svg"' in page
    assert shown[1]["metadata"]["analysis"]["kind"] == "figure"


def test_markup_escapes_words_and_leads_to_files_and_code(stage):
    publish(bars(), name="drawn", data=DATA, **WORDS)
    record = json.loads((stage / "drawn.json").read_text(encoding="utf-8"))
    markup = figure_html(record, code="#code-3")
    assert 'alt="The second is &quot;higher&quot; than the first."' in markup
    links = re.findall(r'href="([^"]+)"', markup)
    assert links[-1] == "#code-3"
    assert all((stage.parent / link.removeprefix("../")).is_file() for link in links[:-1])


def test_widths_that_fit_no_page_are_refused():
    with pytest.raises(NotebookError, match="fits no journal page"):
        figure(width=200)
    drawn, _ = figure(width=ONE_AND_A_HALF)
    assert isinstance(drawn, Figure)
    assert round(drawn.get_size_inches()[0] * 25.4) == 120
