"""Whether all factors together predict an area that the model has not seen, beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from sklearn.linear_model import ElasticNetCV, RidgeCV
from sklearn.model_selection import LeaveOneGroupOut
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from analysis.association.arrangements import draw
from analysis.association.design import Floats
from analysis.association.parallel import Progress, spread
from analysis.association.results import check_draws, count, number, p_value
from analysis.errors import MethodError
from analysis.models.data import Together, together

Kind = Literal["ridge", "elastic_net"]
_PENALTIES = np.geomspace(1e-1, 1e4, 26)


@dataclass(frozen=True, slots=True)
class Prediction:
    """Prediction of each cluster from the others.

    Attributes
    ----------
    kind : {"ridge", "elastic_net"}
    outcome : str
    score : float
        1 less the squared errors over those of predicting the mean of the other clusters; 0 or below: no use.
    null : array, shape (permutations,)
        The same score with outcomes rearranged within clusters.
    p : float
    table : DataFrame
        One row a unit: cluster, observed, predicted, baseline (the mean of the other clusters).
    coefficients : DataFrame
        One row a factor: coefficient of the model of all units, in outcome units per standard deviation.
    n_dropped, seed : int
    """

    kind: Kind
    outcome: str
    score: float
    null: Floats
    p: float
    table: pd.DataFrame
    coefficients: pd.DataFrame
    n_dropped: int
    seed: int

    @property
    def summary(self) -> str:
        """The score beside its distribution under rearrangement."""
        name = self.kind.replace("_", " ")
        return (
            f"Leaving one cluster out at a time, {name} on {count(len(self.coefficients), 'factor')} predicts "
            f"{self.outcome} with a score of {number(self.score)} (0: no better than the mean of the others); "
            f"rearranged outcomes reach a median of {number(float(np.median(self.null)))} and a 95th percentile of "
            f"{number(float(np.quantile(self.null, 0.95)))}, {p_value(self.p)} ({len(self.null):,} rearrangements)."
        )


def predict_left_out(
    frame: pd.DataFrame,
    outcome: str,
    factors: Sequence[str],
    cluster: str,
    *,
    kind: Kind = "ridge",
    permutations: int = 499,
    seed: int = 2017,
    jobs: int = 1,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Prediction:
    """Predict each cluster by a penalised regression of all factors on the other clusters.

    Parameters
    ----------
    frame, outcome, factors, cluster
        One row a unit; only complete rows are used.
    kind : {"ridge", "elastic_net"}
        The penalty is chosen within the other clusters (ridge: leave-one-out; elastic net: three folds).
    permutations : int
        Rearrangements of the outcome within clusters, each scored in the same way from start to end; at least 1,
        and p can't be below 1 / (permutations + 1).
    seed : int
    jobs, scheduler, progress
        As in `association.parallel.spread`.

    Notes
    -----
    Ridge: Hoerl and Kennard (1970), Technometrics 12, 55-67; elastic net: Zou and Hastie (2005), Journal of the Royal
    Statistical Society B 67, 301-320; a score on left-out data against rearranged outcomes: Ojala and Garriga (2010),
    Journal of Machine Learning Research 11, 1833-1863.
    """
    check_draws(permutations, "permutations", 1)
    if kind not in get_args(Kind):
        raise MethodError(f"there is no model {kind!r}", allowed=get_args(Kind), value=kind)
    data = together(frame, outcome, factors, cluster)
    if len(data.labels) < 3:
        raise MethodError("at least three clusters are needed to leave one out")
    rng = np.random.default_rng(seed)
    outcomes = np.vstack([data.y, draw(data.y, data.cluster, permutations, rng)])
    parts = np.array_split(outcomes, max(1, min(len(outcomes) // 25, 40)))
    tasks = [(data, part, kind) for part in parts]
    done = spread(_predictions, tasks, jobs=jobs, scheduler=scheduler, progress=progress)
    predicted = np.concatenate([pair[0] for pair in done])
    baseline = np.concatenate([pair[1] for pair in done])
    scores = 1.0 - ((outcomes - predicted) ** 2).sum(axis=1) / ((outcomes - baseline) ** 2).sum(axis=1)
    table = pd.DataFrame(
        {
            "cluster": np.array(data.labels)[data.cluster],
            "observed": data.y,
            "predicted": predicted[0],
            "baseline": baseline[0],
        }
    )
    model = _pipeline(kind).fit(data.x, data.y)
    coefficients = pd.DataFrame({"factor": data.factors, "coefficient": np.ravel(model[-1].coef_)})
    p = float(1 + (scores[1:] >= scores[0] - 1e-12).sum()) / len(scores)
    return Prediction(kind, outcome, float(scores[0]), scores[1:], p, table, coefficients, data.n_dropped, seed)


def _pipeline(kind: Kind) -> Any:
    if kind == "ridge":
        return make_pipeline(StandardScaler(), RidgeCV(_PENALTIES, alpha_per_target=True))
    return make_pipeline(StandardScaler(), ElasticNetCV(l1_ratio=0.5, alphas=20, cv=3, max_iter=5000, tol=1e-3))


def _predictions(data: Together, outcomes: Floats, kind: Kind) -> tuple[Floats, Floats]:
    """Predict every left-out cluster for each row of outcomes: predictions and baselines, shape (B, n_units)."""
    predicted, baseline = np.empty_like(outcomes), np.empty_like(outcomes)
    for train, test in LeaveOneGroupOut().split(data.x, groups=data.cluster):
        baseline[:, test] = outcomes[:, train].mean(axis=1, keepdims=True)
        if kind == "ridge":  # takes all rearranged outcomes as targets at once
            fitted = _pipeline(kind).fit(data.x[train], outcomes[:, train].T)
            predicted[:, test] = fitted.predict(data.x[test]).reshape(len(test), -1).T
            continue
        for i, y in enumerate(outcomes):
            predicted[i, test] = _pipeline(kind).fit(data.x[train], y[train]).predict(data.x[test])
    return predicted, baseline
