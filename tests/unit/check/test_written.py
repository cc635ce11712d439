"""Answers to learn that are missing, copied, unfinished or contradicting are found; labels are no matter."""

import json
from collections.abc import Sequence

import pytest

from pipeline.check.duplicates import find_exact_duplicates, find_near_duplicates, find_test_copies
from pipeline.check.find import find
from pipeline.check.finding import Severity
from pipeline.check.groups import find_groups
from pipeline.check.material import Material
from pipeline.check.personal import find_personal_data
from pipeline.check.written import (
    find_echoes,
    find_empty_answers,
    find_long_rows,
    find_repeated_questions,
    find_unfinished_answers,
    find_unread_conversations,
)
from pipeline.data.new_view import make_view
from pipeline.data.split import Terms, make_split_of_answers
from pipeline.settings import Workspace
from tests.unit.check.checked import after, bring, different_texts, the_finding

ASKED = different_texts(40)
ANSWERS = [f"This is what one says to number {number}, and it takes a sentence of some length." for number in range(40)]


def written(
    asked: Sequence[str] = ASKED,
    answers: Sequence[str] = ANSWERS,
    about: Sequence[str] | None = None,
    **more: Sequence[str],
) -> Material:
    """Instructions, what they are about, and answers."""
    cells = {"instruction": asked, "input": [""] * len(asked) if about is None else about, "output": answers, **more}
    return Material(make_view(bring(cells), ["instruction", "input"], "output", written=True))


def talks(cells: Sequence[str]) -> Material:
    """Conversations of one column."""
    return Material(make_view(bring({"messages": cells}), ["messages"], "messages", written=True, dialogue=True))


def talk(*said: str) -> str:
    """A conversation that a user begins."""
    roles = ("user", "assistant") * len(said)
    return json.dumps([{"role": role, "content": text} for role, text in zip(roles, said, strict=False)])


def changed(texts: Sequence[str], *cells: tuple[int, str]) -> list[str]:
    """The texts with other ones in some places."""
    now = list(texts)
    for place, text in cells:
        now[place] = text
    return now


def test_what_was_asked_and_what_is_answered_are_read_as_training_reads_them(home: Workspace) -> None:
    material = written(["Answer.", "Answer."], ["yes", " no "], about=["my card?", ""])
    assert (material.texts, material.labels) == (["Answer.\nmy card?", "Answer."], ["yes", "no"])
    assert material.whole == ["Answer.\nmy card?\nyes", "Answer.\nno"]
    several = talks([talk("Hello", "Hi", "My card?", "Blocked."), talk("Hello"), "broken"])
    assert several.texts == ["Hello\nHi\nMy card?", "Hello", ""]
    assert several.labels == ["Blocked.", "", ""]
    assert several.labelled == [0]


def test_a_file_of_good_answers_has_nothing_to_look_at(home: Workspace) -> None:
    assert find(written()) == ()
    assert find(talks([talk(asked, answer) for asked, answer in zip(ASKED, ANSWERS, strict=True)])) == ()


def test_few_answers_that_come_back_often_are_no_labels(home: Workspace) -> None:
    kinds = {found.kind for found in find(written(answers=["Yes, it is."] * 38 + ["no", "NO"]))}
    assert not kinds & {"imbalance", "rare_classes", "label_variants"}


def test_rows_without_an_answer_are_said_and_left_alone(home: Workspace) -> None:
    finding = the_finding(find_empty_answers, written(answers=changed(ANSWERS, (3, " "), (5, ""))))
    assert (finding.rows, finding.severity, finding.remedies) == (2, Severity.NOTE, ())
    assert finding.examples[0].text == ASKED[3].strip()
    assert not list(find_empty_answers(written(changed(ASKED, (3, "")), changed(ANSWERS, (3, "")))))
    assert the_finding(find_empty_answers, talks([talk("Hello", "Hi"), talk("Hello", "Hi", "And now?")])).rows == 1


def test_cells_that_are_no_conversation_are_told_with_how_one_looks(home: Workspace) -> None:
    good = [talk(asked, answer) for asked, answer in zip(ASKED, ANSWERS, strict=True)]
    finding = the_finding(find_unread_conversations, talks([*good[:30], "Hello!", "", '[{"role": "user"}]']))
    assert (finding.rows, finding.severity) == (2, Severity.WARNING)
    assert [example.text for example in finding.examples] == ["Hello!", '[{"role": "user"}]']
    assert the_finding(find_unread_conversations, talks([*good, "Hello!"])).severity is Severity.NOTE
    assert not list(find_unread_conversations(written(about=["Hello!"] * 40)))


def test_of_several_answers_to_one_question_the_first_can_be_kept(home: Workspace) -> None:
    material = written(
        changed(ASKED, (2, ASKED[0]), (3, ASKED[0].upper()), (4, ASKED[0])), changed(ANSWERS, (3, ANSWERS[0]))
    )
    finding = the_finding(find_repeated_questions, material)
    assert (finding.rows, dict(finding.values)["texts"], finding.severity) == (4, "1", Severity.NOTE)
    left = after(material, finding)
    assert left.labelled == [0, 1, 3, *range(5, 40)]  # the third is no other answer but a duplicate
    assert not list(find_repeated_questions(left))


def test_a_question_and_its_input_are_one(home: Workspace) -> None:
    same = ["Translate this."] * 40
    assert not list(find_repeated_questions(written(same, about=ASKED)))
    assert the_finding(find_repeated_questions, written(same, about=changed(ASKED, (1, ASKED[0])))).rows == 2


