"""How far a run has come and what it came to, in plain words. Draws nothing."""

from pages.components.sentences import SCORES, amount, duration, percent, score_line
from pages.components.text import t
from pipeline.actions.runs import RunInfo
from pipeline.errors import N_
from pipeline.training.phases import COMPARING, TESTING

MOSTLY_RIGHT = 0.5  # below, filling a file would bring more wrong labels than right ones
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
    if run.metrics.get("accuracy") == 1 or run.metrics.get("exact_match") == 1:
        if blank:
            return t("Next: let it fill the blank labels, or try it on your own texts.")
        return t("Next: try it on your own texts.")
    if blank:
        return t("Next: let it fill the blank labels, or look at what it gets wrong.")
    return t("Next: look at what it gets wrong, or try it on your own texts.")


def phase(name: str, done: int, total: int) -> str:
    """What a job is doing, with its count where it has one."""
    if not name:
        return t("Starting …")
    return f"{t(name)}: {done:,} / {total:,}" if total > 1 else t(name)
