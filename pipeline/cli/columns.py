"""Which columns a command is about: those that its options name, else a guess, which is said."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from pipeline.cli.reading import NAMES as READING
from pipeline.cli.terminal import hint, say
from pipeline.data.columns import Roles, guess_roles, profile_source
from pipeline.data.source import Source
from pipeline.errors import N_, SettingError
from pipeline.i18n import terminal_language, translate


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
    command.add_argument("--label", metavar="COL", help=hint(N_("Label column; guessed when left out.")))


def add_division(command: argparse.ArgumentParser) -> None:
    """Options for how the rows are divided into training, validation and test."""
    command.add_argument("--test-file", type=Path, help=hint(N_("Test rows, kept as given; read like FILE.")))
    command.add_argument("--test-column", metavar="COL", help=hint(N_("Rows that say test there are the test rows.")))
    command.add_argument("--group", metavar="COL", help=hint(N_("Rows with the same value stay on one side.")))
    command.add_argument("--time", metavar="COL", help=hint(N_("Dates: the newest rows are the test rows.")))


def pick_roles(source: Source, options: argparse.Namespace) -> Roles:
    """Text and label columns; () and None where neither options nor the columns say them.

    Columns that the options use for dividing the rows are not guessed to be one of them.
    """
    taken = {getattr(options, name, None) for name in ("group", "time", "test_column")}
    guessed = guess_roles([column for column in profile_source(source.id) if column.name not in taken])
    return Roles(_text_columns(source, options.text or ()) or guessed.text, options.label or guessed.label)


def _text_columns(source: Source, given: Sequence[str]) -> tuple[str, ...]:
    """What ``--text`` names: a column whose own name has commas, else the columns between them."""
    parts = [[one] if one in source.columns else one.split(",") for one in given]
    return tuple(dict.fromkeys(name for names in parts for name in names))


def say_roles(roles: Roles, options: argparse.Namespace) -> None:
    """Say which columns were taken, unless the options named them all."""
    if not (options.text and options.label):
        text = ", ".join(roles.text)
        say(translate(N_("Text: {text}. Label: {label}."), terminal_language(), text=text, label=roles.label))


def refuse_choices(options: argparse.Namespace) -> None:
    """A dataset is frozen: how its file is read, its columns and its test rows cannot be chosen any more.

    Raises:
        SettingError: an option that ``add_reading``, ``add_roles`` or ``add_division`` has added is set.
    """
    names = (*READING, "text", "label", "test_file", "test_column", "group", "time")
    given = [f"--{name.replace('_', '-')}" for name in names if getattr(options, name) is not None]
    if given:
        raise SettingError(
            N_("{options} cannot be set for {dataset}: a dataset is frozen. Give the file instead."),
            options=", ".join(given),
            dataset=options.data,
        )
