"""What figures mean in plain words: plans, runs, scores. Reads numbers, returns translated sentences, draws nothing."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pages.components.text import t, tn
from pipeline.actions.plan import Plan
from pipeline.actions.runs import RunInfo
from pipeline.actions.summary import Summary
from pipeline.data.view import View
from pipeline.errors import N_
from pipeline.metrics.intervals import Interval
from pipeline.models.devices import Device
from pipeline.training.recipe import COMPARING, TESTING

MINUTE, HOUR = 60, 3600
GB = 1000**3
# The figure that is shown of a run: of texts, of classes, of label sets, of numbers; and whether it is a share of the
# whole.
SCORES = {
    "preference_accuracy": (N_("Right preferences"), True),
    "chrf": (N_("Similarity (chrF)"), True),
    "accuracy": (N_("Test accuracy"), True),
    "micro_f1": (N_("Micro-F1"), True),
    "pearson": (N_("Correlation"), False),
    "masked_accuracy": (N_("Hidden words guessed right"), True),
    "bits_per_character": (N_("Surprise (bits a character)"), False),
}
MOSTLY_RIGHT = 0.5  # below, filling a file would bring more wrong labels than right ones
MB = 1000**2

STATES = {
    "queued": N_("waiting"),
    "starting": N_("starting"),
    "running": N_("training"),
    "stalled": N_("silent"),
    "stopping": N_("stopping"),
    "stopped": N_("stopped"),
    "finished": N_("finished"),
    "failed": N_("failed"),
}
PRESETS = {"fast": N_("Fast"), "balanced": N_("Balanced"), "best": N_("Best"), "bert": N_("As in the BERT paper")}
PRESET_HELP = {
    "fast": N_("The quickest useful model: trains the least, a good first look."),
    "balanced": N_("What most files need: close to the best result in a fraction of its time."),
    "best": N_("Tries many settings for as long as you allow (Advanced) and keeps the best of them."),
    "bert": N_("Trains the whole model with each of the twelve settings of the BERT paper: hours without a GPU."),
}
READING_PRESET_HELP = {
    "fast": N_("Each text is read once, or three times by models that guess hidden words: a first look."),
    "balanced": N_("Each text is read twice, or six times by models that guess hidden words: what most files need."),
    "best": N_("Each text is read four times, or twelve times by models that guess hidden words: a little better."),
}
WRITING_PRESET_HELP = {
    "fast": N_("Small matrices beside the model learn (LoRA), once through all rows: a first look."),
    "balanced": N_("Twice through all rows: what most files need."),
    "best": N_("Three times through all rows: a little better where there are enough of them."),
}
VERDICTS = {
    "beyond_baseline": N_("The model is better than the best simple method."),
    "not_distinguishable": N_("The model is about as good as the best simple method: the difference may be chance."),
    "worse": N_("The model is worse than the best simple method."),
    "nothing_learned": N_("Nothing was learned: always guessing the most frequent label would do as well."),
}


PREFERENCE_VERDICTS = {
    "beyond_baseline": N_("It has learned which answers are better."),
    "not_distinguishable": N_("Whether it has learned which answers are better is not certain."),
    "worse": N_("It prefers the worse answers: look whether the two columns were mixed up."),
}
READING_VERDICTS = {
    "beyond_baseline": N_("It knows texts like yours better than the base model."),
    "not_distinguishable": N_("Whether it knows texts like yours better than the base model is not certain."),
    "worse": N_("It knows texts like yours less well than the base model."),
}
TEXT_VERDICTS = {
    "beyond_baseline": N_("It answers better than the base model."),
    "not_distinguishable": N_("Whether it answers better than the base model is not certain."),
    "worse": N_("It answers worse than the base model."),
    "nothing_learned": N_("Nothing was learned: the base model answers just as well."),
}


def percent(share: float) -> str:
    """A fraction from 0 to 1 as people read it, with one decimal."""
    return f"{share:.1%}"


def duration(seconds: float) -> str:
    """A length of time, rounded to what matters."""
    if seconds < 1.5:
        return t("a second")
    if seconds < 1.5 * MINUTE:
        return t("{n} seconds", n=round(seconds) if seconds < 10 else 5 * round(seconds / 5))
    if seconds < 1.5 * HOUR:
        return t("{n} minutes", n=round(seconds / MINUTE))
    return t("{n} hours", n=round(seconds / HOUR, 1))


def size(amount: int) -> str:
    """Bytes as people read them."""
    return f"{amount / GB:.1f} GB" if amount >= GB else f"{max(1, round(amount / MB))} MB"


def moment(when: datetime, timezone_offset: int | None) -> str:
    """A time as the reader's clock shows it; ``timezone_offset`` is the browser's, in minutes west of UTC."""
    return (when - timedelta(minutes=timezone_offset or 0)).strftime("%Y-%m-%d %H:%M")


def clock(when: datetime, timezone_offset: int | None) -> str:
    """The time of day as the reader's clock shows it."""
    return (when - timedelta(minutes=timezone_offset or 0)).strftime("%H:%M:%S")


