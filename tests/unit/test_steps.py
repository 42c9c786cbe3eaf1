"""Steps run when their content asks for it, in order, and their outcomes and reasons come back in words."""

from __future__ import annotations

import pickle
import threading

import pytest

import analysis.report.jobs  # noqa: F401  (teaches pickle how groups of errors pass between processes)
from analysis.errors import DataError, GroupedError, NotebookError
from analysis.report.steps import Content, Digests, Step, build


class Chain:
    """Three steps in a row over values kept in a dictionary, and what ran."""

    def __init__(self, state):
        self.state = state
        self.values = {"raw": "1"}
        self.ran = []
        self.failing = ""

    def content(self, name):
        return Content(name=name, digest=lambda: self.values.get(name))

    def step(self, name, needs, makes, **options):
        def work():
            self.ran.append(name)
            if name == self.failing:
                raise NotebookError("it failed")
            self.values[makes] = f"{makes} of {self.values[needs]}"

        return Step(name=name, function=work, inputs=[self.content(needs)], outputs=[self.content(makes)], **options)

    def run(self, forced="", **options):
        links = [("one", "raw", "a"), ("two", "a", "b"), ("three", "b", "c")]
        steps = [self.step(*link, forced=link[0] == forced) for link in links]
        self.ran.clear()
        return build(steps, state=self.state, jobs=2, **options)


@pytest.fixture
def chain(tmp_path):
    return Chain(tmp_path / "state")


def test_steps_run_in_order_and_then_rest(chain):
    assert set(chain.run().outcomes.values()) == {"done"}
    assert chain.ran == ["one", "two", "three"]
    assert set(chain.run().outcomes.values()) == {"unchanged"}
    assert chain.ran == []


def test_a_change_runs_what_depends_on_it(chain):
    chain.run()
    chain.values["a"] = "changed by hand"
    assert chain.run().outcomes == {"one": "done", "two": "unchanged", "three": "unchanged"}
    chain.values["raw"] = "2"
    chain.run()
    assert chain.ran == ["one", "two", "three"]


def test_a_failed_step_lets_its_followers_wait_and_runs_again(chain):
    chain.failing = "two"
    built = chain.run()
    assert built.outcomes == {"one": "done", "two": "failed", "three": "waiting"}
    assert isinstance(built.errors["two"], NotebookError)
    chain.failing = ""
    assert chain.run().outcomes == {"one": "unchanged", "two": "done", "three": "done"}


def test_a_step_that_does_not_make_what_it_promises_has_failed(tmp_path):
    step = Step(name="s", function=lambda: None, inputs=[], outputs=[Content(name="o", digest=lambda: None)])
    assert build([step], state=tmp_path).outcomes == {"s": "failed"}


def test_a_forced_step_runs_once(chain):
    chain.run()
    assert chain.run(forced="two").outcomes["two"] == "done"
    assert chain.ran == ["two"]
    assert set(chain.run().outcomes.values()) == {"unchanged"}


def test_a_dry_run_runs_nothing_and_gives_reasons(chain):
    assert chain.run(dry_run=True).reasons["one"] == ("it has not run yet",)
    assert chain.ran == []
    chain.run()
    chain.values["raw"] = "2"
    del chain.values["c"]
    built = chain.run(dry_run=True)
    assert built.outcomes == {"one": "would run", "two": "would run", "three": "would run"}
    assert built.reasons["one"] == ("raw has changed",)
    assert built.reasons["two"] == ("one would run",)
    assert chain.run(forced="one", dry_run=True).reasons["one"][0] == "forced"


def test_steps_beside_each_other_run_at_the_same_time(tmp_path):
    values = {}
    meeting = threading.Barrier(2, timeout=30)  # broken unless both are there at once

    def step(name):
        def work():
            meeting.wait()
            values[name] = "there"

        output = Content(name=f"out {name}", digest=lambda: values.get(name))
        return Step(name=name, function=work, inputs=[], outputs=[output])

    assert build([step("a"), step("b")], state=tmp_path, jobs=2).outcomes == {"a": "done", "b": "done"}


def test_digests_follow_content_and_not_time(tmp_path):
    digests = Digests()
    (tmp_path / "a.py").write_text("1")
    first = digests.folder(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("cache")
    (tmp_path / ".hidden").write_text("x")
    assert digests.folder(tmp_path) == first
    (tmp_path / "a.py").write_text("1")
    assert digests.folder(tmp_path) == first
    (tmp_path / "a.py").write_text("2")
    second = digests.folder(tmp_path)
    assert second != first
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert digests.folder(tmp_path) not in (first, second)


def test_errors_pass_between_processes_whole():
    errors = [DataError("no rows", where="row 3", allowed=("a", "b"), value="c"), DataError("half a row")]
    for error in (*errors, GroupedError(errors)):
        passed = pickle.loads(pickle.dumps(error))
        assert type(passed) is type(error)
        assert str(passed) == str(error)
        assert passed.exit_code == error.exit_code
