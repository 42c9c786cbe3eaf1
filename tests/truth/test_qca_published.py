"""Published data against the R package QCA: truth tables, all solutions, fit, necessity, counterfactuals."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from analysis.errors import MethodError
from analysis.qca import (
    TruthTable,
    calibrate,
    contradictory_assumptions,
    minimise,
    necessity,
    parameters_of_fit,
    simultaneous_subsets,
    truth_table,
)

pytestmark = pytest.mark.third_party

FIT = {"inclS": "consistency", "PRI": "pri", "covS": "raw_coverage", "covU": "unique_coverage"}
NECESSITY = {"inclN": "consistency", "RoN": "relevance", "covN": "coverage"}


@pytest.fixture(scope="module")
def folder(third_party):
    return third_party / "truth" / "qca"


@pytest.fixture(scope="module")
def analyses(folder):
    return [json.loads(path.read_text()) for path in sorted((folder / "analyses").glob("*.json"))]


def braces(text):
    return text.replace("[", "{").replace("]", "}")


def as_set(model):
    return frozenset(braces(term) for term in model)


def as_sets(models):
    return {as_set(model) for model in models}


def cuts(table):
    cut = table["incl_cut"]
    return {
        "inclusion_cut": cut[0],
        "exclusion_cut": cut[1] if len(cut) > 1 else None,
        "n_cut": table["n_cut"],
        "pri_cut": table["pri_cut"],
    }


def table_of(analysis, folder, outcome=None, **changes):
    given, path = analysis["truth_table"], folder / analysis["data_csv"]
    if not path.exists():
        rows = [row for row in given["rows"] if row["n"]]
        configurations = [list(row["config"].values()) for row in rows]
        return TruthTable.from_rows(configurations, [row["OUT"] for row in rows], given["conditions"])
    return truth_table(pd.read_csv(path), outcome or given["outcome"], given["conditions"], **(cuts(given) | changes))


def with_data(analyses, folder):
    return [analysis for analysis in analyses if (folder / analysis["data_csv"]).exists()]


def test_all_analyses_are_there(analyses):
    assert len(analyses) == 21


def test_truth_tables(analyses, folder):
    for analysis in with_data(analyses, folder):
        table = table_of(analysis, folder)
        complete = table.complete()
        assert list(table.levels) == analysis["truth_table"]["noflevels"]
        assert len(complete) == len(analysis["truth_table"]["rows"])
        for theirs, ours in zip(analysis["truth_table"]["rows"], complete.to_dict("records"), strict=True):
            assert (ours["row"], ours["OUT"], ours["n"]) == (theirs["row"], theirs["OUT"], theirs["n"])
            assert {name: ours[name] for name in theirs["config"]} == theirs["config"]
            assert [name for name in ours["cases"].split(", ") if name] == [str(name) for name in theirs["cases"]]
            assert [name for name in ours["deviant"].split(", ") if name] == [str(name) for name in theirs["dcc"]]
            for key, column in (("incl", "consistency"), ("PRI", "pri")):
                value = np.nan if theirs[key] is None else theirs[key]
                assert ours[column] == pytest.approx(value, abs=1e-9, nan_ok=True)


def check_fit(solution, theirs):
    place = {frozenset(model): f"M{i + 1}" for i, model in enumerate(solution.models)}
    for model in theirs["models"]:
        ours = solution.fit[solution.fit["model"] == place[as_set(model["terms"])]].set_index("term")
        whole = ours[ours["kind"] == "model"].iloc[0]
        for key in ("inclS", "PRI", "covS"):
            assert whole[FIT[key]] == pytest.approx(model["fit"][key], abs=1e-6)
        for term in model["term_fit"]:
            row = ours[ours["kind"] == "term"].loc[braces(term["term"])]
            for key, column in FIT.items():
                if term.get(key) is not None:
                    assert row[column] == pytest.approx(term[key], abs=1e-6)
            if term.get("cases"):
                assert row["cases"].replace(", ", ",") == term["cases"]


def check_solution(solution, theirs):
    assert as_sets(solution.models) == as_sets(model["terms"] for model in theirs["models"])
    assert solution.n_models == theirs["n_models"]
    assert set(solution.prime_implicants) == {braces(term) for term in theirs["prime_implicants"]}
    assert set(solution.essential) == {braces(term) for term in theirs["essential"]}
    chart = solution.chart
    ours = {term: set(chart.columns[chart.loc[term]]) for term in chart.index}
    covers = zip(theirs["pichart"]["primes"], theirs["pichart"]["covers"], strict=True)
    assert ours == {braces(term): {int(row) for row in rows} for term, rows in covers}
    assumed = dict(zip(map(frozenset, solution.models), solution.simplifying_assumptions, strict=True))
    for model in theirs["models"]:
        assert list(assumed[as_set(model["terms"])]) == theirs["simplifying_assumptions"][model["name"]]


def test_conservative_and_parsimonious(analyses, folder):
    checked = 0
    for analysis in analyses:
        table = table_of(analysis, folder)
        for remainders, key in (("exclude", "conservative"), ("include", "parsimonious")):
            if analysis[key].get("n_models") is None:
                with pytest.raises(MethodError, match="no row is negative"):
                    minimise(table, remainders)
                continue
            solution = minimise(table, remainders)
            check_solution(solution, analysis[key])
            if table.sets is not None:
                check_fit(solution, analysis[key])
            checked += 1
    assert checked == 41


def test_both_definitions_of_ambiguity(analyses, folder):
    differ = 0
    for analysis in analyses:
        theirs = analysis["parsimonious_allsol"]
        if theirs.get("n_models") is None:
            continue
        solution = minimise(table_of(analysis, folder), "include")
        assert as_sets(solution.irredundant_models()) == as_sets(model["terms"] for model in theirs["models"])
        assert solution.ambiguity.irredundant == theirs["n_models"]
        assert solution.ambiguity.minimal == analysis["parsimonious"]["n_models"]
        differ += solution.ambiguity.minimal != solution.ambiguity.irredundant
    assert differ >= 4


def test_intermediate(analyses, folder):
    checked = 0
    for analysis in with_data(analyses, folder):
        table = table_of(analysis, folder)
        for theirs in analysis.get("intermediate", {}).values():
            solution = minimise(table, "directional", theirs["dir_exp"])
            pairs = {(frozenset(pair.conservative), frozenset(pair.parsimonious)): pair for pair in solution.pairs}
            assert len(pairs) == len(theirs["intermediate"])
            for one in theirs["intermediate"]:
                pair = pairs[as_set(one["conservative_terms"]), as_set(one["parsimonious_terms"])]
                assert as_sets(pair.models) == as_sets(model["terms"] for model in one["models"])
                assert list(pair.easy) == one["easy_counterfactuals"]
                assert list(pair.difficult) == one["difficult_counterfactuals"]
                assert set(pair.prime_implicants) == {braces(term) for term in one["pichart"]["primes"]}
                check_fit(solution, one)
                checked += 1
            sums = {frozenset(braces(text).split(" + ")) for text in theirs["intermediate_unique_sops"]}
            assert as_sets(solution.models) == sums
    assert checked >= 30


def test_necessity(analyses, folder):
    for analysis in with_data(analyses, folder):
        given, theirs = analysis["truth_table"], analysis.get("necessity")
        if not theirs:
            continue
        command = theirs["superSubset"]["command"]
        found = {name: float(re.search(rf"{name}\.cut = ([\d.]+)", command).group(1)) for name in ("incl", "cov")}
        ours = necessity(
            pd.read_csv(folder / analysis["data_csv"]),
            given["outcome"],
            given["conditions"],
            consistency_cut=found["incl"],
            coverage_cut=found["cov"],
        )
        singles = ours.table.set_index("expression")
        for one in theirs["single_conditions"]:
            check_necessity(singles.loc[multi(one["term"], given["noflevels"])], one)
        combined = ours.combinations.set_index("expression")
        assert set(combined.index) == {braces(one["expression"]) for one in theirs["superSubset"].get("results", [])}
        for one in theirs["superSubset"].get("results", []):
            check_necessity(combined.loc[braces(one["expression"])], one)


def multi(term, levels):
    if max(levels) == 2:
        return term
    return f"{term[1:]}{{0}}" if term.startswith("~") else f"{term}{{1}}"


def check_necessity(row, theirs):
    for key, column in NECESSITY.items():
        assert row[column] == pytest.approx(theirs[key], abs=1e-6)


def test_untenable_assumptions(analyses, folder):
    for analysis in with_data(analyses, folder):
        if analysis["id"] == "Quine_OUT":
            continue
        given = analysis["truth_table"]
        outcome = given["outcome"]
        # R turns the order of the two cuts round for the negated outcome
        turned = given["incl_cut"][::-1]
        other = table_of(
            analysis,
            folder,
            outcome.removeprefix("~") if outcome.startswith("~") else f"~{outcome}",
            inclusion_cut=turned[0],
            exclusion_cut=turned[1] if len(turned) > 1 else None,
        )
        table = table_of(analysis, folder)
        assert list(contradictory_assumptions(table, other)) == analysis["untenable"]["type2"]["rows"]
        assert list(simultaneous_subsets(table, other)) == analysis["untenable"]["type3"]["rows"]


def test_parameters_of_fit(folder):
    for record in json.loads((folder / "pof.json").read_text())["pof"]:
        expression, data = re.match(r'pof\("([^"]*)", data = (\w+)', record["command"]).groups()
        ours = parameters_of_fit(pd.read_csv(folder / "data" / f"{data}.csv"), expression).table
        for theirs in record["rows"]:
            rows = ours[
                (ours["kind"] == "expression")
                if theirs["term"] == "expression"
                else (ours["term"] == braces(theirs["term"]))
            ]
            for key, column in (FIT | NECESSITY).items():
                if theirs.get(key) is not None:
                    assert rows.iloc[0][column] == pytest.approx(theirs[key], abs=1e-6)


def thresholds_of(command):
    found = re.search(r'thresholds = (?:"([^"]*)"|([\d.]+))', command)
    return None if found is None else found.group(1) or found.group(2)


def method_of(command, thresholds):
    if 'type = "crisp"' in command:
        return "multi-value" if "," in thresholds else "crisp"
    for mark, method in (
        ("indirect", "indirect"),
        ("TFR", "relative"),
        ("ecdf", "empirical"),
        ("logistic = FALSE", "linear"),
    ):
        if mark in command:
            return method
    return "linear" if thresholds.count(",") == 5 else "direct"


def test_calibration(folder):
    records = json.loads((folder / "calibration.json").read_text())["calibrations"]
    assert len(records) == 45
    for record in records:
        command = record["command"]
        thresholds = thresholds_of(command)
        options = {name: float(value) for name, value in re.findall(r"(below|above|idm) = ([\d.]+)(?= *[,)])", command)}
        options["idm"] = 0.953 if "exp(-3)" in command else options.get("idm", 0.95)
        ours = calibrate(
            record["x"],
            thresholds,
            method=method_of(command, thresholds),
            decreasing=command.startswith("1 -"),
            **options,
        )
        assert ours.to_numpy() == pytest.approx(np.array(record["value"]), abs=1e-9), record["id"]


def test_published_memberships_with_the_default_log_odds(folder):
    records = json.loads((folder / "calibration.json").read_text())["calibrations"]
    published = [record for record in records if record["id"].endswith("_idm_fsQCA") and record["id"].startswith("LR_")]
    assert len(published) == 6
    for record in published:
        ours = calibrate(record["x"], thresholds_of(record["command"]))
        assert ours.round(2).tolist() == pytest.approx(record["reference"], abs=1e-9)
