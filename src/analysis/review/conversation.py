"""What a partnership's next conversation may take up: what it reported, and questions."""

from __future__ import annotations

import pandas as pd

from analysis.framework import Framework
from analysis.review.attention import ATTENTION


def reported_by(
    reported: pd.DataFrame | None, unit: str, contexts: dict[str, Framework], values: pd.DataFrame
) -> pd.DataFrame:
    """Return who of a partnership spoke of which challenge, help or kind of support, one row a code.

    Parameters
    ----------
    reported : DataFrame or None
        `unit`, `informant`, `framework`, `factor`.
    unit : str
    contexts : dict
        The frameworks of `reported`, for their labels.
    values : DataFrame
        From `informant_values`, so that those who spoke of none of them count as well.

    Returns
    -------
    DataFrame
        `framework`, `title`, `factor`, `label`, `n_informants`, `share` (0-1), `how_many` (in words).
    """
    columns = ["framework", "title", "factor", "label", "n_informants", "share", "how_many"]
    if reported is None:
        return pd.DataFrame(columns=columns)
    own = reported[reported["unit"] == unit]
    everyone = pd.concat([own["informant"], values.loc[values["unit"] == unit, "informant"]]).nunique()
    counts = own.groupby(["framework", "factor"], as_index=False)["informant"].nunique()
    counts = counts.rename(columns={"informant": "n_informants"})
    labels = {(key, f.key): f.label for key, framework in contexts.items() for f in framework.factors}
    titles = {key: framework.title for key, framework in contexts.items()}
    pairs = zip(counts["framework"], counts["factor"], strict=True)
    counts = counts.assign(
        title=counts["framework"].map(lambda key: titles.get(key, key)),
        label=[labels.get(pair, pair[1]) for pair in pairs],
        share=counts["n_informants"] / max(everyone, 1),
    )
    counts["how_many"] = ["half or more" if share >= 0.5 else "fewer than half" for share in counts["share"]]
    order = ["framework", "n_informants", "factor"]
    return counts.sort_values(order, ascending=[True, False, True], ignore_index=True)[columns]


def next_questions(table: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """Questions of the factors to talk about; of those that too few spoke of, the first one."""
    wanted = {ATTENTION[0]: 3, ATTENTION[1]: 2, ATTENTION[4]: 1}
    rows = [
        (row.factor, row.label, row.attention, question)
        for attention in wanted
        for row in table[table["attention"] == attention].itertuples()
        for question in framework.factor(str(row.factor)).questions[: wanted[attention]]
    ]
    return pd.DataFrame(rows, columns=["factor", "label", "attention", "question"])


def question_list(questions: pd.DataFrame, framework: Framework) -> str:
    """Return the questions for the next conversation as a Markdown list: what each factor asks for, then questions."""
    if questions.empty:
        return "The rules single out no factor; the framework's own questions serve as well."
    parts = [
        f"- **{label}.** {framework.factor(str(part['factor'].iloc[0])).definition}\n"
        + "\n".join(f"    - {question}" for question in part["question"])
        for label, part in questions.groupby("label", sort=False)
    ]
    return "\n".join(parts)
