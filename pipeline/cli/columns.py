"""Which columns a command is about: those that its options name, else a guess, which is said."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.cli.reading import NAMES as READING
from pipeline.cli.reading import given_options
from pipeline.cli.terminal import hint, say
from pipeline.data.columns import Roles, guess_roles, profile_source
from pipeline.data.date_order import ORDERS, SENTENCES, date_order
from pipeline.data.dates import Order
from pipeline.data.question import Question, question_of, texts_alone
from pipeline.data.source import Source
from pipeline.data.view import View
from pipeline.errors import N_, SettingError, UnfitData
from pipeline.i18n import spoken_day, terminal_language, translate
from pipeline.tasks import registry
from pipeline.tasks.pretraining import PRETRAINING


def add_roles(command: argparse.ArgumentParser) -> None:
    """Options for what is learned from what."""
    command.add_argument(
        "--text",
        action="append",
        metavar="COL[,COL]",
        help=hint(
            N_("Text columns; guessed when left out. May be repeated; a name with a comma in it is given whole.")
        ),
    )
    command.add_argument(
        "--label",
        action="append",
        metavar="COL[,COL]",
        help=hint(N_("Label column, or columns of 0 and 1; guessed when left out. May be repeated.")),
    )
    command.add_argument("--second", metavar="COL", help=hint(N_("Texts that are compared with the others.")))
    command.add_argument("--separator", metavar="S", help=hint(N_("What stands between several labels of a cell.")))
    command.add_argument("--task", choices=[*registry.GOALS], help=hint(N_("What is learned; guessed when left out.")))


def add_division(command: argparse.ArgumentParser) -> None:
    """Options for how the rows are divided into training, validation and test."""
    command.add_argument("--test-file", type=Path, help=hint(N_("Test rows, kept as given; read like FILE.")))
    command.add_argument("--test-column", metavar="COL", help=hint(N_("Rows that say test there are the test rows.")))
    command.add_argument("--group", metavar="COL", help=hint(N_("Rows with the same value stay on one side.")))
    command.add_argument("--time", metavar="COL", help=hint(N_("Dates: the newest rows are the test rows.")))
    command.add_argument(
        "--date-order",
        choices=ORDERS,
        help=hint(N_("What comes first in dates such as 5/1/2024; as the file tells when left out.")),
    )


def pick_question(source: Source, options: argparse.Namespace) -> Question:
    """What is read and what is answered: as the options say, the rest guessed.

    Text, or the answers, are () where neither options nor the columns say them. Columns that the options use for
    dividing the rows are not guessed to be one of them.

    Raises:
        SettingError: options that contradict each other.
        UnfitData: ``--task`` asks for what the columns do not hold.
    """
    taken = [name for name in (getattr(options, kind, None) for kind in ("group", "time", "test_column")) if name]
    text = _columns(source, options.text)
    answers = _columns(source, options.label)
    if options.task == PRETRAINING.name and answers:
        raise SettingError(N_("Texts alone have no label: leave --label out, and name their column with --text."))
    guessed = question_of(source.id, without=taken)
    if not {*text, *answers} <= {*source.columns}:
        # Whoever makes a View of it says which column is missing.
        if options.task == PRETRAINING.name:
            return texts_alone(text[0])
        return Question(
            text or guessed.text,
            answers[0] if len(answers) == 1 else "",
            label_columns=answers if len(answers) > 1 else (),
        )
    if text or answers:
        roles = guess_roles([column for column in profile_source(source.id) if column.name not in (*taken, *answers)])
        known = Roles(text or roles.text, answers[0] if answers else guessed.label or roles.label)
        guessed = question_of(source.id, known, without=taken)
    if text and {*text} != {*guessed.text, guessed.second}:
        guessed = replace(guessed, text=text, second="")
    if len(answers) > 1:
        guessed = replace(guessed, label="", label_columns=answers, separators="", number=False, written=False)
    elif answers:
        guessed = replace(guessed, label=answers[0], label_columns=())
    if options.second:
        first = tuple(column for column in text or guessed.text if column != options.second)
        guessed = replace(guessed, text=first, second=options.second)
    if options.separator:
        guessed = replace(guessed, separators=options.separator, number=False)
    return _FOR_TASK[options.task](source, guessed) if options.task else guessed


def say_question(question: Question, options: argparse.Namespace) -> None:
    """Say what was taken, unless the options named it all."""
    language = terminal_language()
    if not (options.text and options.label):
        text, label = ", ".join(question.text), ", ".join(question.answers)
        if question.raw:
            say(translate(N_("Text: {text}. There is no label."), language, text=text))
        elif question.second:
            line = N_("Text: {text}, compared with {second}. Label: {label}.")
            say(translate(line, language, text=text, second=question.second, label=label))
        else:
            say(translate(N_("Text: {text}. Label: {label}."), language, text=text, label=label))
    task = registry.goal_for(question, question.kind in ("joined", "columns")).name
    if options.task is None:
        say(translate(N_("Task: {task}, as the columns look; choose another with --task."), language, task=task))
    elif options.task != task:
        line = N_("The answers are numbers, so that what is learned is how alike the two texts are: task {task}.")
        say(translate(line, language, task=task))


def read_dates_as(source: Source, options: argparse.Namespace) -> Order:
    """What the options say of the order of dates; how these are read is said where they could be read otherwise.

    Raises:
        SettingError: the order of dates is given, and no column with dates.
        UnfitData: the dates themselves say otherwise.
    """
    if not options.time:
        if options.date_order:
            raise SettingError(N_("--date-order says how the dates of --time are read: name their column, too."))
        return ""
    if options.time not in source.columns:
        return ""  # whoever makes a View of it says so
    chosen: Order = options.date_order or ""
    dates, language = date_order(source.id, options.time, chosen), terminal_language()
    if dates.example:
        day = spoken_day(dates.day(dates.order), language)
        values = {"cell": dates.example, "date": day, "column": dates.column, "other": dates.other}
        say(translate(SENTENCES[dates.reason], language, **values))
        if not chosen:
            say(translate(N_("Choose another reading with --date-order {order}."), language, order=dates.opposite))
    return chosen


def check_task(view: View, options: argparse.Namespace) -> None:
    """A dataset is frozen: raises SettingError where ``--task`` asks for another task than its own."""
    task = registry.task_of(view).name
    alike = options.task == "pair" and task == "regression" and bool(view.second)
    if options.task not in (None, task) and not alike:
        raise SettingError(
            N_("{dataset} is a dataset for the task {task}, not for {other}. Give the file instead."),
            dataset=options.data,
            task=task,
            other=options.task,
        )


def _columns(source: Source, given: Sequence[str] | None) -> tuple[str, ...]:
    """The columns that an option names: one whose own name has commas, else those between the commas."""
    parts = [[one] if one in source.columns else one.split(",") for one in given or ()]
    return tuple(dict.fromkeys(name for names in parts for name in names))


def _as_classification(source: Source, question: Question) -> Question:
    if question.label_columns:
        raise UnfitData(N_("Several label columns are several labels a row. Leave --task out, or name one column."))
    text = (*question.text, question.second) if question.second else question.text
    return Question(text, question.label)


def _as_multilabel(source: Source, question: Question) -> Question:
    if question.label_columns or question.separators:
        return question
    if question.answers:
        raise UnfitData(
            N_("No cell of {column} in {name} seems to hold several labels. Say with --separator what stands between."),
            column=question.label,
            name=source.name,
        )
    return question


def _as_pair(source: Source, question: Question) -> Question:
    if question.second:
        return question
    if len(question.text) != 2:
        raise UnfitData(
            N_("Which two columns of {name} are compared? Name both with --text, separated by a comma."),
            name=source.name,
        )
    return replace(question, text=question.text[:1], second=question.text[1])


def _as_regression(source: Source, question: Question) -> Question:
    if question.label_columns:
        raise UnfitData(N_("A number stands in one column: name it with --label."))
    return replace(question, separators="", number=True, written=False, raw=False)


def _as_instruction(source: Source, question: Question) -> Question:
    if question.written and not question.raw:
        return question
    if question.label_columns or not question.label or question.raw:
        raise UnfitData(
            N_("Which column of {name} holds the answers to write? Name it with --label."), name=source.name
        )
    dialogue = question.text == (question.label,)
    return Question(question.text, question.label, written=True, dialogue=dialogue)


def _as_preference(source: Source, question: Question) -> Question:
    if not question.rejected:
        raise UnfitData(
            N_("No column of {name} seems to hold worse answers. Call the two columns chosen and rejected."),
            name=source.name,
        )
    return question


def _as_pretraining(source: Source, question: Question) -> Question:
    if question.raw:
        return question
    if len(question.text) != 1:
        raise UnfitData(N_("Which column of {name} holds the texts? Name one with --text."), name=source.name)
    return texts_alone(question.text[0])


_FOR_TASK: dict[str, Callable[[Source, Question], Question]] = {
    "classification": _as_classification,
    "multilabel": _as_multilabel,
    "pair": _as_pair,
    "regression": _as_regression,
    "instruction": _as_instruction,
    "preference": _as_preference,
    "pretraining": _as_pretraining,
}


def refuse_choices(options: argparse.Namespace) -> None:
    """A dataset is frozen: how its file is read, its columns and its test rows cannot be chosen any more.

    Raises:
        SettingError: an option that ``add_reading``, ``add_roles`` or ``add_division`` has added is set.
    """
    roles = ("text", "label", "second", "separator")
    names = (*READING, *roles, "test_file", "test_column", "group", "time", "date_order")
    given = given_options(options, names)
    if given:
        raise SettingError(
            N_("{options} cannot be set for {dataset}: a dataset is frozen. Give the file instead."),
            options=given,
            dataset=options.data,
        )
