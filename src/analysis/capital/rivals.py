"""Other orders of the arrows between three variables, and how well they fit the same data."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.capital.mediation import mediation


@dataclass(frozen=True, slots=True)
class RivalOrders:
    """The six chains that three variables can form, and how well each fits.

    Attributes
    ----------
    table : DataFrame
        One row a chain: `order`, `first`, `middle`, `last`, `joint_p` (both arrows), `omitted_p` (the arrow that the
        chain does without, first to last with the middle held), `fits` (that arrow is not needed), `stated`.
    alpha : float
    """

    table: pd.DataFrame
    alpha: float

    @property
    def summary(self) -> str:
        """How many orders of the arrows the data allow."""
        others = self.table[~self.table["stated"] & self.table["fits"]]
        stated = self.table[self.table["stated"]].iloc[0]
        how = "fits" if stated["fits"] else "does not fit without a direct arrow"
        return (
            f"The stated order {stated['order']} {how}, and {len(others)} of the 5 other orders fit as well; turned "
            "round, a chain always fits alike, and with all three arrows every order fits perfectly. The data can't "
            "tell which way the arrows point."
        )


def rival_orders(
    frame: pd.DataFrame, *, antecedent: str, mediator: str, outcome: str, cluster: str, alpha: float = 0.05
) -> RivalOrders:
    """Fit every order of three variables as a chain and test the arrow that it leaves out.

    Parameters and errors as in `mediation`.

    Notes
    -----
    Chains with the same middle imply the same single independence (first and last, given the middle), whichever
    way their arrows point, so no data can tell them apart: Verma and Pearl (1990), Uncertainty in Artificial
    Intelligence 6, 220-227; for mediation Thoemmes (2015), Basic and Applied Social Psychology 37, 226-234.
    """
    names = (antecedent, mediator, outcome)
    orders = [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1), (0, 2, 1), (1, 2, 0)]
    rows = []
    for first, middle, last in orders:
        chain = {"antecedent": names[first], "mediator": names[middle], "outcome": names[last]}
        found = mediation(frame, **chain, cluster=cluster, draws=100)  # type: ignore[arg-type]
        rows.append(
            {
                "order": " → ".join(chain.values()),
                "first": names[first],
                "middle": names[middle],
                "last": names[last],
                "joint_p": found.joint_p,
                "omitted_p": found.direct.p,
                "fits": found.direct.p > alpha,
                "stated": (first, middle, last) == (0, 1, 2),
            }
        )
    return RivalOrders(pd.DataFrame(rows), alpha)
