"""Translation for pages and command line. English is the source; a missing string shows as English."""

import gettext
import os
from datetime import date
from functools import cache
from pathlib import Path

from pipeline.errors import N_, TuneDeskError
from pipeline.settings import workspace

LOCALE = Path(__file__).resolve().parent.parent / "locale"
DOMAIN = "tunedesk"
LANGUAGES = {"en": "English", "zh_CN": "简体中文"}

MONTHS = (
    *(N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June")),
    *(N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December")),
)


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The translations of ``language``, one of LANGUAGES; anything else reads English."""
    return gettext.translation(DOMAIN, LOCALE, [language], fallback=language not in LANGUAGES or language == "en")


def translate(message: str, language: str, **values: object) -> str:
    """``message`` (a gettext id) in ``language``, its ``{placeholders}`` filled with ``values``."""
    return catalogue(language).gettext(message).format(**values) if message else ""


def translate_count(singular: str, plural: str, count: int, language: str, **values: object) -> str:
    """The form for ``count``; ``{count}`` is filled in too."""
    return catalogue(language).ngettext(singular, plural, count).format(count=count, **values)


def spoken_day(day: date, language: str) -> str:
    """A day so that nobody takes the month for the day: 1 May 2024."""
    month = translate(MONTHS[day.month - 1], language)
    return translate(N_("{day} {month} {year}"), language, day=day.day, month=month, year=day.year)


def explain(error: TuneDeskError, language: str) -> str:
    """What went wrong, in the reader's language."""
    return translate(error.message, language, **error.values)


def closest_language(tag: str | None) -> str:
    """The language of LANGUAGES nearest to a browser's or system's tag, such as ``zh-Hans-CN`` or ``zh_CN.UTF-8``."""
    return "zh_CN" if (tag or "").lower().startswith("zh") else "en"


def terminal_language() -> str:
    """For the command line: ``TUNEDESK_LANGUAGE``, else the system's locale."""
    asked = workspace().language or os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    return closest_language(asked)
