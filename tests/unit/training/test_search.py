"""A search tries recipes, keeps the best on validation rows, stays within its budget and goes on after a kill."""

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import RunError
from pipeline.runs.answers import load_answers
from pipeline.runs.metrics_log import MetricsWriter, read_metrics
from pipeline.runs.progress import Progress, Silent
from pipeline.runs.spec import Recipe, RunSpec
from pipeline.settings import Workspace
from pipeline.training import search as searching
from pipeline.training.run import Trained
from pipeline.training.search import LOG, Found, Tried, Verdict, search
from pipeline.training.space import grid, space, values
from tests.unit.training.conftest import Witness

Make = Callable[..., RunSpec]
Carry = Callable[..., Trained]
START = Recipe(trained_layers=2, epochs=6, learning_rate=4e-4, search="space")


@dataclass
class Learner:
    """Learns the better, the closer the rate is to 8e-4; ends where it is told to."""

    dies_at: int = 99
    stops_at: int = 99
    fails_above: float = 1.0
    tried: list[Recipe] = field(default_factory=list)

    def __call__(self, recipe: Recipe, folder: Path, progress: Progress, verdict: Verdict) -> Tried:
        if len(self.tried) == self.dies_at:
            raise KeyboardInterrupt
        self.tried.append(recipe)
        if recipe.learning_rate > self.fails_above:
            raise RunError("The loss stopped being a number.")
        curve = []
        for part in (1, 2, 3, 4):
            curve.append((part / 4, part / 4 - abs(np.log(recipe.learning_rate / 8e-4)) / 9))
            if verdict(*curve[-1]):
                break
        return Tried(curve, stopped=len(self.tried) == self.stops_at)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(searching, "MOST_TRIALS", 12)
    return 12


def look(folder: Path, learner: Learner, recipe: Recipe = START, seed: int = 0) -> Found:
    folder.mkdir(exist_ok=True)
    metrics = MetricsWriter(folder)
    try:
        return search(recipe, 6, seed, folder, Silent(), metrics, learner)
    finally:
        metrics.close()


def states(folder: Path) -> list[str]:
    return [event.values["state"] for event in read_metrics(folder) if event.kind == "trial"]


def test_it_begins_with_the_preset_and_ends_with_something_better(tmp_path: Path, few: int) -> None:
    learner = Learner()
    found = look(tmp_path / "run", learner)
    assert values(learner.tried[0]) == values(START)
    assert len(learner.tried) == few
    nearest = min(learner.tried, key=lambda recipe: abs(np.log(recipe.learning_rate / 8e-4)))
    assert found.recipe == nearest != START
    assert [folder.name for folder in (tmp_path / "run" / "trials").iterdir()] == [found.folder.name]


def test_what_falls_behind_is_given_up_early(tmp_path: Path, few: int) -> None:
    look(tmp_path / "run", Learner())
    assert states(tmp_path / "run")[:3] == ["whole"] * 3
    assert "pruned" in states(tmp_path / "run")


def test_after_a_kill_it_tries_what_it_would_have_tried(tmp_path: Path, few: int) -> None:
    whole, killed, resumed = Learner(), Learner(dies_at=7), Learner()
    expected = look(tmp_path / "whole", whole)
    with pytest.raises(KeyboardInterrupt):
        look(tmp_path / "run", killed)
    with (tmp_path / "run" / LOG).open("a") as file:
        file.write('{"number": 7, "rec')  # killed while it was written
    found = look(tmp_path / "run", resumed)
    assert killed.tried + resumed.tried == whole.tried
    assert found.recipe == expected.recipe
    assert states(tmp_path / "run") == states(tmp_path / "whole")


def test_another_seed_tries_something_else(tmp_path: Path, few: int) -> None:
    first, other = Learner(), Learner()
    look(tmp_path / "first", first)
    look(tmp_path / "other", other, seed=1)
    assert first.tried != other.tried


def test_a_spent_budget_lets_the_first_trial_end_and_begins_no_other(tmp_path: Path) -> None:
    learner = Learner()
    found = look(tmp_path / "run", learner, dataclasses.replace(START, budget_minutes=1e-9))
    assert learner.tried == [found.recipe]
    assert states(tmp_path / "run") == ["whole"]


def test_a_stop_keeps_the_best_so_far(tmp_path: Path) -> None:
    found = look(tmp_path / "run", Learner(stops_at=2))
    assert found.stopped
    assert len(json.loads((tmp_path / "run" / LOG).read_text())["curve"]) == 4


def test_a_recipe_that_cannot_be_trained_is_passed_over_and_only_such_ones_fail(tmp_path: Path, few: int) -> None:
    learner = Learner(fails_above=5e-4)
    assert look(tmp_path / "some", learner).recipe.learning_rate <= 5e-4
    with pytest.raises(RunError, match="None of the settings"):
        look(tmp_path / "all", Learner(fails_above=0))


def test_the_grid_is_that_of_the_paper() -> None:
    points = grid(Recipe(search="bert"))
    assert len(set(points)) == 12
    assert {(r.batch_size, r.epochs) for r in points} == {(16, 3), (16, 4), (32, 3), (32, 4)}
    assert {r.learning_rate for r in points} == {5e-5, 3e-5, 2e-5}


@pytest.mark.parametrize("layers", [-1, 0, 2, 6])
def test_the_space_holds_the_preset(layers: int) -> None:
    recipe = dataclasses.replace(START, trained_layers=layers)
    for name, of in space(recipe, 6).items():
        value = values(recipe)[name]
        assert value in of if isinstance(of, list) else of[0] <= value <= of[1]


def test_a_real_search_leaves_a_model_as_good_as_its_best_trial(
    home: Workspace, make_spec: Make, carry_out: Carry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_TRIALS", 3)
    trained = carry_out(make_spec(search="space"), "a")
    events = read_metrics(home.runs / "a")
    best = max(event.values["score"] for event in events if event.kind == "trial")
    curve = [event.values["macro_f1"] for event in events if event.kind == "validation" and event.values["step"]]
    assert not trained.stopped
    assert max(curve) == best
    answers = load_answers(home.runs / "a", "model")
    assert (answers.predicted == answers.truth).mean() > 0.5


def test_a_real_search_that_is_killed_ends_at_the_same_model(
    home: Workspace, make_spec: Make, carry_out: Carry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_TRIALS", 2)
    carry_out(make_spec(search="space"), "whole")
    with pytest.raises(KeyboardInterrupt):
        carry_out(make_spec(search="space"), "a", Killed(after=20))
    carry_out(make_spec(search="space"), "a")
    kept = [load_answers(home.runs / name, "model").scores for name in ("whole", "a")]
    assert np.array_equal(*kept)


@dataclass
class Killed(Witness):
    """Ends a search after so many steps, all trials together."""

    after: int = 0
    said: int = 0

    def advance(self, phase: str, done: int, total: int) -> None:
        if phase == searching.SEARCHING:
            self.said += 1
            if self.said > self.after:
                raise KeyboardInterrupt