def rows(summary: Summary) -> str:
    """The first sentence of the Data page: 2,204 rows, 1,198 labelled, 1,006 to fill."""
    counted = tn("{n} row", "{n} rows", summary.rows)
    if summary.raw:
        if not summary.blank:
            return t("{rows}, all with a text", rows=counted)
        filled = {"filled": f"{summary.labelled:,}", "blank": f"{summary.blank:,}"}
        return t("{rows}, {filled} with a text, {blank} without", rows=counted, **filled)
    if summary.answer_lengths:
        if not summary.blank:
            return t("{rows}, all with an answer", rows=counted)
        answered = {"labelled": f"{summary.labelled:,}", "blank": f"{summary.blank:,}"}
        return t("{rows}, {labelled} with an answer, {blank} without", rows=counted, **answered)
    if not summary.labelled:
        return t("{rows}, none labelled yet", rows=counted)
    if not summary.blank:
        return t("{rows}, all labelled", rows=counted)
    return t(
        "{rows}, {labelled} labelled, {blank} to fill",
        rows=counted,
        labelled=f"{summary.labelled:,}",
        blank=f"{summary.blank:,}",
    )


def number_range(numbers: Sequence[tuple[float, int]]) -> str:
    """From the smallest to the largest of numbers that are ascending, each with its rows."""
    return t("Numbers from {smallest} to {largest}", smallest=f"{numbers[0][0]:g}", largest=f"{numbers[-1][0]:g}")


def answers(summary: Summary) -> str:
    """What the answers are like, in one line; "" where each row has one label."""
    if summary.numbers:
        return number_range(summary.numbers)
    each = sum(count for _, count in summary.label_counts)
    if each == summary.labelled and not summary.none_of_them:
        return ""
    return t("On average {each} labels a row.", each=f"{each / max(1, summary.labelled):.1f}")


def task(view: View) -> str:
    """What a model learns from a View."""
    if view.raw:
        return t("It reads your texts and learns how they go on, from {column} alone.", column=view.label)
    if view.dialogue:
        return t("It learns to answer as the assistant does in {column}.", column=view.label)
    if view.rejected:
        return t(
            "It learns to prefer answers like {column} to those like {other}.", column=view.label, other=view.rejected
        )
    if view.written:
        return t("It learns to write answers: {column}.", column=view.label)
    labels = f"{len(view.labels):,}"
    if view.number and view.second:
        return t("It learns to give a number to two texts that are compared: {column}.", column=view.label)
    if view.number:
        return t("It learns to predict a number: {column}.", column=view.label)
    if view.several:
        return t("It learns which of {n} labels a row has: one, several or none.", n=labels)
    if view.second:
        return t("It learns to compare two texts and to choose one of {n} labels.", n=labels)
    return t("It learns to choose one of {n} labels.", n=labels)


def score(metrics: Mapping[str, float]) -> tuple[str, str]:
    """The figure of a run that counts most, as its name and its value; ("", "") while there is none."""
    for name, (title, is_share) in SCORES.items():
        if name in metrics:
            return t(title), percent(metrics[name]) if is_share else f"{metrics[name]:.2f}"
    return "", ""


def score_line(metrics: Mapping[str, float]) -> str:
    """The same as part of a sentence, short enough for a list: "93.0% right"; "" while there is none."""
    name, value = score(metrics)
    if "accuracy" in metrics:
        return t("{accuracy} right", accuracy=value)
    return f"{name} {value}" if name else ""


def beside_score(metrics: Mapping[str, float]) -> str:
    """The second figure of a run, to stand beside its score; "" where one tells it all."""
    if "perplexity" in metrics:
        return t("perplexity {perplexity}", perplexity=f"{metrics['perplexity']:.1f}")
    if "bits_per_character" not in metrics:
        return ""
    return t("{bits} bits a character", bits=f"{metrics['bits_per_character']:.2f}")