def test_duplicates_and_near_duplicates_speak_of_answers(home: Workspace) -> None:
    material = written(changed(ASKED, (1, ASKED[0])), changed(ANSWERS, (1, ANSWERS[0])))
    exact = the_finding(find_exact_duplicates, material)
    assert exact.rows == 1 and "answer" in exact.message
    long = "The printer on the second floor does not answer since this morning, please send somebody, room {n}, thanks"
    near = written(changed(ASKED, (0, long.format(n=1)), (1, long.format(n=2))), changed(ANSWERS, (1, ANSWERS[0])))
    assert "answer" in the_finding(find_near_duplicates, near).message
    other = written(changed(ASKED, (0, long.format(n=1)), (1, long.format(n=2))))
    assert not list(find_near_duplicates(other))


@pytest.mark.parametrize("seen", [1, 8])
def test_test_rows_that_are_learned_by_heart_are_found_by_what_is_asked(home: Workspace, seen: int) -> None:
    material = written()
    view = material.view
    test = {"instruction": [*ASKED[:seen], *different_texts(90)[80:]], "input": [""] * (seen + 10)}
    brought = bring({**test, "output": ["Another answer."] * (seen + 10)}, "test.parquet")
    terms = Terms(test_source=brought, test_rows=range(seen + 10), test_texts=test["instruction"])
    split = make_split_of_answers(view.source, material.texts, material.labels, terms)
    finding = the_finding(find_test_copies, Material(view, split))
    assert finding.rows == seen
    assert dict(finding.values)["seen"] == str(seen)
    assert not list(find_test_copies(after(Material(view, split), finding)))


def test_rows_that_are_far_longer_than_the_others_are_shown_longest_first(home: Workspace) -> None:
    material = written(answers=changed(ANSWERS, (3, "word. " * 500), (7, "word. " * 900)))
    finding = the_finding(find_long_rows, material)
    assert (finding.rows, finding.examples[0].rows) == (2, (7,))
    assert not list(find_long_rows(after(material, finding)))
    assert not list(find_long_rows(written(answers=["word. " * 500] * 40)))


@pytest.mark.parametrize("echo", ["Correct this.", " I has a mistake", "Correct this.\n\nI has a mistake"])
def test_an_answer_that_says_the_question_or_its_input_again_is_an_echo(home: Workspace, echo: str) -> None:
    asked, about = changed(ASKED, (3, "Correct this.")), changed([""] * 40, (3, "I has a mistake"))
    material = written(asked, changed(ANSWERS, (3, echo)), about)
    finding = the_finding(find_echoes, material)
    assert (finding.rows, finding.severity) == (1, Severity.NOTE)
    assert not list(find_echoes(after(material, finding)))
    for answer in ("I have a mistake", "I Has A Mistake", "I has\na mistake"):
        assert not list(find_echoes(written(asked, changed(ANSWERS, (3, answer)), about)))


def test_many_echoes_are_worth_fixing(home: Workspace) -> None:
    assert the_finding(find_echoes, written(answers=[*ASKED[:4], *ANSWERS[4:]])).severity is Severity.WARNING


@pytest.mark.parametrize(
    ("answer", "unfinished"),
    [
        ("This answer is long enough to be one that goes on, and it stops in the mid", True),
        ("这个回答足够长，本来应该继续往下写，结果写到一半就没有了，因为单元格被截断了而且后面的", True),
        ("This answer is long enough to be one that goes on, and it ends with a comma,", True),
        ("This answer is long enough to be one that goes on, and it ends with a smile 🙂", False),
        ("这个回答足够长，结尾也有标点，所以它是完整的，没有什么需要再检查的地方了。", False),
        ("This one ends with a list of what to bring to the office tomorrow:\n- a pen\n- a sheet of paper", False),
        (
            "These are the sights that one should see while one is in town:\n1. The old bridge with its two towers",
            False,
        ),
        ("These are the sights that one should see while one is in town:\n1. The old bridge,", True),
        ("The mean is what one gets by adding and dividing: (5 + 8 + 10 + 12) / 4 = 35 / 4 = 8.75", False),
        ("Nothing is as good as a puppy that waits for you at the door every evening #PuppyLove", False),
        ('"Everything should be made as simple as possible, but no simpler, he said once" - A. Einstein', False),
        ("It is said to be as simple as possible and still it is a really well-known", True),
        ("It is short", False),
    ],
)
def test_a_long_answer_without_an_end_stands_out_where_the_others_have_one(
    home: Workspace, answer: str, unfinished: bool
) -> None:
    assert bool(list(find_unfinished_answers(written(answers=changed(ANSWERS, (3, answer)))))) == unfinished


def test_where_many_answers_have_no_end_that_is_how_they_are_written(home: Workspace) -> None:
    without = [answer.rstrip(".") for answer in ANSWERS[:5]]
    assert not list(find_unfinished_answers(written(answers=[*without, *ANSWERS[5:]])))
    assert the_finding(find_unfinished_answers, written(answers=[*without[:4], *ANSWERS[4:]])).rows == 4


def test_personal_data_in_an_answer_is_found_and_masked(home: Workspace) -> None:
    material = written(answers=changed(ANSWERS, (3, "Write to a.b@example.com, please, and wait for an answer.")))
    finding = the_finding(find_personal_data, material)
    assert finding.rows == 1
    masked = after(material, finding)
    assert not list(find_personal_data(masked))
    assert "[email]" in masked.whole[3]


def test_groups_are_found_by_texts_alone(home: Workspace) -> None:
    customers = [f"C{number // 4}" for number in range(40)]
    assert not list(find_groups(written(customer=customers)))
    alike = [f"{ASKED[number // 4]} {ASKED[-1 - number // 4]}" + "!" * (number % 4) for number in range(40)]
    finding = the_finding(find_groups, written(alike, customer=customers))
    assert dict(finding.values)["column"] == "customer"
    assert finding.examples[0].note == ""
