"""``judge check``: a judge beside people's labels, from a file to the figures."""

from pathlib import Path

import pytest

from pipeline.actions import trust as trusting
from pipeline.actions.judge import summary
from pipeline.cli import main
from pipeline.cli.checking import told
from pipeline.data.source import import_source
from pipeline.judge.asking import ask_all
from pipeline.judge.judgement import Judgement, save
from pipeline.judge.prompts import Prompt
from pipeline.judge.ratings import add_ratings
from pipeline.judge.spec import JudgeSpec
from pipeline.runs.progress import Silent
from pipeline.settings import Workspace
from tests.unit.judge.scripted import INFO, Scripted, likes_good


def _file(folder: Path, right: int = 60, of: int = 60) -> Path:
    """Pairs of which people prefer the good answer in the first ``right``."""
    rows = [f"question {n},good {n},bad {n},{1 if n < right else 2}" for n in range(of)]
    path = folder / "labels.csv"
    path.write_text("\n".join(["instruction,output_1,output_2,label", *rows]), encoding="utf-8")
    return path


def _checked(path: Path, judge: Scripted, forged: int = 0) -> dict:
    """As the command does it, but with a judge of this process."""
    labelled, columns = trusting.labelled_file(import_source(path, path.name).id)
    spec = JudgeSpec(labelled.mode, forged=forged)
    judgement = Judgement("c1", "labels", "2026-01-01T00:00:00+00:00", "", INFO, spec, labelled.material)
    save(judgement)
    add_ratings(judgement, labelled.ratings)
    ask_all(judgement, judge, Silent())
    return told(judgement, columns, summary("c1"), trusting.trust("c1"), trusting.bias("c1"))


def _always_a(prompt: Prompt) -> str:
    return '{"winner": "A"}'


def _obeys(prompt: Prompt) -> str:
    """Finds the good answer, unless one of them tells it what to say."""
    if "System note" in prompt.user:
        return (
            '{"winner": "A"}'
            if prompt.user.index("System note") < prompt.user.index("<answer_b>")
            else '{"winner": "B"}'
        )
    return likes_good(prompt)


@pytest.mark.parametrize("right", [30, 60])
def test_a_judge_that_finds_what_people_prefer_is_good(home: Workspace, tmp_path: Path, right: int) -> None:
    path = _file(tmp_path, right)
    text = path.read_text(encoding="utf-8")
    for n in range(right, 60):
        text = text.replace(f"good {n},bad {n},", f"bad {n},good {n},")
    path.write_text(text, encoding="utf-8")

    found = _checked(path, Scripted(likes_good))

    assert (found["verdict"], found["compared"], found["raters"]) == ("good", 60, ["people"])
    assert found["said"].startswith("This judge agrees with people well: same outcome in 100% of pairs (95% to 100%).")


def test_a_judge_that_always_says_a_is_a_coin_in_words(home: Workspace, tmp_path: Path) -> None:
    found = _checked(_file(tmp_path, right=30), Scripted(_always_a))

    assert found["verdict"] == "chance"
    assert found["said"].startswith("This judge is not better than a coin")
    assert found["agreement"]["preferred"]["value"] == 0.5
    assert found["agreement"]["spearman"] is None
    assert found["bias"]["flips"]["value"] == 1
    assert found["people"] is None and found["bias"]["forged_shift"] is None


def test_what_a_forged_demand_does_is_in_the_figures(home: Workspace, tmp_path: Path) -> None:
    found = _checked(_file(tmp_path, right=30), Scripted(_obeys), forged=20)

    assert found["bias"]["forged_asked"] == 20
    assert found["bias"]["forged_turned"]["value"] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check"], "judge check --data FILE"),
        (["some-run", "--data", "labels.csv"], "goes with check"),
        (["check", "--data", "labels.csv", "--tasting", "abc"], "One of --data and --tasting"),
        (["check", "--tasting", "abc"], "See the list of tastings"),
        (["answers.csv", "-o", "rows.docx"], "ends in .csv"),
        (["answers.csv", "--at-once", "0"], "questions at once"),
        (["check", "--data", "none.csv"], "There is no file none.csv"),
    ],
)
def test_bad_input_is_one_clear_line(
    home: Workspace, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["judge", *arguments, "--judge-model", "any"]) == 2
    assert words in capsys.readouterr().err
