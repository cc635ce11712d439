"""What figures mean in plain words: plans, runs, scores. Reads numbers, returns translated sentences, draws nothing."""

from datetime import datetime, timedelta
from typing import Any

from pages.components.text import t, tn
from pipeline.actions.data import Summary
from pipeline.actions.plan import Plan
from pipeline.actions.runs import RunInfo
from pipeline.errors import N_
from pipeline.models.devices import Device

MINUTE, HOUR = 60, 3600
GB = 1000**3
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
PRESETS = {"fast": N_("Fast"), "balanced": N_("Balanced"), "best": N_("Best")}
PRESET_HELP = {
    "fast": N_("The quickest useful model: trains the least, a good first look."),
    "balanced": N_("What most files need: close to the best result in a fraction of its time."),
    "best": N_("Takes its time: more layers, more epochs, sometimes a point or two better."),
}
VERDICTS = {
    "beyond_baseline": N_("The model is better than the best simple method."),
    "not_distinguishable": N_("The model is about as good as the best simple method: the difference may be chance."),
    "worse": N_("The model is worse than the best simple method."),
    "nothing_learned": N_("Nothing was learned: always guessing the most frequent label would do as well."),
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


def errors(accuracy: float) -> str:
    """An accuracy as a count that one can picture."""
    wrong = round(100 * (1 - accuracy))
    if wrong == 0:
        return t("Fewer than 1 of 100 rows gets the wrong label.")
    return tn("About {n} of 100 rows gets the wrong label.", "About {n} of 100 rows get the wrong label.", wrong)


def verdict(name: str) -> str:
    """What the comparison with the simple methods came to; "" while it is not known."""
    return t(VERDICTS[name]) if name in VERDICTS else ""


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
    if run.state == "finished" and "accuracy" in run.metrics:
        return t("{accuracy} right", accuracy=percent(run.metrics["accuracy"]))
    return state(run)


def share(run: RunInfo) -> float:
    """How much of a run is over, from 0 to 1: its steps, and before the first one the phase that it is in."""
    done, total = (run.step, run.steps) if run.step else (run.phase_done, run.phase_total)
    return min(1.0, done / total) if total else 0.0


def going_on(run: RunInfo) -> str:
    """The first line of the monitor page while a run is under way."""
    if run.state == "queued":
        return t("Waiting: number {position} in the queue", position=run.position)
    if run.state == "stopping":
        return t("Stopping: it finishes this step and measures what it has")
    if run.state == "stalled":
        return t("No sign of life for a while")
    if run.state == "starting":
        return t("Starting")
    if run.seconds_left is not None:
        return t("Training: about {time} left", time=duration(run.seconds_left))
    return t("Training")


def ended(run: RunInfo) -> str:
    """The first line of the monitor page once a run is over."""
    accuracy = run.metrics.get("accuracy")
    if run.state == "finished" and accuracy is not None:
        return t("Done: {accuracy} of the test rows get the right label", accuracy=percent(accuracy))
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
    if run.verdict in ("nothing_learned", "worse") or run.metrics["accuracy"] < MOSTLY_RIGHT:
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


def phase(name: str, done: int, total: int) -> str:
    """What a job is doing, with its count where it has one."""
    if not name:
        return t("Starting …")
    return f"{t(name)}: {done:,} / {total:,}" if total > 1 else t(name)


def values(found: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    """Placeholders of a finding as ``t`` wants them."""
    return dict(found)
