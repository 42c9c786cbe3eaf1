"""`review`: the framework as a review tool for those who are in a partnership."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.commands.common import add_run_options, make_report, open_study, say, study_folder, tell_errors

if TYPE_CHECKING:
    from analysis.framework import Framework
    from analysis.study import Study

REVIEW, SELF_ASSESSMENT = "partnership_review", "self_assessment"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_run_options(parser)
    parser.add_argument("--partnership", default="", metavar="KEY", help="one partnership (default: every one)")
    parser.add_argument("--form", type=Path, metavar="OUT.xlsx", help="write the questionnaire of a framework")
    parser.add_argument(
        "--answers", type=Path, nargs="+", metavar="FILE", help="filled forms, tables of answers, or folders of them"
    )
    parser.add_argument("--framework", default="", metavar="KEY", help="of form and answers (default: the study's own)")
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="COLUMN", help="a column of the answers to leave unread"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write a form, or make the pages that were asked for and say where they lie."""
    if arguments.form and arguments.answers:
        from analysis.errors import AnalysisError

        raise AnalysisError("--form and --answers can't be given together", fix="write the form first; read it later")
    if arguments.form:
        return _write_form(arguments)
    if arguments.answers:
        pages = _keep_answers(arguments)
        return max(_make(arguments, page) for page in pages)
    return _review_one(arguments) if arguments.partnership else _make(arguments, REVIEW)


def _review_one(arguments: argparse.Namespace) -> int:
    """Review the partnership that was named, by its key or by its name."""
    from analysis.errors import NotebookError, StudyError
    from analysis.report.notebooks import members

    page = f"{REVIEW}-{arguments.partnership}"
    try:
        return _make(arguments, page)
    except NotebookError as error:
        if error.value != page:
            raise
        known = members(open_study(arguments), "partnership")
        named = [key for key, name in known if name.casefold() == arguments.partnership.casefold()]
        if len(named) == 1:
            return _make(arguments, f"{REVIEW}-{named[0]}")
        raise StudyError(
            f"there is no partnership {arguments.partnership!r}",
            allowed=[key for key, _ in known],
            value=arguments.partnership,
            fix="give a partnership's key or its name as the study has them",
        ) from error


def _make(arguments: argparse.Namespace, page: str) -> int:
    outcome = make_report(argparse.Namespace(**vars(arguments), only=page, set=[]))
    code = tell_errors(outcome)
    told = {"done": "made", "unchanged": "unchanged", "would run": "would be made"}
    for name, what in outcome.steps.items():
        if name.startswith(page) and what in told:
            say(f"{told[what]}: {study_folder(arguments) / 'reports' / 'pages' / f'{name}.html'}")
    return code


def _write_form(arguments: argparse.Namespace) -> int:
    from analysis.review import form

    study = open_study(arguments)
    framework = _framework(study, arguments.framework)
    offered = _offered(study)
    data = form(framework, partnership=arguments.partnership, roles=offered["role"], sectors=offered["sector"])
    arguments.form.parent.mkdir(parents=True, exist_ok=True)
    arguments.form.write_bytes(data)
    say(f"wrote {arguments.form}: {len(framework.factors)} statements of {framework.title}")
    say(f"filled forms: python -m analysis review --answers FILES --framework {framework.key}")
    return 0


def _keep_answers(arguments: argparse.Namespace) -> list[str]:
    from analysis.report.answers import keep_answers
    from analysis.review import read_answers

    study = open_study(arguments)
    framework = _framework(study, arguments.framework)
    named = {"partnership": arguments.partnership} if arguments.partnership else {}
    found = read_answers(arguments.answers, framework, ignore=arguments.ignore, **named)
    say(found.summary)
    return [f"{SELF_ASSESSMENT}-{key}" for key in keep_answers(study, found.table)]


def _framework(study: Study, key: str) -> Framework:
    from analysis.errors import StudyError
    from analysis.framework import load_frameworks

    frameworks = load_frameworks(study.root / "frameworks")
    chosen = key or study.framework
    if chosen not in frameworks:
        raise StudyError(f"there is no framework {chosen!r}", allowed=tuple(frameworks), value=chosen)
    return frameworks[chosen]


def _offered(study: Study) -> dict[str, list[str]]:
    """Return roles and sectors of the study's informants, where its raw files have been read."""
    import pandas as pd

    path = study.processed / "interviews.parquet"
    if not path.is_file():
        return {"role": [], "sector": []}
    people = pd.read_parquet(path, columns=["role", "sector"])
    return {column: sorted(people[column].dropna().unique()) for column in people.columns}
