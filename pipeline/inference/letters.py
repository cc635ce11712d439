"""From tokens, one after the other, to text as far as it is certain: a character may be spread over several tokens."""

from collections.abc import Callable, Sequence

_BROKEN = "\ufffd"  # what decoding gives for bytes that are no whole character


class Letters:
    """Text of a growing row of tokens. What was given once is never taken back.

    Always decodes a few tokens before the new ones with them, and gives what these added: many tokenizers write a
    token otherwise at the beginning than behind another one.
    """

    def __init__(self, decode: Callable[[Sequence[int]], str]) -> None:
        self._decode = decode
        self._tokens: list[int] = []
        self._before = 0  # tokens from here on are decoded
        self._given = 0  # text of tokens up to here was given

    def add(self, token: int) -> str:
        """What can be shown now and could not before; "" while the last character is not whole."""
        self._tokens.append(token)
        known = self._decode(self._tokens[self._before : self._given])
        text = self._decode(self._tokens[self._before :])
        if text.endswith(_BROKEN) or len(text) <= len(known):
            return ""
        self._before, self._given = self._given, len(self._tokens)
        return text[len(known) :]
