"""Answers that a study's own settings, tables and results give to the items of reporting guidelines."""

from __future__ import annotations

from collections.abc import Callable

from analysis.report.checklists import qca_answers
from analysis.report.checklists.accounts import (
    agreement_words,
    analysis_words,
    outcome_words,
    period_words,
    scoring_words,
    versions_words,
)
from analysis.report.checklists.facts import Facts, counted, listed

Answer = Callable[[Facts], str | None]


def orientation(facts: Facts) -> str:
    """Say that codes were given beforehand."""
    book = facts.study.primary
    return f"Coding by a framework given beforehand: {book.title} ({counted(len(book.factors), 'factor', 'factors')})."


def sample_size(facts: Facts) -> str:
    """Say how many interviews, partnerships and areas there are."""
    words = facts.study.words
    return (
        f"{counted(facts.size('interviews'), words.interview, words.interviews)} about "
        f"{counted(facts.size('partnerships'), words.partnership, words.partnerships)} in "
        f"{counted(facts.size('areas'), words.area, words.areas)} (page Data)."
    )


def sample_description(facts: Facts) -> str | None:
    """Say which sectors informants come from; numbers are on page 01, as far as they may be shown."""
    sectors = sorted(facts.tables["interviews"]["sector"].dropna().astype(str).unique())
    return f"Informants by {facts.study.words.area} and sector ({listed(sectors)}) on page Data." if sectors else None


def interview_length(facts: Facts) -> str | None:
    """Say how many words an interview has in the middle."""
    words = facts.tables["interviews"]["words"].dropna()
    if words.empty:
        return None
    low, high = words.quantile(0.25), words.quantile(0.75)
    return f"Half of the transcripts have {low:,.0f} to {high:,.0f} words; minutes are for the authors."


