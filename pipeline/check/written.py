"""What is the matter with answers that a model shall learn to write: missing, copied, unfinished, contradicting."""

import re
import statistics
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from pipeline.check.compose import EXAMPLES, example, excerpt, offer
from pipeline.check.finding import CheckFinding, Example, Remedy, Severity
from pipeline.check.material import Material
from pipeline.check.texts import MATTERING_SHARE
from pipeline.data.conversation import Conversation
from pipeline.data.steps import leave_out
from pipeline.data.view import is_blank
from pipeline.data.written import conversation_of
from pipeline.errors import N_

# A row so much longer than half of the others, and longer than anything that is written by hand for every row.
TIMES_AS_LONG = 10
LONG = 2_000  # characters

# Of answers that go on for some lines an end is expected. A few without one were cut; many without one are a custom.
SPOKEN_AT_LENGTH = 60  # columns of text; a Chinese character takes two
FEWEST_FINISHED = 20
RARELY = 0.1
# Signs after which something should follow.
_GOES_ON = frozenset(",，、;；:：-–—(（[［【{｛「『“‘《")
# A hashtag, or who has said what stands before it.
_ENDS = re.compile(r"(?:^|\s)(?:#\S+|[-–—] ?\w[\w. ]{0,40})$")
_LIST = re.compile(r"(?:[-*•·]|\(?\d+[.)、．）])\s*\S")

_LEAVE_OUT = N_("Leave these rows out (rows: {rows})")


def find_unread_conversations(material: Material) -> Iterator[CheckFinding]:
    """Cells of the conversations that hold none."""
    view = material.view
    if not view.dialogue:
        return
    cells = material.column(view.text[0])
    filled = cells[~is_blank(cells)]
    read = material.each(lambda cell: conversation_of(cell) is not None, list(filled))
    rows = [int(row) for row, known in zip(filled.index, read, strict=True) if not known and row not in view.left_out]
    if rows:
        yield CheckFinding(
            kind="unread_conversations",
            severity=Severity.WARNING if len(rows) >= MATTERING_SHARE * len(filled) else Severity.NOTE,
            rows=len(rows),
            message=N_("Cells that hold no conversation that can be read: {rows}."),
            why=N_(
                "Nothing is learned from them. A conversation is a JSON list of messages with role and content, in "
                "which user and assistant take turns; correct them in the file."
            ),
            values=(("rows", str(len(rows))),),
            examples=tuple(Example((row,), excerpt(str(cells.iloc[row]))) for row in rows[:EXAMPLES]),
        )


def find_empty_answers(material: Material) -> Iterator[CheckFinding]:
    """Rows that ask something and have no answer."""
    left_out = material.view.left_out
    rows = [
        row
        for row, (text, answer) in enumerate(zip(material.texts, material.labels, strict=True))
        if text.strip() and not answer and row not in left_out
    ]
    if rows:
        yield CheckFinding(
            kind="empty_answers",
            severity=Severity.NOTE,
            rows=len(rows),
            message=N_("Rows with an instruction and no answer: {rows}."),
            why=N_("They are neither learned from nor measured on; nothing needs to be done."),
            values=(("rows", str(len(rows))),),
            examples=tuple(Example((row,), excerpt(material.texts[row])) for row in rows[:EXAMPLES]),
        )


def find_repeated_questions(material: Material) -> Iterator[CheckFinding]:
    """The same instruction with different answers, of which several may be good."""
    answers: dict[int, dict[str, int]] = defaultdict(dict)
    keys = material.keys.tolist()
    for row in material.labelled:
        answers[keys[row]].setdefault(material.labels[row], row)
    several = [sorted(rows.values()) for rows in answers.values() if len(rows) > 1]
    if not several:
        return
    asked_again = {keys[rows[0]]: rows[0] for rows in several}
    others = [
        row
        for row in material.labelled
        if keys[row] in asked_again and material.labels[row] != material.labels[asked_again[keys[row]]]
    ]
    several.sort(key=lambda rows: -len(rows))
    yield CheckFinding(
        kind="repeated_questions",
        severity=Severity.NOTE,
        rows=sum(keys[row] in asked_again for row in material.labelled),
        message=N_("Instructions that stand in several rows with different answers: {texts}."),
        why=N_(
            "Several good answers teach the model variety. If only one of them is right, it learns the wrong ones too."
        ),
        values=(("texts", str(len(several))),),
        examples=tuple(
            example(material, rows, " / ".join(material.labels[row] for row in rows[:3])) for rows in several[:EXAMPLES]
        ),
        remedies=_without(
            material, N_("Keep the first answer of each (rows left out: {rows})"), others, "repeated_questions"
        ),
    )


