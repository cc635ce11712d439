"""How soon a model begins to answer and how fast it goes on, through the model host, beside the library's ``generate``.

    python -m benchmarks.first_token [--model NAME] [--rounds N]

The prompt has 200 tokens, the answer 64, always the most probable ones. Once loaded, the product and the library take
turns in the same minute, with the same number of threads; the ratio is what counts on a machine that others use.
"""

import argparse
import os
import statistics
import sys
import time
from http import HTTPStatus

import psutil

from pipeline import system
from pipeline.actions import write
from pipeline.data.conversation import single
from pipeline.inference import client
from pipeline.inference.events import Began, Ended
from pipeline.inference.sampling import GREEDY
from pipeline.models import store

PROMPT_TOKENS, ANSWER_TOKENS = 200, 64
MOST_SECONDS = 1.5  # to the first token
SENTENCE = "The printer on the second floor does not answer and nobody knows why it stopped working today. "


def main() -> int:
    """Measure and print one row a figure. Returns 1 if the first token comes too late, else 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_token")
    parser.add_argument("--model", default="SmolLM2-135M-Instruct")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    # As many as the host takes, so that both have the same.
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, system.physical_cores() // 2)))
    library, text = Library(options.model), fitting(options.model)
    rows = []
    try:
        ours(options.model, text)  # loads the model and reads its pages once
        library.answer(text)
        rows = [(*ours(options.model, text), *library.answer(text)) for _ in range(options.rounds)]
    finally:
        client.stop()
    first, computed, rate, tokens, their_first, their_computed, their_rate = zip(*rows, strict=True)
    ratios = [mine / theirs for mine, theirs in zip(rate, their_rate, strict=True)]
    print(f"| {options.model}, {tokens[0]} tokens of prompt, {options.rounds} rounds | TuneDesk | transformers |")
    print("|---|---|---|")
    print(f"| seconds to the first token | {spread(first)} | {spread(their_first)} |")
    print(f"| of which computing | {spread(computed)} | {spread(their_computed)} |")
    print(f"| tokens a second after it | {spread(rate)} | {spread(their_rate)} |")
    print(f"| ratio of the rates | {spread(ratios)} | 1 |")
    return int(statistics.median(first) > MOST_SECONDS)


def ours(model: str, text: str) -> tuple[float, float, float, int]:
    """Seconds to the first token, processor seconds of these, tokens a second after it, tokens of the prompt."""
    sampling, moments, read = GREEDY, [], 0
    worked, asked = host_seconds(), time.perf_counter()
    for event in write.generate(model, single(text, ""), sampling):
        if isinstance(event, Began):
            read = event.tokens
        elif not isinstance(event, Ended):
            moments.append(time.perf_counter())
            worked = host_seconds() - worked if len(moments) == 1 else worked
        if len(moments) == ANSWER_TOKENS:
            break
    return moments[0] - asked, worked, (len(moments) - 1) / (moments[-1] - moments[0]), read


def host_seconds() -> float:
    """Processor seconds that the model host has used, all its threads together."""
    contact = client._host()
    status, state = client._request(contact, "GET", "/state", None, 10)
    assert status == HTTPStatus.OK
    times = psutil.Process(state["pid"]).cpu_times()
    return times.user + times.system


class Library:
    """The same model in this process, through ``transformers`` alone."""

    def __init__(self, model: str) -> None:
        from pipeline.models.load import load_tokenizer, load_writer

        self.model, self.tokenizer = load_writer(store.get(model).path), load_tokenizer(store.get(model).path)

    def answer(self, text: str) -> tuple[float, float, float]:
        """Seconds to the first token, processor seconds of these, and tokens a second after it."""
        import torch

        chat = [{"role": "user", "content": text}]
        prompt = self.tokenizer.apply_chat_template(
            chat, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        seconds, worked = [], []
        for tokens in (1, ANSWER_TOKENS):
            begun, working = time.perf_counter(), time.process_time()
            with torch.no_grad():
                self.model.generate(**prompt, do_sample=False, min_new_tokens=tokens, max_new_tokens=tokens)
            seconds.append(time.perf_counter() - begun)
            worked.append(time.process_time() - working)
        return seconds[0], worked[0], (ANSWER_TOKENS - 1) / (seconds[1] - seconds[0])


def fitting(model: str) -> str:
    """A message with which the prompt has about 200 tokens."""
    from pipeline.models.load import load_tokenizer

    tokenizer, text = load_tokenizer(store.get(model).path), ""

    def length() -> int:
        ids = tokenizer.apply_chat_template([{"role": "user", "content": text}], add_generation_prompt=True)
        return len(ids["input_ids"])

    for word in (SENTENCE * PROMPT_TOKENS).split():
        if length() >= PROMPT_TOKENS:
            break
        text = f"{text} {word}".strip()
    return text


def spread(values: tuple[float, ...] | list[float]) -> str:
    """Median, smallest and largest."""
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


if __name__ == "__main__":
    sys.exit(main())