def saturation(facts: Facts) -> str | None:
    """Say how many codes the last tenth of the interviews brought."""
    curve = facts.result("saturation")
    if curve is None:
        return None
    last = max(len(curve) // 10, 1)
    brought = counted(int(curve["new"].tail(last).sum()), "code", "codes")
    brought = "no code" if brought.startswith("0 ") else brought
    return f"The last {last} of {len(curve)} interviews brought {brought} not seen before (page Patterns)."


def sampling(facts: Facts) -> str | None:
    """Say when there were enough informants; how they were chosen no file tells."""
    enough = saturation(facts)
    return enough and f"{enough} How informants were chosen is for the authors."


def coders(facts: Facts) -> str:
    """Say how many people coded, and how much twice."""
    whole = facts.result("overview")
    share = None if whole is None else whole["double_coded"].iloc[-1]
    twice = "" if share is None or share != share else f"; {share:.0%} of the interviews were coded by two or more"
    return f"{counted(facts.coder_count, 'person', 'people')} coded{twice}. Who they are is for the authors."


def codebook(facts: Facts) -> str:
    """Say where the codebook is."""
    book = facts.study.primary
    groups = f" in {len(book.groups)} groups" if book.groups else ""
    others = [facts.study.codebooks[key].title for key in facts.study.codebooks if key != book.key]
    beside = f"; beside it {listed(others)}" if others else ""
    return f"{book.title}: {len(book.factors)} factors{groups}{beside}. Definitions: frameworks/."


def software(facts: Facts) -> str:
    """Name the coding tools and this workbench."""
    tools = f"Coded in {listed(facts.tools)}; " if facts.tools else ""
    return f"{tools}analysed in the Transforming Together Workbench ({versions_words()})."


def quotations(facts: Facts) -> str:
    """Say which quotations are shown."""
    if facts.study.disclosure.quotes == "none" or not facts.n_quotations:
        return "No quotation is shown: none is approved for leaving the study. Any in the article are for the authors."
    return (
        f"{counted(facts.n_quotations, 'quotation', 'quotations')} approved, each with either role or area, never both."
    )


def agreement(facts: Facts) -> str | None:
    """Say how far coders agree."""
    said = agreement_words(facts)
    return f"{said[:-1]} (page Agreement); agreement of findings over methods on page Findings." if said else None


def major_themes(facts: Facts) -> str | None:
    """Say how the evidence on the factors is graded."""
    display = facts.result("joint_display")
    if display is None:
        return None
    grades = display["grade"].value_counts(sort=False)
    told = listed([f"{number} {grade}" for grade, number in grades.items()])
    return f"Every factor in the joint display, graded by a stated rule: {told} (page Findings)."


def title(facts: Facts) -> str:
    """Give the study's title."""
    return f"{facts.study.title}. The title of the article is for the authors."


def question(facts: Facts) -> str | None:
    """Give the study's description and what is confirmatory."""
    study = facts.study
    tested = counted(len(study.plan.hypotheses), "confirmatory hypothesis", "confirmatory hypotheses")
    return f"{study.description.strip()} {tested} (page Findings)." if study.description else None


def setting(facts: Facts) -> str | None:
    """Name the areas where they may be named."""
    frame = facts.tables["areas"]
    if facts.study.disclosure.areas == "pseudonymised":
        return f"{len(frame)} {facts.study.words.areas}, not named. More of the setting is for the authors."
    return f"{listed(frame['name'].astype(str).tolist())}. More of the setting is for the authors."


def anonymity(facts: Facts) -> str:
    """Say how persons are protected."""
    policy = facts.study.disclosure
    return (
        "Texts searched for personal data before anything is read; interviews and coders under keyed pseudonyms; "
        f"areas {policy.areas}; counts of people below {policy.min_cell} withheld with whatever would give them away; "
        "everything published is searched."
    )


def ethics(facts: Facts) -> str:
    """Say how persons are protected, and that consent is the authors' to tell."""
    return f"{anonymity(facts)} Ethical review and consent are for the authors."


def period(facts: Facts) -> str | None:
    """Say when the interviews took place."""
    months = facts.months
    return f"Interviews {period_words(months)}. How they were held is for the authors." if months else None


def instruments(facts: Facts) -> str:
    """Say what was rated and coded by."""
    return f"{codebook(facts)} {outcome_words(facts)} The interview guide is for the authors."


def limits(facts: Facts) -> str:
    """Say where the limits of the design are told of."""
    words = facts.study.words
    areas = counted(facts.size("areas"), words.area, words.areas)
    units = counted(facts.size("partnerships"), words.partnership, words.partnerships)
    return (
        f"{areas} and {units} bound what can be told: power on page Associations, omitted causes, shared informants "
        f"and single {words.areas} on page Robustness."
    )


def joint_display(facts: Facts) -> str | None:
    """Say where the joint display is."""
    found = facts.result("joint_display")
    return (
        None if found is None else f"Joint display of {len(found)} factors over all lines of evidence (page Findings)."
    )


def divergence(facts: Facts) -> str | None:
    """Count factors with lines of evidence that contradict the primary estimate, and that support it."""
    found = facts.result("joint_display")
    if found is None:
        return None
    against, by = (found[column].astype(str).str.strip().ne("") for column in ("contradicts", "supports"))
    return (
        f"Factors for which a line of evidence contradicts the primary estimate: {int(against.sum())} of {len(found)}; "
        f"for which one supports it: {int(by.sum())}; for which there is both: {int((against & by).sum())} (page "
        "Findings)."
    )


def top_data(facts: Facts) -> str:
    """Say what data are given."""
    if facts.study.simulated:
        return "Level 2, available: all data are simulated and in the repository with the program that makes them."
    return (
        "Level 1, stated: tidy tables without excerpts and all result tables go with the bundle for reviewers. Level 2 "
        "takes a trusted repository that holds them; where they are deposited is for the authors."
    )


def top_plan(facts: Facts) -> str:
    """Say whether the plan was frozen."""
    plan = facts.study.plan
    if plan.frozen is None:
        return "The plan is written in study.yml but was not frozen. A registry entry is for the authors."
    frozen = plan.frozen
    since = "no change since" if plan.sha256 == frozen.sha256 else "changed since, as page Findings tells"
    return f"Frozen on {frozen.on} by the {frozen.by} with hash {frozen.sha256[:12]}; {since}."


#: What holds for every study that this workbench reports on.
STATED = {
    "minor_themes": "Codes of every frequency on page Patterns; partnerships that decide a result on page Robustness, "
    "cases that contradict a solution on page Configurations. Their interpretation is for the authors.",
    "mixed_design": "Convergent with data transformation: coded interviews become factor scores, set beside ratings of "
    "outcomes and set-theoretic analysis of the same partnerships, and joined factor by factor.",
    "top_citation": "CITATION.cff for the code; the ledger of raw files names producer, licence and date of the data.",
    "top_code": "Level 2, available: all code, a lock file of every package and the seed; one command makes the report "
    "again, and the bundle for reviewers holds what its results take. Level 3 takes somebody else who made them again.",
    "top_materials": "Codebooks in frameworks/. Interview guide and consent forms are for the authors.",
    "top_reporting": "The checklists on this page.",
}
#: Name of an answer, as in items.yml, to what gives it.
ANSWERS: dict[str, Answer] = {
    function.__name__: function
    for function in (
        orientation, sample_size, sample_description, interview_length, saturation, coders, codebook, software,
        quotations, agreement, major_themes, title, question, setting, anonymity, ethics, sampling, period,
        instruments, limits, joint_display, divergence, top_data, top_plan,
    )
}  # fmt: skip
ANSWERS |= {
    "analysis": analysis_words,
    "outcomes": outcome_words,
    "scoring": scoring_words,
    "versions": lambda _: f"Transforming Together Workbench, {versions_words()}.",
    **{name: lambda _, said=said: said for name, said in STATED.items()},  # type: ignore[misc]
    **qca_answers.ANSWERS,
}
