"""The command ``generate``: the answer of a model, as it is written."""

import argparse
import dataclasses
from collections.abc import Callable
from typing import Any

from pipeline.actions import models, write
from pipeline.cli.terminal import hint, say
from pipeline.data.conversation import single
from pipeline.errors import N_, ModelNotReady
from pipeline.i18n import terminal_language, translate
from pipeline.inference.events import Began, Ended, Token
from pipeline.inference.sampling import Sampling

# The settings that are options, in their order, each with the sign for its value.
_SIGNS = {
    "temperature": "T",
    "top_k": "K",
    "top_p": "P",
    "repetition_penalty": "R",
    "num_beams": "B",
    "max_new_tokens": "N",
    "seed": "N",
}


def add_sampling(command: argparse.ArgumentParser) -> None:
    """One option for each setting of ``Sampling``, with its help; left out, the kind of model decides."""
    fields = {field.name: field for field in dataclasses.fields(Sampling)}
    for name, sign in _SIGNS.items():
        option, kind = f"--{name.replace('_', '-')}", type(fields[name].default)
        command.add_argument(option, type=kind, metavar=sign, help=hint(fields[name].metadata["help"]))


def write_answer(options: argparse.Namespace, fetch: Callable[[str], None]) -> dict[str, Any] | None:
    """Write the answer to standard output as it comes; with ``--json``, return it as a whole.

    Args:
        fetch: brings a base model that is not here.
    """
    given = {name: getattr(options, name) for name in _SIGNS if getattr(options, name) is not None}
    Sampling(**given)  # a value out of range is said before anything is fetched or loaded
    try:
        writer = write.find_writer(options.model)
    except ModelNotReady:
        fetch(models.get_model(options.model).name)
        writer = write.find_writer(options.model)
    conversation, sampling = single(options.prompt, ""), dataclasses.replace(writer.sampling, **given)
    text, prompt = "", 0
    for event in write.generate(writer.id, conversation, sampling):
        if isinstance(event, Began):
            prompt = event.tokens
        elif isinstance(event, Token):
            text += event.text
            _show(event.text, options)
        elif isinstance(event, Ended):
            end = event
    if options.json:
        return {
            "text": text,
            "tokens": end.tokens,
            "tokens_per_second": end.tokens_per_second,
            "seconds_to_first_token": end.first,
            "prompt_tokens": prompt,
            "ended": end.reason,
            "model": writer.name,
        }
    _show("\n", options)
    rate = f"{end.tokens_per_second:.1f}"
    say(translate(N_("{n} tokens, {rate} tokens a second"), terminal_language(), n=end.tokens, rate=rate))
    return None


def _show(text: str, options: argparse.Namespace) -> None:
    if not options.json:
        print(text, end="", flush=True)
