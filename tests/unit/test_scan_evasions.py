"""Ways in which a name, a place or a quotation could slip past the scan of what is published, each tried."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

from analysis.disclosure import scan
from analysis.errors import DisclosureError
from analysis.ingest import ingest, write
from analysis.study import load_study
from tests.small_study import SETTINGS, frames, write_study

#: Areas of the project's own example, so that a place which its code names is tried as well.
PLACES = {"north": "wigan", "east": "surrey", "south": "brighton-and-hove"}
NAMES = {"wigan": "Wigan", "surrey": "Surrey", "brighton-and-hove": "Brighton and Hove"}
LISTED = ("Mary Jones", "José Núñez", "Siân", "Jürgen Müller")
QUOTE = "the old quay was sold before anybody on the board had read the paper about it"


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    raw = {name: frame.replace(list(PLACES), list(PLACES.values()), regex=True) for name, frame in frames().items()}
    raw["codings"].loc[0, "text"] = QUOTE
    areas = [{"key": key, "name": name, "nation": "England"} for key, name in NAMES.items()]
    root = write_study(
        tmp_path_factory.mktemp("evaded") / "study",
        files=raw,
        areas=areas,
        disclosure={"areas": "pseudonymised"},
        anonymisation=SETTINGS["anonymisation"] | {"names": list(LISTED)},
    )
    study = load_study(root)
    write(ingest(study), study.processed)
    return root


@pytest.fixture
def study(origin, tmp_path):
    root = shutil.copytree(origin, tmp_path / "study")
    for folder in ("pages", "figures", "tables", "notebooks"):
        (root / "reports" / folder).mkdir(parents=True)
    return load_study(root)


def published(study, file, content):
    path = study.reports / file
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def finds(study, kind):
    with pytest.raises(DisclosureError) as caught:
        scan(study)
    told = str(caught.value)
    assert f": {kind}:" in told, told
    for secret in (*NAMES.values(), *LISTED, QUOTE):
        assert secret not in told


def test_a_plain_report_passes(study):
    published(study, "pages/a.html", "<p>Area 1 and area 2: 3 of 9; Maria, Joseph and Mary.</p>")
    published(study, "tables/t.csv", pd.DataFrame({"area": ["Area 1"], "n": [-3]}).to_csv(index=False))
    scan(study)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("tables/t.csv", "area,n\nWigan,3\n"),
        ("tables/t.csv", "area,n\nsurrey,3\n"),
        ("tables/t.csv", "wigan,surrey\n1,2\n"),
        ("figures/f.svg", "<svg xmlns='http://www.w3.org/2000/svg'><title>Wigan</title></svg>"),
        ("figures/f.svg", "<svg xmlns='http://www.w3.org/2000/svg'><g id='area-wigan'/></svg>"),
        ("figures/wigan.svg", "<svg/>"),
        ("pages/profile-surrey.html", "<p>x</p>"),
        ("pages/a.html", "<p>Wigan's leaders</p>"),
        ("pages/a.html", "<a href='#area-wigan'>x</a>"),
    ],
)
def test_a_hidden_area_whose_name_the_project_itself_uses(study, file, content):
    published(study, file, content)
    finds(study, "area")
