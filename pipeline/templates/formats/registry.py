"""The prompt formats by name. To add one, write its file beside this one and name it here."""

from collections.abc import Callable

from pipeline.errors import N_, SettingError
from pipeline.templates.formats.chat import ChatFormat
from pipeline.templates.formats.format import PromptFormat, Tokenizer
from pipeline.templates.formats.written import ALPACA, ALPACA_WITH_INPUT, BARE, PHI3, PLAIN, WrittenFormat, own_format

OWN = "own"
_Make = Callable[[Tokenizer, str], PromptFormat]

_FORMATS: dict[str, _Make] = {
    "chat": lambda tokenizer, _: ChatFormat(tokenizer),
    "alpaca": lambda tokenizer, _: WrittenFormat(ALPACA, _end(tokenizer), ALPACA_WITH_INPUT),
    "phi3": lambda tokenizer, _: WrittenFormat(PHI3, _end(tokenizer)),
    "plain": lambda tokenizer, _: WrittenFormat(PLAIN, _end(tokenizer)),
    "bare": lambda tokenizer, _: WrittenFormat(BARE, _end(tokenizer)),
    OWN: lambda tokenizer, text: own_format(text, _end(tokenizer)),
}
NAMES = tuple(_FORMATS)


def get(name: str, tokenizer: Tokenizer, own: str = "") -> PromptFormat:
    """The format of that name for the model of this tokenizer.

    Args:
        name: one of NAMES.
        tokenizer: of the model.
        own: the template of the format ``own``.

    Raises:
        SettingError: no such format, a model without a chat template or an end token, or an unfit template.
    """
    if name not in _FORMATS:
        raise SettingError(
            N_("There is no prompt format “{name}”. Choose one of: {known}."), name=name, known=", ".join(NAMES)
        )
    return _FORMATS[name](tokenizer, own)


def usual(*, has_template: bool, anew: bool) -> str:
    """The format to begin with: the model's own, where it has one.

    Args:
        has_template: whether its tokenizer has a chat template.
        anew: whether its answer is a text of its own, beside the prompt: an encoder-decoder.
    """
    if has_template:
        return "chat"
    return "bare" if anew else "alpaca"


def _end(tokenizer: Tokenizer) -> str:
    if not tokenizer.eos_token:
        raise SettingError(N_("This model has no end token, so that its answers would never end. Choose another one."))
    return tokenizer.eos_token
