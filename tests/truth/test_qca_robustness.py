"""Robustness, cluster diagnostics, theory evaluation and enhanced analysis against the R package SetMethods."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from analysis.qca import (
    Analysis,
    calibration_range,
    cluster_diagnostics,
    frequency_range,
    inclusion_range,
    minimise,
    parameters_of_fit,
    robust_core,
    skewness,
    theory_evaluation,
    truth_table,
    untenable_rows,
)

pytestmark = pytest.mark.third_party

PAYF = ("HE", "GG", "AH", "HI", "HW")
SCHLF = ("EMP", "BARGAIN", "UNI", "OCCUP", "STOCK", "MA")


@pytest.fixture(scope="module")
def folder(third_party):
    return third_party / "truth" / "qca"


@pytest.fixture(scope="module")
def truth(folder):
    return json.loads((folder / "setmethods.json").read_text())


@pytest.fixture(scope="module")
def payf(folder):
    return pd.read_csv(folder / "data" / "SM_PAYF.csv")


@pytest.fixture(scope="module")
def schlf(folder):
    return pd.read_csv(folder / "data" / "SM_SCHLF.csv")


@pytest.fixture(scope="module")
def plan():
    return Analysis("HL", PAYF, inclusion_cut=0.87, n_cut=2, remainders="include")


def as_set(model):
    return frozenset(model)


def test_solutions(truth, payf, schlf, plan):
    assert [as_set(m) for m in plan.run(payf).models] == [as_set(truth["rob"]["IS"]["solution"][0])]
    for name in ("TS1", "TS2", "TS3"):
        test = truth["rob"][name]
        found = plan.with_(inclusion_cut=test["incl.cut"], n_cut=test["n.cut"]).run(payf)
        assert [as_set(m) for m in found.models] == [as_set(test["solution"][0])]
    table = truth_table(schlf, "EXPORT", SCHLF, inclusion_cut=0.9)
    solution = minimise(table, "directional", dict.fromkeys(SCHLF, 0))
    assert solution.n_models == 4
    assert as_set(truth["SCHLF_solution"]["i.sol_C1P1"]) in {as_set(m) for m in solution.models}


@pytest.mark.parametrize(
    ("key", "names"), [("TS12", ["TS1", "TS2"]), ("TS123", ["TS1", "TS2", "TS3"]), ("TS123", ["TS3", "TS1", "TS2"])]
)
def test_robust_core_whatever_the_order(folder, payf, key, names):
    correct = json.loads((folder / "robustness_correct.json").read_text())
    found = robust_core(payf, "HL", correct["IS"], [correct[name] for name in names])
    theirs = correct[key]
    core = found.table.iloc[-1]
    assert [round(core[name], 3) for name in ("consistency", "coverage", "pri")] == theirs["core"]
    assert (round(found.rf_coverage, 3), round(found.rf_consistency, 3)) == (theirs["RF_cov"], theirs["RF_cons"])
    assert (round(found.sc_min, 3), round(found.sc_max, 3)) == (theirs["SC_min"], theirs["SC_max"])
    assert (round(found.rcr_typical, 3), round(found.rcr_deviant, 3)) == (theirs["RCR_typ"], theirs["RCR_dev"])
    assert found.rank == theirs["rank"]


def test_single_test_solutions(folder, truth, payf):
    correct = json.loads((folder / "robustness_correct.json").read_text())
    theirs = truth["rob"]["singletest_TS12"]
    for name, rank, coincidence in zip(("TS1", "TS2"), theirs["RCC_Rank"], theirs["SC"], strict=True):
        found = robust_core(payf, "HL", correct["IS"], [correct[name]])
        assert (found.rank, round(found.sc_min, 3)) == (rank, coincidence)


def test_types_of_cases(folder, truth, payf):
    correct = json.loads((folder / "robustness_correct.json").read_text())
    found = robust_core(payf, "HL", correct["IS"], [correct["TS1"], correct["TS2"]]).cases
    lines = truth["rob"]["cases_TS12"]["text"]
    titles = {
        "Robust Typical": "robust typical",
        "Robust Deviant": "robust deviant",
        "Shaky Typical": "shaky typical",
        "Shaky Deviant": "shaky deviant",
        "Possible Typical": "possible typical",
        "Possible Deviant": "possible deviant",
        "Extreme Deviant Coverage": "extreme deviant coverage",
        "Irrelevant": "irrelevant",
    }
    for title, kind in titles.items():
        start = next(i for i, line in enumerate(lines) if line.startswith(title))
        names = lines[lines.index("Case Names:", start) + 1].split()
        assert found.loc[found["type"] == kind, "case"].tolist() == names


def test_inclusion_and_frequency_range(payf, plan):
    # SetMethods prints: lower bound .85, threshold .87, upper bound .87; and 2, 2, 2
    consistency, frequency = inclusion_range(payf, plan), frequency_range(payf, plan)
    assert (consistency.lower, consistency.value, consistency.upper) == (0.85, 0.87, 0.87)
    assert (frequency.lower, frequency.value, frequency.upper) == (2, 2, 2)


def test_calibration_range(folder, truth):
    raw, fuzzy = (pd.read_csv(folder / "data" / f"{name}.csv") for name in ("LR", "LF"))
    plan = Analysis(
        "SURV", ("DEV", "URB", "LIT", "IND", "STB"), inclusion_cut=0.8, remainders="include", at_half="absent"
    )
    found = calibration_range(raw["DEV"], fuzzy, plan, "DEV", (400, 550, 900), 20, 10, idm=0.95)
    for ours, line in zip(found, truth["rob"]["calibrange"][-3:], strict=True):
        lower, _, upper = (float(value.replace("NA", "nan")) for value in re.findall(r"(NA|\d+)", line))
        assert ours.lower == pytest.approx(lower, nan_ok=True)
        assert ours.upper == pytest.approx(upper, nan_ok=True)


def test_cluster_diagnostics(truth, payf, schlf):
    for record in truth["cluster"]:
        command = record["command"]
        data, cluster = (schlf, "YEAR") if "SCHLF" in command else (payf, "REGION")
        necessity = re.search(r"necessity ?= ?TRUE", command) is not None
        results = record["result"]
        if "pooled" in results:
            results = {re.search(r'(?:results ?= ?"|SCHLF, ")([^"]*)"', command).group(1): results}
        outcome = re.search(r'"(~?(?:EXPORT|HL))"', command).group(1)
        relation = "necessity" if necessity else "sufficiency"
        ours = cluster_diagnostics(data, list(results), outcome, cluster, "COUNTRY", relation=relation)
        for term, theirs in results.items():
            check_cluster(ours, term, theirs)


def check_cluster(ours, term, theirs):
    table = ours.table[ours.table["term"] == term]
    names = {"pooled": ["all"], "between": theirs["clusters"], "within": theirs["units"]}
    for level, labels in names.items():
        # SetMethods' labels end in the number of cases and lose the blanks of "New Zealand"
        place = table[table["level"] == level].assign(key=lambda t: t["cluster"].str.replace(" ", "")).set_index("key")
        rows = place.loc[[label.rsplit(" (", 1)[0].replace(" ", "") for label in labels]]
        for column, values in (("consistency", theirs[level]), ("coverage", theirs["coverage"][level])):
            values = np.atleast_1d(np.array(values, dtype=float))
            missing = rows[column].isna().to_numpy()
            assert values[missing] == pytest.approx(1.0, abs=1e-6)  # 0/0, which SetMethods turns into 1
            assert rows[column].to_numpy()[~missing] == pytest.approx(values[~missing], abs=1e-6)
        if level != "pooled" and not rows["consistency"].isna().any():
            distance = ours.distances.set_index("term").loc[term, level]
            assert distance == pytest.approx(theirs[f"d_{level}_pooled"], abs=1e-6)


def test_theory_evaluation(truth, schlf):
    theirs = truth["theory"]
    found = theory_evaluation(schlf, "~EMP*MA", truth["SCHLF_solution"]["i.sol_C1P1"], "EXPORT")
    for column, key in (("consistency", "Cons.Suf"), ("coverage", "Cov.Suf"), ("pri", "PRI")):
        assert found.table[column].round(3).tolist() == theirs["fit"][key]
    lines = theirs["text"]
    titles = [line for line in lines if line.endswith("0.5) :")]
    for title in titles:
        kind = title.split(" (")[0].lower()
        shown = lines[lines.index("Case Names:", lines.index(title)) + 1]
        ours = found.cases.loc[found.cases["type"] == kind, "case"].tolist()
        if kind == "inconsistent most likely":
            # SetMethods prints none, and leaves these four cases out of all eight groups
            assert ours == ["Switzerland_90", "Australia_95", "Australia_99", "Australia_03"]
            continue
        assert (
            " ".join(ours).replace("New Zealand", "NewZealand").split()
            == shown.replace("New Zealand", "NewZealand").split()
        )


def test_enhanced_standard_analysis(truth, schlf):
    table = truth_table(schlf, "EXPORT", SCHLF, inclusion_cut=0.9)
    # esa(): necessary conditions "STOCK+MA" and "EMP", untenable "BARGAIN*~OCCUP", contradictory rows 19, 14, 46, 51
    rows = untenable_rows(table, ["STOCK+MA", "EMP"], ["BARGAIN*~OCCUP"], observed=True)
    barred = set(rows) | {19, 14, 46, 51}
    outputs = dict(zip(table.complete()["row"], table.complete()["OUT"], strict=True))
    ours = {row: "0" if row in barred else output for row, output in outputs.items()}
    assert ours == {int(row): output[0] for row, output in truth["esa"]["OUT"].items()}


def test_skewness(truth, payf, schlf):
    for data, key, names in ((schlf, "SCHF", [*SCHLF, "EXPORT"]), (payf, "PAYF", [*PAYF, "HL"])):
        for ours, line in zip(skewness(data, names).table.to_dict("records"), truth["skew"][key], strict=True):
            name, above, cases, share = re.match(r"Set (\w+) .*: (\d+) / (\d+) = ([\d.]+) %", line).groups()
            assert (ours["set"], ours["above"], ours["cases"]) == (name, int(above), int(cases))
            assert 100 * ours["share"] == pytest.approx(float(share), abs=0.005)


def test_fit_of_single_conditions(folder, truth):
    # QCAfit rounds to four decimals; its set names are those of SetMethods' copy of the same data
    data = pd.read_csv(folder / "data" / "LF.csv")
    names = {"SURVIVED": "SURV", "DEVELOPED": "DEV", "URBAN": "URB", "LITERATE": "LIT", "INDUSTRIAL": "IND"}
    theirs = truth["QCAfit"]
    for place, label in enumerate(theirs["rows"]):
        name = label.replace(label.removeprefix("~"), names[label.removeprefix("~")])
        if name.endswith("SURV"):
            continue
        sufficiency = parameters_of_fit(data, f"{name} -> SURV").table.iloc[0]
        for column, key in (
            ("consistency", "Cons.Suf"),
            ("raw_coverage", "Cov.Suf"),
            ("pri", "PRI"),
            ("consistency_haesebrouck", "Cons.Suf(H)"),
        ):
            assert sufficiency[column] == pytest.approx(theirs["sufficiency"][key][place], abs=6e-5)
        necessity = parameters_of_fit(data, f"{name} <- SURV").table.iloc[0]
        for column, key in (("consistency", "Cons.Nec"), ("coverage", "Cov.Nec"), ("relevance", "RoN")):
            assert necessity[column] == pytest.approx(theirs["necessity"][key][place], abs=6e-5)
