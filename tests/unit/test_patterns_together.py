"""Co-occurrence, network and saturation, counted by hand or by a slower way."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import MethodError
from analysis.patterns import co_occurrence, co_occurrence_network, co_occurrence_ways, saturation

CODINGS = pd.DataFrame(
    [
        ("i1", "A", "trust", 0, 100),
        ("i1", "A", "trust", 80, 120),
        ("i1", "A", "money", 90, 150),
        ("i1", "B", "money", 0, 100),
        ("i1", "A", "vision", 150, 160),
        ("i2", "A", "trust", 0, 10),
        ("i2", "A", "vision", 400, 410),
    ],
    columns=["interview", "coder", "factor", "start", "end"],
)


def pair(found, a: str, b: str) -> pd.Series:
    return found.table.set_index(["code_a", "code_b"]).loc[(a, b)]


def test_overlap_counts_pairs_of_segments_and_compares_text():
    row = pair(co_occurrence(CODINGS), "money", "trust")
    assert row["count"] == 2
    # Trust covers 0-120 and 0-10 (130), money 90-150 (60) by A and 0-100 (100) by B, both by A 90-120 (30).
    assert row["jaccard"] == pytest.approx(30 / (130 + 160 - 30))
    assert (row["n_a"], row["n_b"]) == (2, 3)


def test_segments_that_touch_do_not_overlap():
    found = co_occurrence(CODINGS)
    assert found.matrix().loc["money", "vision"] == 0
    assert found.matrix().loc["trust", "money"] == found.matrix().loc["money", "trust"] == 2
    assert np.isnan(found.matrix().loc["trust", "trust"])


def test_coders_pooled():
    row = pair(co_occurrence(CODINGS, coders="pooled"), "money", "trust")
    assert row["count"] == 4
    # Money by anybody 0-150, trust 0-120 and 10 in i2; both 120.
    assert row["jaccard"] == pytest.approx(120 / (130 + 150 - 120))


def test_windows_and_interviews():
    windows = co_occurrence(CODINGS, how="window", window=200)
    assert pair(windows, "money", "vision")["count"] == 1
    # A's reading of 0-200 in i1 has both; trust is in two windows, vision in two.
    assert pair(windows, "trust", "vision")["jaccard"] == pytest.approx(1 / 3)
    interviews = co_occurrence(CODINGS, how="interview")
    assert pair(interviews, "trust", "vision")[["count", "jaccard"]].tolist() == [2, 1.0]
    assert pair(interviews, "money", "trust")["jaccard"] == pytest.approx(0.5)


def test_windows_of_given_spans_equal_tiles():
    spans = pd.DataFrame(
        [(interview, start, start + 50) for interview in ("i1", "i2") for start in range(0, 450, 50)],
        columns=["interview", "start", "end"],
    )
    given = co_occurrence(CODINGS, how="window", spans=spans).table
    tiled = co_occurrence(CODINGS, how="window", window=50).table
    pd.testing.assert_frame_equal(given, tiled)


def test_challenges_beside_factors():
    challenges = pd.DataFrame(
        [("i1", "A", "cuts", 95, 130), ("i2", "A", "churn", 0, 5)],
        columns=["interview", "coder", "factor", "start", "end"],
    )
    found = co_occurrence(CODINGS, challenges)
    assert found.columns == ("churn", "cuts")
    assert found.matrix().loc[["money", "trust", "vision"], "cuts"].tolist() == [1, 2, 0]
    network = co_occurrence_network(found)
    assert set(network.graph["cuts"]) == {"money", "trust"}


def brute_force(codings: pd.DataFrame) -> dict[tuple[str, str], tuple[int, float]]:
    """Count overlaps segment by segment and characters one by one."""
    out: dict[tuple[str, str], tuple[int, float]] = {}
    names = sorted(codings["factor"].unique())
    for a in names:
        for b in names:
            if a >= b:
                continue
            count, both, either = 0, 0, 0
            for _, part in codings.groupby(["interview", "coder"]):
                text = {name: np.zeros(400, dtype=bool) for name in (a, b)}
                for row in part[part["factor"].isin([a, b])].itertuples():
                    text[row.factor][row.start : row.end] = True
                both += (text[a] & text[b]).sum()
                either += (text[a] | text[b]).sum()
                first, second = (part[part["factor"] == name] for name in (a, b))
                count += sum(
                    max(x.start, y.start) < min(x.end, y.end) for x in first.itertuples() for y in second.itertuples()
                )
            if count:
                out[a, b] = (count, both / either)
    return out


@pytest.mark.parametrize("seed", range(5))
def test_overlap_equals_brute_force(seed):
    rng = np.random.default_rng(seed)
    start = rng.integers(0, 300, 80)
    codings = pd.DataFrame(
        {
            "interview": rng.choice(["i1", "i2"], 80),
            "coder": rng.choice(["A", "B"], 80),
            "factor": rng.choice(list("abcd"), 80),
            "start": start,
            "end": start + rng.integers(1, 90, 80),
        }
    )
    found = co_occurrence(codings).table
    ours = {
        (row.code_a, row.code_b): (row.times, row.jaccard)
        for row in found.rename(columns={"count": "times"}).itertuples()
    }
    expected = brute_force(codings)
    assert ours.keys() == expected.keys()
    for key, (count, jaccard) in expected.items():
        assert ours[key] == (count, pytest.approx(jaccard))


def test_network_leaves_out_weak_ties_and_keeps_codes():
    found = co_occurrence(CODINGS, how="interview")
    network = co_occurrence_network(found, least=2)
    assert set(network.graph) == {"trust", "money", "vision"}
    assert list(network.graph.edges) == [("trust", "vision")]
    assert network.n_left_out == 2
    assert network.positions == co_occurrence_network(found, least=2).positions
    assert network.table.set_index("code").loc["money", "degree"] == 0


CODES = {"i1": ["a", "b"], "i2": ["a"], "i3": ["c", "a"], "i4": ["b"], "i5": ["d", "a"]}
SEEN = pd.DataFrame([(i, code) for i, codes in CODES.items() for code in codes], columns=["interview", "factor"])


def test_saturation_mean_equals_all_orders():
    curves = []
    for order in permutations(CODES):
        known: set[str] = set()
        curves.append([len(known := known | set(CODES[interview])) for interview in order])
    result = saturation(SEEN, list(CODES))
    assert result.table["mean"].to_numpy() == pytest.approx(np.mean(curves, axis=0))
    assert result.table["observed"].tolist() == [2, 2, 3, 3, 4]
    assert result.table["new"].tolist() == [2, 0, 1, 0, 1]
    assert result.singletons == 2
    assert result.saturated_at is None
    low, high = np.quantile(curves, [0.025, 0.975], axis=0)
    assert np.abs(result.table["lower"] - low).max() <= 1
    assert np.abs(result.table["upper"] - high).max() <= 1


def test_saturation_is_found_and_counts_uncoded_interviews():
    many = pd.DataFrame([(f"i{i}", code) for i in range(20) for code in "abc"], columns=["interview", "factor"])
    result = saturation(many, [f"i{i}" for i in range(25)], codebook=list("abcd"))
    assert len(result.table) == 25
    # Mean after 1, 2, 3 interviews: 2.4, 3 (1 - 10/300) = 2.9 (21 % more), 3 (1 - 10/2300) = 2.987 (3 % more).
    assert result.saturated_at == 2
    assert "3 of 4 codes" in result.summary


def test_saturation_orders_by_month():
    interviews = pd.DataFrame(
        {"interview": list(CODES), "month": ["2016-05", "2016-04", "2016-03", "2016-02", "2016-01"]}
    )
    assert saturation(SEEN, interviews).table["interview"].tolist() == ["i5", "i4", "i3", "i2", "i1"]


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda: co_occurrence(CODINGS, how="overlpa"), "no how"),
        (lambda: co_occurrence(CODINGS.drop(columns="end")), "'end'"),
        (lambda: co_occurrence(CODINGS.assign(start=np.nan)), "no place"),
        (lambda: co_occurrence(CODINGS, how="window", window=0), "none"),
        (lambda: co_occurrence_network(co_occurrence(CODINGS), weight="size"), "no weight"),
        (lambda: saturation(SEEN, ["i1"]), "not among"),
        (lambda: saturation(SEEN, ["i1", "i1"]), "twice"),
    ],
)
def test_errors_say_what_is_wrong(call, what):
    with pytest.raises(MethodError, match=what) as caught:
        call()
    assert caught.value.fix


WAYS = ("overlap", "paragraph", "interview")


def test_every_way_of_meeting_stands_beside_the_others():
    paragraphs = pd.DataFrame({"interview": "i1", "start": [0, 130], "end": [130, 200]})
    made = co_occurrence_ways(CODINGS, paragraphs, window=50)
    row = made.table.set_index(["code_a", "code_b"]).loc[("money", "trust")]
    ways = [
        co_occurrence(CODINGS),
        co_occurrence(CODINGS.query("interview == 'i1'"), how="window", spans=paragraphs),
        co_occurrence(CODINGS, how="interview"),
    ]
    assert [row[f"{way}_count"] for way in WAYS] == [pair(found, "money", "trust")["count"] for found in ways]
    # Money is in both paragraphs of A and the first of B; trust in the first of A and, in i2, in A's first window.
    assert row["paragraph_jaccard"] == pytest.approx(1 / (2 + 3 - 1))
    assert [row[f"{way}_jaccard"] for way in WAYS[::2]] == [
        pair(found, "money", "trust")["jaccard"] for found in ways[::2]
    ]
    assert made.table.loc[made.table["code_b"] == "vision", "overlap_count"].eq(0).all()
    assert made.closest.how == "overlap"
    assert "by overlap money and trust" in made.summary


def test_the_closest_footing_on_which_any_two_codes_meet():
    apart = CODINGS.assign(start=range(0, 700, 100), end=range(50, 750, 100))
    assert co_occurrence_ways(apart, window=1000).closest.how == "window"
    assert co_occurrence_ways(apart, window=60).footing == "in the same interview"
    unplaced = CODINGS.assign(start=np.nan, end=np.nan)
    made = co_occurrence_ways(unplaced)
    assert pair(made.closest, "trust", "vision")["count"] == 2
    assert made.n_unplaced == len(CODINGS)
    assert list(made.table.columns) == ["code_a", "code_b", "interview_count", "interview_jaccard"]


def test_codes_of_two_frameworks_meet_each_other_only():
    first, second = CODINGS.query("factor != 'money'"), CODINGS.query("factor == 'money'")
    made = co_occurrence_ways(first, others=second, window=100)
    assert set(made.table["code_a"]) == {"trust", "vision"}
    assert set(made.table["code_b"]) == {"money"}
    assert made.table.set_index("code_a").loc["trust", "overlap_count"] == 2
    unplaced = co_occurrence_ways(first, others=second.assign(start=np.nan, end=np.nan))
    assert unplaced.footing == "in the same interview"
    assert unplaced.n_unplaced == len(second)