def find_long_rows(material: Material) -> Iterator[CheckFinding]:
    """Rows that are many times as long as the others."""
    lengths = {row: len(material.whole[row]) for row in material.labelled}
    if not lengths:
        return
    usual = statistics.median(lengths.values())
    limit = max(LONG, TIMES_AS_LONG * usual)
    rows = sorted((row for row, length in lengths.items() if length > limit), key=lambda row: -lengths[row])
    if rows:
        yield CheckFinding(
            kind="long_rows",
            severity=Severity.NOTE,
            rows=len(rows),
            message=N_("Rows that are far longer than the others, the longest {longest} characters: {rows}."),
            why=N_(
                "Half of the rows have at most {usual} characters. A very long one takes as much time and memory as "
                "many of them, and its end is cut off."
            ),
            values=(
                ("rows", str(len(rows))),
                ("longest", f"{lengths[rows[0]]:,}"),
                ("usual", f"{round(usual):,}"),
            ),
            examples=tuple(
                Example((row,), excerpt(material.whole[row]), f"{lengths[row]:,}") for row in rows[:EXAMPLES]
            ),
            remedies=_without(material, _LEAVE_OUT, rows, "long_rows"),
        )


def find_echoes(material: Material) -> Iterator[CheckFinding]:
    """Answers that say what was asked, or what it was about, and nothing else."""
    rows = [row for row in material.labelled if material.labels[row] in _last_asked(material.asked[row])]
    if rows:
        yield CheckFinding(
            kind="echoed_answers",
            severity=Severity.WARNING if len(rows) >= MATTERING_SHARE * len(material.labelled) else Severity.NOTE,
            rows=len(rows),
            message=N_("Answers that repeat what was asked word for word: {rows}."),
            why=N_(
                "The model learns to say back what it is told. Keep them where nothing was to be changed, such as a "
                "text to correct that has no mistake."
            ),
            values=(("rows", str(len(rows))),),
            examples=_answers(material, rows),
            remedies=_without(material, _LEAVE_OUT, rows, "echoed_answers"),
        )


def find_unfinished_answers(material: Material) -> Iterator[CheckFinding]:
    """Long answers without an end, as long as nearly all others have one."""
    long = [row for row in material.labelled if _columns(material.labels[row]) >= SPOKEN_AT_LENGTH]
    rows = [row for row in long if not _is_finished(material.labels[row])]
    finished = len(long) - len(rows)
    if not rows or finished < FEWEST_FINISHED or len(rows) > RARELY * len(long):
        return
    yield CheckFinding(
        kind="unfinished_answers",
        severity=Severity.NOTE,
        rows=len(rows),
        message=N_("Answers that seem to stop in the middle: {rows} of {long} longer ones."),
        why=N_(
            "The model learns to stop there, too. Often a cell was cut when the file was made; complete it in the file."
        ),
        values=(("rows", str(len(rows))), ("long", str(len(long)))),
        examples=tuple(
            Example((row,), f"… {material.labels[row][-SPOKEN_AT_LENGTH:]}", excerpt(material.texts[row]))
            for row in rows[:EXAMPLES]
        ),
        remedies=_without(material, _LEAVE_OUT, rows, "unfinished_answers"),
    )


def _without(material: Material, title: str, rows: Collection[int], reason: str) -> tuple[Remedy, ...]:
    return offer(material, title, leave_out(rows, reason), rows=str(len(rows)))


def _answers(material: Material, rows: Sequence[int]) -> tuple[Example, ...]:
    return tuple(
        Example((row,), excerpt(material.texts[row]), excerpt(material.labels[row])) for row in rows[:EXAMPLES]
    )


def _last_asked(conversation: Conversation) -> set[str]:
    """What the last message of a user says, and its parts; without what is blank."""
    said = next(turn for turn in reversed(conversation) if turn.role == "user")
    return {said.text, said.extra, *(f"{said.text}{between}{said.extra}" for between in (" ", "\n", "\n\n"))} - {""}


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _is_finished(answer: str) -> bool:
    """Whether it ends as texts do: with a sign that closes something, a number, a picture, a hashtag or a name.

    Lines of a list have no such end, and neither has a short last line, such as a greeting.
    """
    last = answer.rsplit("\n", 1)[-1].strip()
    if last[-1] in _GOES_ON:
        return False
    if unicodedata.category(last[-1])[0] in "PSN" or _ENDS.search(last):
        return True
    return last != answer and (_columns(last) < SPOKEN_AT_LENGTH / 2 or bool(_LIST.match(last)))
