"""How a command is told to read a file: what a person knows better than the reader's guesses."""

import argparse
from collections.abc import Sequence

from pipeline.cli.terminal import hint
from pipeline.data.report import ESCAPES, ReadOptions
from pipeline.errors import N_, SettingError

NAMES = ("encoding", "delimiter", "header", "sheet", "quote", "escape")


def add_reading(command: argparse.ArgumentParser) -> None:
    """Options for what is otherwise guessed."""
    command.add_argument(
        "--encoding", help=hint(N_("Such as utf-8 or gb18030; guessed when left out, as all of these."))
    )
    command.add_argument("--delimiter", help=hint(N_("The character between cells.")))
    command.add_argument("--header", type=int, metavar="N", help=hint(N_("Line of the header, from 1; 0 for none.")))
    command.add_argument("--sheet", help=hint(N_("Sheet of a workbook.")))
    command.add_argument("--quote", metavar="Q", help=hint(N_('The quotation mark around cells; "" for none.')))
    command.add_argument("--escape", choices=ESCAPES, help=hint(N_("How a quotation mark stands inside a cell.")))


def reading_options(options: argparse.Namespace) -> ReadOptions:
    """What ``add_reading`` was told."""
    return ReadOptions(
        options.encoding, options.delimiter, options.header, options.sheet, options.quote, options.escape
    )


def refuse_reading(options: argparse.Namespace) -> None:
    """Where no file is read, there is nothing to say about reading it: raises SettingError if something was said."""
    given = given_options(options, NAMES)
    if given:
        raise SettingError(
            N_("There is no file to be read with {options}. Name one with --data, or leave this out."), options=given
        )


def given_options(options: argparse.Namespace, names: Sequence[str]) -> str:
    """Those of ``names`` that were set, as they are written on the command line; "" for none of them."""
    return ", ".join(f"--{name.replace('_', '-')}" for name in names if getattr(options, name) is not None)
