"""Textbook tests without areas, for many data sets at once, shapes (B, n): what benchmarks/calibration.py warns of."""

from __future__ import annotations

import numpy as np
from scipy import special, stats


def from_r(r: np.ndarray, n: int) -> np.ndarray:
    t = r * np.sqrt((n - 2) / np.maximum(1.0 - r**2, 1e-300))
    return 2.0 * special.stdtr(n - 2, -np.abs(t))


def pearson(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    return (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))


def spearman(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return from_r(pearson(stats.rankdata(x, axis=1), stats.rankdata(y, axis=1)), x.shape[1])


def ols(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return from_r(pearson(x, y), x.shape[1])


def hc3(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    squares = (x**2).sum(axis=1)
    slope = (x * y).sum(axis=1) / squares
    leverage = 1 / x.shape[1] + x**2 / squares[:, None]
    residual = (y - slope[:, None] * x) / (1 - leverage)
    se = np.sqrt(((x * residual) ** 2).sum(axis=1)) / squares
    return 2 * special.stdtr(x.shape[1] - 2, -np.abs(slope / se))
