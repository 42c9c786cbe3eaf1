"""Scores read as other frameworks: what can be read, from what, and what a study's own crosswalk changes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.crosswalk import FILE_NAME
from analysis.figures.crosswalk import plot_read_across
from analysis.framework import PROJECT_FRAMEWORKS
from analysis.read_across import joined_with, link_table, read_across, study_crosswalk

TT = "transforming-together"


@pytest.fixture(scope="module")
def known():
    return study_crosswalk(PROJECT_FRAMEWORKS.parent)


def scores(framework, frameworks, units=4):
    rng = np.random.default_rng(2)
    rows = [(f"p{i}", f.key, rng.uniform(0, 3)) for i in range(units) for f in frameworks[framework].factors]
    frame = pd.DataFrame(rows, columns=["unit", "factor", "value"])
    return frame.assign(level="partnership", framework=framework, kind="factor")


def test_every_joined_framework_is_read_with_its_coverage(known):
    crosswalk, frameworks = known
    own = scores(TT, frameworks)
    found = read_across(own, crosswalk, frameworks, TT)
    assert set(found.translations) == set(crosswalk.others)
    blocks = found.table[found.table["framework"] == frameworks["building-blocks"].title].set_index("entry")
    evidence = blocks.loc["Data, evidence and evaluation"]
    assert evidence["strength"] == "full"
    assert evidence["read_from"] == frameworks[TT].factor("learning").label
    assert evidence["mean"] == pytest.approx(own.loc[own["factor"] == "learning", "value"].mean())
    unread = blocks.loc["Collaborative platforms (digital and physical)"]
    assert unread["strength"] == "none"
    assert np.isnan(unread["mean"])
    assert "1 in full, 7 in part, 1 not at all" in found.summary


def test_a_study_in_another_framework_is_read_as_the_primary_one(known):
    crosswalk, frameworks = known
    assert joined_with(crosswalk, "building-blocks") == (TT,)
    found = read_across(scores("building-blocks", frameworks), crosswalk, frameworks, "building-blocks")
    assert list(dict.fromkeys(found.table["framework"])) == [frameworks[TT].title]
    assert len(found.table) == 11


def test_a_framework_without_links_is_said_to_have_none(known):
    crosswalk, frameworks = known
    found = read_across(scores("challenges", frameworks), crosswalk, frameworks, "challenges")
    assert found.table.empty
    assert "joins this study's framework with no other" in found.summary


def test_a_studys_own_crosswalk_wins(tmp_path):
    folder = tmp_path / "frameworks"
    folder.mkdir()
    link = "{factor: place, meets: building-blocks/delivery, strength: full, reason: ours}"
    (folder / FILE_NAME).write_text(f"title: Ours\nframework: {TT}\nlinks:\n  - {link}\n")
    crosswalk, frameworks = study_crosswalk(tmp_path)
    links = link_table(crosswalk, frameworks)
    assert links[["entry", "reason"]].to_numpy().tolist() == [["Delivery", "ours"]]


def test_only_entries_that_can_be_read_have_a_mark(known):
    crosswalk, frameworks = known
    found = read_across(scores("building-blocks", frameworks), crosswalk, frameworks, "building-blocks")
    axes = plot_read_across(found, (0, 3)).axes[0]
    marks = sum(len(part.get_offsets()) for part in axes.collections[1:3])
    assert marks == int(found.table["strength"].ne("none").sum())
