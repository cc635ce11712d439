"""What a judgement means, in the reader's words. The sentences are ``pipeline.judge.words``."""

from pages.components.language import language
from pipeline.judge.words import EVEN, MODE_HELP, MODES, Words

__all__ = ["EVEN", "MODES", "MODE_HELP", "said"]


def said() -> Words:
    """The sentences in the language that this session reads."""
    return Words(language())
