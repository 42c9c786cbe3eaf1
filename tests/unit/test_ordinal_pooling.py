"""The Bayesian ordinal model: near maximum likelihood where ratings are plenty, and clear without its extra."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.miscmodels.ordinal_model import OrderedModel

from analysis.errors import MethodError
from analysis.models import ordinal, ordinal_pooling

EFFECTS = {"a": 1.0, "b": 0.0, "c": -0.6}


def studied(seed: int, n_units: int = 60, raters: int = 6) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return units with scores, and one rating an informant whose log-odds are `EFFECTS` a standard deviation."""
    rng = np.random.default_rng(seed)
    scores = pd.DataFrame(rng.normal(size=(n_units, len(EFFECTS))), columns=list(EFFECTS))
    z = (scores - scores.mean()) / scores.std()
    units = z.assign(partnership=[f"p{i}" for i in range(n_units)], area=[f"a{i % 10}" for i in range(n_units)])
    level = np.repeat(z.to_numpy() @ np.array(list(EFFECTS.values())), raters) + rng.logistic(size=n_units * raters)
    ratings = pd.DataFrame({"partnership": np.repeat(units["partnership"].to_numpy(), raters), "outcome": "novelty"})
    return units, ratings.assign(
        informant=[f"i{i}" for i in range(len(ratings))], value=np.searchsorted([-1.5, 0.0, 1.2], level)
    )


def test_without_the_extra_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(ordinal, "ordinal_is_installed", lambda: False)
    with pytest.raises(MethodError, match="bayes"):
        ordinal_pooling(*studied(1), list(EFFECTS), "area")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda u, r: (u.drop(columns="b"), r), "no column 'b'"),
        (lambda u, r: (u, r.drop(columns="informant")), "no column 'informant'"),
        (lambda u, r: (u.head(4), r), "4 complete units"),
        (lambda u, r: (u, r.assign(value=2)), "1 grade "),
    ],
)
def test_bad_input_is_told_before_anything_is_drawn(monkeypatch, spoil, said):
    monkeypatch.setattr(ordinal, "ordinal_is_installed", lambda: True)
    with pytest.raises(MethodError, match=said):
        ordinal_pooling(*spoil(*studied(1)), list(EFFECTS), "area")


@pytest.mark.slow
def test_with_plenty_of_ratings_it_is_near_maximum_likelihood_and_the_truth():
    pytest.importorskip("numpyro", reason="needs the extra `bayes`")
    units, ratings = studied(3)
    found = ordinal_pooling(units, ratings, list(EFFECTS), "area", draws=500, warmup=500)
    joined = ratings.merge(units, on="partnership")
    likely = OrderedModel(joined["value"], joined[list(EFFECTS)], distr="logit").fit(method="bfgs", disp=0).params
    table = found.table.set_index("factor")
    for name, effect in EFFECTS.items():
        assert table.loc[name, "estimate"] == pytest.approx(likely[name], abs=0.2)
        assert table.loc[name, "low"] - 0.1 <= effect <= table.loc[name, "high"] + 0.1
    assert (found.n_ratings, found.n_units, found.n_dropped) == (360, 60, 0)
    assert "settled" in found.summary
    again = ordinal_pooling(units, ratings, list(EFFECTS), "area", draws=500, warmup=500)
    pd.testing.assert_frame_equal(again.table, found.table)