def errors(accuracy: Interval) -> str:
    """An accuracy as a count that one can picture; of a test without a fault, how much it leaves open."""
    wrong = round(100 * (1 - accuracy.value))
    if wrong == 0:
        most = math.ceil(100 * (1 - accuracy.low))
        if most > 1:
            return t(
                "Hardly any test row gets the wrong label; but they are few: of 100 new rows, up to {n} might.", n=most
            )
        return t("Fewer than 1 of 100 rows gets the wrong label.")
    return tn("About {n} of 100 rows gets the wrong label.", "About {n} of 100 rows get the wrong label.", wrong)


def verdict(name: str, metrics: Mapping[str, float] | None = None) -> str:
    """What the comparison with the simple methods came to; "" while it is not known.

    ``metrics`` of the run tell what it is compared with: the base model, or what the simplest method answers, which is
    a label, a set of labels or a mean.
    """
    if metrics is not None and "perplexity" in metrics:
        return t(READING_VERDICTS[name]) if name in READING_VERDICTS else ""
    if metrics is not None and "preference_accuracy" in metrics:
        return t(PREFERENCE_VERDICTS[name]) if name in PREFERENCE_VERDICTS else ""
    if metrics is not None and "chrf" in metrics:
        return t(TEXT_VERDICTS[name]) if name in TEXT_VERDICTS else ""
    if name == "nothing_learned" and metrics is not None and "pearson" in metrics:
        return t("Nothing was learned: always guessing the mean would do as well.")
    if name == "nothing_learned" and metrics is not None and "micro_f1" in metrics:
        return t("Nothing was learned: always giving the most frequent labels would do as well.")
    return t(VERDICTS[name]) if name in VERDICTS else ""


def amount(number: float) -> str:
    """A number in the unit of its column, with no more digits than can be meant."""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def off(metrics: Mapping[str, float]) -> str:
    """How far off predicted numbers are, how many rows have every label right, or answers surprise; "" for classes."""
    if "perplexity" in metrics:
        return ""
    if "bits_per_character" in metrics:
        return t("The right answers surprise it by {figure}.", figure=beside_score(metrics))
    if "exact_match" in metrics:
        right = round(100 * metrics["exact_match"])
        return tn(
            "Of about {n} of 100 rows every label is right.", "Of about {n} of 100 rows every label is right.", right
        )
    if "mae" in metrics:
        return t("A prediction is {mae} off on average.", mae=amount(metrics["mae"]))
    return ""


def preset(name: str) -> str:
    """The name of a preset as the page shows it."""
    return t(PRESETS.get(name, name))


def state(run: RunInfo) -> str:
    """One word for how a run is doing."""
    return t(STATES[run.state])


def outcome(run: RunInfo) -> str:
    """One line about a run: its score once it has one, else where it stands."""
    if run.state == "running" and run.steps:
        return t("{state}, {percent}", state=state(run), percent=percent(run.step / run.steps))
    return (score_line(run.metrics) if run.state == "finished" else "") or state(run)


def share(run: RunInfo) -> float:
    """How much of a run is over, from 0 to 1: its steps, and before the first one the phase that it is in."""
    done, total = (run.step, run.steps) if run.step else (run.phase_done, run.phase_total)
    return min(1.0, done / total) if total else 0.0


def going_on(run: RunInfo) -> str:
    """The first line of the monitor page while a run is under way."""
    if run.state == "queued":
        return t("Waiting: number {position} in the queue", position=run.position)
    if is_answering(run):
        return t("Stopping: it answers the test rows, {done} of {total}", done=run.phase_done, total=run.phase_total)
    if run.state == "stopping":
        return t("Stopping: it finishes this step and measures what it has")
    if run.state == "stalled":
        return t("No sign of life for a while")
    if run.state == "starting":
        return t("Starting")
    if run.seconds_left is not None:
        return t("Training: about {time} left", time=duration(run.seconds_left))
    return t("Training")


def is_answering(run: RunInfo) -> bool:
    """Whether a run that was asked to stop has trained, and answers the test rows, which may take minutes."""
    return run.state == "stopping" and run.phase in (TESTING, COMPARING) and run.phase_total > 1


