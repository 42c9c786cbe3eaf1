"""The methods paragraph and the statement on availability of data, from what a study declares."""

from __future__ import annotations

import platform
from importlib.metadata import version

from analysis.report.checklists.facts import Facts, counted, listed
from analysis.settings import OVERALL

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
    "missing": "a factor never touched there is missing",
    "zero": "a factor never touched there counts as zero",
}
#: In English whatever the machine's language.
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
#: Below this, Krippendorff (2004, Content Analysis, 2nd ed., p. 241) draws no conclusions, not even tentative ones.
RELIABLE = 0.667
_PACKAGES = ("numpy", "pandas", "scipy", "statsmodels")


def scoring_words(facts: Facts) -> str:
    """Say how codings became scores."""
    rule, words = facts.study.scores, facts.study.words
    joined = f", {_CODERS[rule.coders]}" if facts.coder_count > 1 else ""
    return (
        f"A factor's score in one {words.interview} is {_RULES[rule.rule]}{joined}; "
        f"{_ABSENT[rule.absent]}. A {words.partnership}'s score is the mean over its {words.interviews}."
    )


def outcome_words(facts: Facts) -> str:
    """Say how outcomes were rated."""
    outcomes = facts.study.outcomes
    low, high = outcomes.scale
    facets = list(outcomes.facets.values())
    whole = facts.study.outcome_labels.get(OVERALL)
    joined = f"; {whole} is an informant's mean over these" if whole and len(facets) > 1 else ""
    rated = counted(facts.size("outcomes"), "rating", "ratings")
    return (
        f"Outcomes are rated from {low:g} to {high:g} ({rated}): {listed(facets)}{joined}. A "
        f"{facts.study.words.partnership}'s outcome is the mean over its informants."
    )


def analysis_words(facts: Facts) -> str:
    """Say how factors were tested against outcomes."""
    study = facts.study
    plan, words = study.plan, study.words
    declared = counted(len(plan.hypotheses), "confirmatory hypothesis", "confirmatory hypotheses")
    family = f"{declared} by Holm at {plan.alpha:g}, all else exploratory" if plan.hypotheses else "all exploratory"
    return (
        f"The unit is the {words.partnership}, the cluster the {words.area}. Each factor is tested against "
        f"{study.outcome_labels[plan.primary_outcome]} by a random-intercept model (restricted maximum likelihood, "
        f"Kenward-Roger) and by rearranging {words.partnerships} within {words.areas}; corrected for several tests: "
        f"{family} by Benjamini-Hochberg at {plan.exploratory_rate:g}."
    )


def coding_words(facts: Facts) -> str:
    """Say who coded what with which codebook, and what it gave."""
    study, words = facts.study, facts.study.words
    months, others = facts.months, [study.codebooks[key].title for key in study.codebooks if key != study.framework]
    when = f" held {period_words(months)}" if months else ""
    tools = f" in {listed(facts.tools)}" if facts.tools else ""
    more = counted(facts.n_codings - facts.n_own_codings, "coding", "codings")
    beside = f"; {more} with {listed([f'*{title}*' for title in others])} stand beside them" if others else ""
    gave = [
        counted(number, one, many)
        for number, one, many in (
            (facts.n_own_codings, "coding", "codings"),
            (facts.size("ratings"), "direct rating", "direct ratings"),
        )
        if number
    ]
    return (
        f"{counted(facts.size('interviews'), words.interview, words.interviews)}{when}, about "
        f"{counted(facts.size('partnerships'), words.partnership, words.partnerships)} in "
        f"{counted(facts.size('areas'), words.area, words.areas)}, were coded by "
        f"{counted(facts.coder_count, 'coder', 'coders')}{tools} with the {len(study.primary.factors)} factors of "
        f"*{study.primary.title}*, which gave {listed(gave)}"
        f"{beside}."
    )


def agreement_words(facts: Facts) -> str:
    """Say how far coders agree, and for how many factors that is too little; nothing where the page was left out."""
    found = facts.result("line_agreement")
    if found is None:
        return ""
    alpha, first = found["alpha"].dropna(), found.iloc[0]
    said = f"{first['coefficient']} ({first['kind']}) by factor is from {alpha.min():.2f} to {alpha.max():.2f}"
    low = int((alpha < RELIABLE).sum())
    return f"{said}, below {RELIABLE} for {low} of {counted(len(alpha), 'factor', 'factors')}."


def qca_words(facts: Facts) -> str:
    """Say how Qualitative Comparative Analysis was done; nothing where the page was left out."""
    if facts.result("truth_table") is None:
        return ""
    qca = facts.study.qca
    expected = counted(len(qca.expectations), "directional expectation", "directional expectations")
    shaped = expected if qca.expectations else "no expectation"
    return (
        "For Qualitative Comparative Analysis, scores become memberships by three anchors; a row of the truth table "
        f"with {counted(qca.n_cut, 'case', 'cases')} or more is sufficient from a consistency of "
        f"{qca.consistency_cut:g} and a PRI of {qca.pri_cut:g}; {shaped} shaped the "
        "intermediate solution."
    )


def versions_words() -> str:
    """Name versions of Python and of the packages that compute."""
    named = [f"{name} {version(name)}" for name in _PACKAGES]
    return f"Python {'.'.join(platform.python_version_tuple()[:2])}, {', '.join(named)}"


def period_words(months: tuple[str, str]) -> str:
    """Say from which month to which, given as `2016-02`."""
    first, last = (f"{_MONTHS[int(month[5:7]) - 1]} {month[:4]}" for month in months)
    return f"in {first}" if first == last else f"from {first} to {last}"


def methods_paragraph(facts: Facts) -> str:
    """Return a paragraph for the methods section of an article, from the run's own settings."""
    plan = facts.study.plan
    sentences = [
        coding_words(facts),
        agreement_words(facts),
        scoring_words(facts),
        outcome_words(facts),
        analysis_words(facts),
        qca_words(facts),
        f"The plan was frozen on {plan.frozen.on}." if plan.frozen else "The plan was not frozen.",
        f"Random draws use the seed {facts.study.seed}; {versions_words()}.",
        "The data are simulated." if facts.study.simulated else "",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


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
