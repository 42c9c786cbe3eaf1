"""The methods paragraph and the statement on availability of data, from what a study declares."""

from __future__ import annotations

import platform
from importlib.metadata import version

from analysis.report.checklists.facts import Facts, counted, listed

_RULES = {
    "mean_intensity": "the mean intensity of its codings",
    "max_intensity": "the highest intensity among its codings",
    "presence": "whether it was coded at all",
    "share_of_words": "the share of the interview's words coded with it",
    "count": "the number of its codings",
    "mean_rating": "the mean of its ratings",
}
_CODERS = {
    "mean": "averaged over coders",
    "consensus": "counted where most coders agree",
    "any": "counted where any coder gave it",
    "first": "taken from the first coder",
}
_ABSENT = {
    "missing": "a factor that an interview never touches is missing",
    "zero": "a factor that an interview never touches counts as zero",
}
_PACKAGES = ("numpy", "pandas", "scipy", "statsmodels")


def scoring_words(facts: Facts) -> str:
    """Say how codings became scores."""
    rule = facts.study.scores
    return f"A factor's score of an interview is {_RULES[rule.rule]}, {_CODERS[rule.coders]}; {_ABSENT[rule.absent]}."


def outcome_words(facts: Facts) -> str:
    """Say how outcomes were rated."""
    outcomes = facts.study.outcomes
    low, high = outcomes.scale
    return f"Outcomes rated from {low:g} to {high:g}: {listed(list(outcomes.facets.values()))}."


def analysis_words(facts: Facts) -> str:
    """Say how factors were tested against outcomes."""
    study = facts.study
    plan, words = study.plan, study.words
    return (
        f"The unit is the {words.partnership}, the cluster the {words.area}. Each factor is tested against "
        f"{study.outcome_labels[plan.primary_outcome]} by a random-intercept model (restricted maximum likelihood, "
        f"Kenward-Roger) and by rearranging {words.partnerships} within {words.areas}; "
        f"{counted(len(plan.hypotheses), 'confirmatory hypothesis', 'confirmatory hypotheses')} by Holm at "
        f"{plan.alpha:g}, all else exploratory by Benjamini-Hochberg at {plan.exploratory_rate:g}."
    )


def versions_words() -> str:
    """Name versions of Python and of the packages that compute."""
    named = [f"{name} {version(name)}" for name in _PACKAGES]
    return f"Python {'.'.join(platform.python_version_tuple()[:2])}, {', '.join(named)}"


def period_words(months: tuple[str, str]) -> str:
    """Say from which month to which."""
    return f"in {months[0]}" if months[0] == months[1] else f"from {months[0]} to {months[1]}"


def methods_paragraph(facts: Facts) -> str:
    """Return a paragraph for the methods section of an article, from the run's own settings."""
    study, words = facts.study, facts.study.words
    book, months = study.primary, facts.months
    when = f" held {period_words(months)}" if months else ""
    tools = f" in {listed(facts.tools)}" if facts.tools else ""
    frozen = f" The plan was frozen on {study.plan.frozen.on}." if study.plan.frozen else ""
    simulated = " The data are simulated." if study.simulated else ""
    return (
        f"{counted(facts.size('interviews'), words.interview, words.interviews)}{when}, about "
        f"{counted(facts.size('partnerships'), words.partnership, words.partnerships)} in "
        f"{counted(facts.size('areas'), words.area, words.areas)}, were coded by "
        f"{counted(facts.coder_count, 'coder', 'coders')}{tools} with the {len(book.factors)} factors of "
        f"*{book.title}*, which gave {counted(facts.size('codings'), 'coding', 'codings')}. {scoring_words(facts)} "
        f"{outcome_words(facts)} {analysis_words(facts)} For Qualitative Comparative Analysis a row of the truth table "
        f"is sufficient from a consistency of {study.qca.consistency_cut:g} and a PRI of {study.qca.pri_cut:g}."
        f"{frozen} Random draws use the seed {study.seed}; {versions_words()}.{simulated}"
    )


def availability_statement(facts: Facts) -> str:
    """Return a statement on the availability of data and code."""
    study = facts.study
    licences = f" under {listed(facts.licences)}" if facts.licences else ""
    if study.simulated:
        data = f"All data are simulated; the raw files and the program that makes them are available{licences}."
    else:
        data = (
            "Transcripts and coded excerpts can't be shared, since they could identify the people who spoke. Tidy "
            f"tables without excerpts and all result tables are available{licences}, with counts of people below "
            f"{study.disclosure.min_cell} withheld and {study.words.areas} {study.disclosure.areas}. *Where they are "
            "deposited is for the authors to say.*"
        )
    return (
        f"{data} The code is available under the MIT licence, with a lock file of every package; one command makes "
        "every figure and table again from the raw files."
    )