def ended(run: RunInfo) -> str:
    """The first line of the monitor page once a run is over."""
    metrics = run.metrics
    if run.state == "finished" and "masked_accuracy" in metrics:
        return t("Done: it guesses {share} of the hidden words right", share=percent(metrics["masked_accuracy"]))
    if run.state == "finished" and "perplexity" in metrics:
        bits = f"{metrics['bits_per_character']:.2f}"
        return t("Done: texts that it has not seen surprise it by {bits} bits a character", bits=bits)
    if run.state == "finished" and "chrf" in metrics:
        return t("Done: its answers are {chrf} similar to the right ones", chrf=percent(metrics["chrf"]))
    if run.state == "finished" and "accuracy" in metrics:
        return t("Done: {accuracy} of the test rows get the right label", accuracy=percent(metrics["accuracy"]))
    if run.state == "finished" and "exact_match" in metrics:
        return t("Done: micro-F1 of {f1} on the test rows", f1=percent(metrics["micro_f1"]))
    if run.state == "finished" and "pearson" in metrics:
        return t(
            "Done: on average {mae} off, correlation {r}", mae=amount(metrics["mae"]), r=f"{metrics['pearson']:.2f}"
        )
    if run.state == "finished":
        return t("Done")
    if run.state == "failed":
        return t("The run failed")
    if not run.steps:
        return t("Stopped before the first step")
    return t("Stopped after step {step} of {steps}", step=run.step, steps=run.steps)


def smaller(run: RunInfo) -> str:
    """That memory ran out and what was done about it; "" where it never did."""
    if not run.rows_at_once:
        return ""
    return t(
        "Memory ran out, so it started again from its last saved state and now computes {rows} rows at once instead "
        "of {batch}. Each step still learns from {batch} rows; only the time differs.",
        rows=run.rows_at_once,
        batch=run.batch,
    )


def advice(run: RunInfo, blank: int) -> str:
    """What to do next with a finished run."""
    if "perplexity" in run.metrics:
        if run.verdict == "beyond_baseline":
            return t("Next: keep it as a base model (Export), and train labels or instructions on it.")
        return t("Train for longer, or on more texts, before you build on it.")
    if "chrf" in run.metrics:
        if run.verdict in ("nothing_learned", "worse"):
            return t("Read its answers beside the right ones before you use it.")
        return t("Next: read its answers beside those of the base model, or talk to it.")
    main = next((run.metrics[name] for name in SCORES if name in run.metrics), 0.0)
    if run.verdict in ("nothing_learned", "worse") or main < MOSTLY_RIGHT:
        return t("Look at the wrong rows before you use it: the labels may not follow from the text.")
    if blank:
        return t("Next: let it fill the blank labels, or look at what it gets wrong.")
    return t("Next: look at what it gets wrong, or try it on your own texts.")


def device(found: Device) -> str:
    """What trains, with what tells one from another."""
    if found.name == "cpu":
        return tn("CPU: {label}, {n} core", "CPU: {label}, {n} cores", found.cores, label=found.label)
    return t("GPU: {label}, {memory}", label=found.label, memory=size(found.memory_bytes))


def cost(plan: Plan) -> str:
    """Time and memory of a plan."""
    return t(
        "About {time} and {memory} of memory on {device}",
        time=duration(plan.estimate.seconds),
        memory=size(plan.estimate.memory_bytes),
        device=plan.device.upper(),
    )


def too_large(plan: Plan) -> str:
    """That a plan needs more memory than there is."""
    return t(
        "It needs about {needed} of memory, and {free} is free on this machine. It would probably run out of it.",
        needed=size(plan.estimate.memory_bytes),
        free=size(plan.free_bytes),
    )


def cost_range(plan: Plan) -> str:
    """How sure the time is, and what it rests on."""
    shortest, longest = map(duration, plan.estimate.range)
    if plan.correction == 1:
        return t(
            "Between {shortest} and {longest}, if nothing else keeps the machine busy.",
            shortest=shortest,
            longest=longest,
        )
    return t(
        "Between {shortest} and {longest}, judging by what earlier runs on this machine took.",
        shortest=shortest,
        longest=longest,
    )


def trained_share(share: float) -> str:
    """How much of a model a plan trains, from 0 to 1; below a percent with more digits, as adapters need them."""
    if share == 0:
        return t("Only the head is trained, the model itself stays as it is.")
    if share == 1:
        return t("The whole model is trained.")
    return t("{share} of the model is trained, the rest stays as it is.", share=small_percent(share))


def small_percent(share: float) -> str:
    """A fraction from 0 to 1 of which the small ones matter."""
    return f"{share:.2%}" if share < 0.01 else percent(share)


def phase(name: str, done: int, total: int) -> str:
    """What a job is doing, with its count where it has one."""
    if not name:
        return t("Starting …")
    return f"{t(name)}: {done:,} / {total:,}" if total > 1 else t(name)


def values(found: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    """Placeholders of a finding as ``t`` wants them."""
    return dict(found)
