"""What is taken away holds everything that was said, and nothing that acts."""

import csv
import dataclasses
import io
import json
from html.parser import HTMLParser

from pipeline.judge.asking import ask_all
from pipeline.judge.export import Bar, Part, Section, Telling, as_csv, as_html
from pipeline.judge.judgement import Judgement, read_verdicts
from pipeline.judge.material import Material
from pipeline.judge.rubric import Criterion, Rubric
from pipeline.judge.side_by_side import JudgedRow, judged_rows
from pipeline.judge.spec import JudgeSpec
from pipeline.judge.summary import summarise
from pipeline.runs.progress import Silent
from pipeline.settings import Workspace
from tests.unit.judge.scripted import Scripted, judgement, likes_good, material

HOSTILE = '</div><script>alert(1)</script><img src="http://evil.example/a.png">'


def judged(spec: JudgeSpec, of: Material, say: object = likes_good) -> tuple[Judgement, tuple[JudgedRow, ...]]:
    """A judgement with all its rows."""
    made = judgement(spec, of)
    ask_all(made, Scripted(say), Silent())  # type: ignore[arg-type]
    verdicts = read_verdicts(made.id)
    return made, judged_rows(made, verdicts, summarise(made, verdicts))


def table(made: Judgement, rows: tuple[JudgedRow, ...]) -> list[dict[str, str]]:
    """The CSV file, as somebody reads it who opens it."""
    content = as_csv(made, rows, "en").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def test_a_line_of_the_table_is_a_prompt_with_both_answers_and_what_was_said_of_them(home: Workspace) -> None:
    first, *others = table(*judged(JudgeSpec("score100", forged=1), material(3)))
    assert len(others) == 2
    assert first == {
        "Row": "1",
        "Asked": "question 0",
        "Right answer": "right 0",
        "Answer: base": "bad 0",
        "Score: base": "20",
        "Reason: base": "as it is",
        "Answer: tuned": "good 0",
        "Score: tuned": "80",
        "Reason: tuned": "as it is",
        "Why there is no verdict": "",
    }


def test_pairs_say_who_won_or_that_the_orders_disagree(home: Workspace) -> None:
    (won,) = table(*judged(JudgeSpec("pairwise"), material(1)))
    assert won["Better answer"] == "tuned"
    assert won["Reason"] == "base: it is good\ntuned: it is good"
    biased = json.dumps({"winner": "A", "reason": "it came first"})
    (tied,) = table(*judged(JudgeSpec("pairwise", reasons=False), material(1), lambda prompt: biased))
    assert tied["Better answer"] == "tie"


def test_what_has_no_score_is_blank_and_says_why(home: Workspace) -> None:
    (row,) = table(*judged(JudgeSpec("score100"), material(1, contestants=1), lambda prompt: "I cannot tell."))
    assert (row["Score: tuned"], row["Why there is no verdict"]) == ("", "unreadable")


def test_criteria_stand_in_the_reason_each_with_its_score(home: Workspace) -> None:
    rubric = Rubric("en", (Criterion("kind", "Is it kind?"), Criterion("brief", "Is it brief?")))
    say = json.dumps({"score": 4, "reason": "well put"})
    (row,) = table(*judged(JudgeSpec("rubric", rubric), material(1, contestants=1), lambda prompt: say))
    assert row["Score: tuned"] == "4"
    assert row["Reason: tuned"] == "kind 4: well put\nbrief 4: well put"


def test_no_cell_is_taken_for_a_formula(home: Workspace) -> None:
    of = material(1, contestants=1)
    items = (dataclasses.replace(of.items[0], asked="@SUM(1)", reference="-2", answers=('=HYPERLINK("x")',)),)
    who = (dataclasses.replace(of.contestants[0], name="tuned"),)
    say = json.dumps({"score": 50, "reason": "+1"})
    (row,) = table(*judged(JudgeSpec("score100"), Material(who, items), lambda prompt: say))
    texts = [row[name] for name in ("Asked", "Right answer", "Answer: tuned", "Reason: tuned")]
    assert texts == ["'@SUM(1)", "'-2", '\'=HYPERLINK("x")', "'+1"]


def test_rows_are_found_by_the_words_of_a_reason(home: Workspace) -> None:
    _, rows = judged(JudgeSpec("score100"), material(2))
    assert [row.row for row in rows if row.mentions("AS IT IS")] == [0, 1]
    assert [row.row for row in rows if row.mentions("good 1")] == [1]
    assert [row.gain for row in rows] == [60.0, 60.0]


class Tags(HTMLParser):
    """Which elements a page has, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Keep its name."""
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        """Keep it."""
        self.text += data


def test_hostile_words_stay_words_wherever_they_stand() -> None:
    telling = Telling(
        *("en", HOSTILE, HOSTILE, HOSTILE, HOSTILE, ((HOSTILE, HOSTILE),)),
        (Section(HOSTILE, (Bar(HOSTILE, HOSTILE, 0.5, 0.4, 0.6),), HOSTILE),),
        HOSTILE,
        ((HOSTILE, (Part(HOSTILE, HOSTILE, HOSTILE), Part(HOSTILE, HOSTILE))),),
        HOSTILE,
    )
    page = as_html(telling)
    found = Tags(page)
    assert not found.tags & {"script", "img", "a", "iframe", "link"}
    assert found.text.count(HOSTILE) == 19
    assert "default-src &#x27;none&#x27;; style-src &#x27;unsafe-inline&#x27;" in page


def test_the_answer_comes_first_and_bars_end_where_the_scale_does() -> None:
    bars = (Bar("tuned", "71.3", 0.713, 0.6, 1.2), Bar("base", "0", -0.1, -0.2, 0.1, ours=False))
    page = as_html(Telling("zh-CN", "答案", "", "", "", (), (Section("s", bars),), "rows", (), "foot"))
    assert page.index("<h1>答案</h1>") < page.index('width="71.30"')
    assert 'x="60.00" width="40.00"' in page and 'width="0.00" height="10" fill="var(--other)"' in page
    assert '<html lang="zh-CN">' in page
