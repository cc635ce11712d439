"""Formats that are words around the texts: Alpaca, Phi-3, plain, bare, and one that a person writes.

None of them needs anything of the model but its end token.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.data.conversation import Conversation, Turn
from pipeline.errors import N_, SettingError, UnfitData
from pipeline.templates.formats.format import Piece

INSTRUCTION, INPUT, SYSTEM, ANSWER = "instruction", "input", "system", "answer"
_FIELD = re.compile(r"\{(instruction|input|system|answer)\}")

# Stanford Alpaca, train.py (PROMPT_DICT): https://github.com/tatsu-lab/stanford_alpaca
ALPACA = (
    "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n{instruction}\n\n### Response:\n{answer}"
)
ALPACA_WITH_INPUT = (
    "Below is an instruction that describes a task, paired with an input that provides further context. "
    "Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:\n{answer}"
)
# As models with Phi-3's marks read it, each on a line of its own; the end is the model's own end token.
PHI3 = "<|user|>\n{instruction}\n{input}\n<|assistant|>\n{answer}"
# For models that write a text of their own (T5): nothing has to part question and answer. A system's words and an input
# are joined to the instruction, with a blank line between.
BARE = "{instruction}{answer}"
PLAIN = "{system}\n{instruction}\n{input}\n{answer}"


@dataclass(frozen=True)
class WrittenFormat:
    """A template in which the texts of one exchange stand; exchanges follow each other with a blank line between.

    A line whose fields are all blank vanishes, and a field that the template lacks is joined to the instruction, so
    that nothing of a row is lost.
    """

    template: str
    end: str  # the model's end token
    with_input: str = ""  # another template where there is an input; "": the same

    def pieces(self, conversation: Conversation) -> tuple[Piece, ...]:
        """As ``PromptFormat``."""
        system = next((turn.text for turn in conversation if turn.role == "system"), "")
        said = [turn for turn in conversation if turn.role != "system"]
        if not said:
            raise UnfitData(N_("There is nothing to answer: the conversation has no message of a user."))
        found: list[Piece] = []
        for place in range(0, len(said), 2):
            answer = said[place + 1].text if place + 1 < len(said) else None
            if found:
                found.append(Piece("\n\n", markup=True, learned=False))
            found += self._exchange(said[place], system if place == 0 else "", answer)
        return tuple(piece for piece in found if piece.text)

    def _exchange(self, asked: Turn, system: str, answer: str | None) -> Iterator[Piece]:
        template = self.with_input if asked.extra and self.with_input else self.template
        values = {INSTRUCTION: asked.text, INPUT: asked.extra, SYSTEM: system}
        for name in (INPUT, SYSTEM):
            if values[name] and f"{{{name}}}" not in template:
                parts = (values[INSTRUCTION], values[name]) if name == INPUT else (values[name], values[INSTRUCTION])
                values[INSTRUCTION] = "\n\n".join(parts)
        before, _, _ = template.partition(f"{{{ANSWER}}}")
        yield from _filled(before, values)
        if answer is not None:
            yield Piece(answer, markup=False, learned=True)
            yield Piece(self.end, markup=True, learned=True)


def own_format(template: str, end: str) -> WrittenFormat:
    """The format that a person wrote.

    Raises:
        SettingError: it does not say where the instruction stands, or something follows the answer.
    """
    if f"{{{INSTRUCTION}}}" not in template:
        raise SettingError(N_("The format needs {field}: that is where the instruction stands."), field="{instruction}")
    before, mark, after = template.partition(f"{{{ANSWER}}}")
    if after.strip():
        raise SettingError(
            N_("Nothing can stand behind {field}: the model goes on from there, and ends by itself."), field="{answer}"
        )
    return WrittenFormat(template if mark else f"{before.rstrip()}\n", end)


def _filled(template: str, values: dict[str, str]) -> Iterator[Piece]:
    lines = template.split("\n")
    kept = [line for line in lines if not _FIELD.search(line) or any(values[name] for name in _FIELD.findall(line))]
    position, text = 0, "\n".join(kept)
    for field in _FIELD.finditer(text):
        yield Piece(text[position : field.start()], markup=True, learned=False)
        yield Piece(values[field.group(1)], markup=False, learned=False)
        position = field.end()
    yield Piece(text[position:], markup=True, learned=False)
