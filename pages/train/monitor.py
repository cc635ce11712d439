"""Monitor: is it learning, and what came of it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from pages.components import figures, sentences, sentences_plan, sentences_runs, state
from pages.components.tables import PERCENT, fitting_height, percent_column, text_column
from pages.components.text import (
    plain,
    show_error,
    show_figure,
    show_heading,
    show_note,
    show_section,
    show_text,
    show_warning,
    t,
)
from pages.train.ending import show_end
from pages.train.settings import NAMES
from pages.train.timeline import show_timeline
from pipeline.actions.runs import RunInfo, curves, get_run, run_log
from pipeline.actions.train import stop
from pipeline.errors import N_, TuneDeskError
from pipeline.runs.metrics_log import Event

REFRESH_SECONDS = 1.0
LOG_LINES = 200
TRIAL_STATES = {"whole": N_("trained to its end"), "pruned": N_("fell behind, given up"), "cut": N_("time was over")}
# What stands first in a row to look at, by what is hidden from the model; "": an answer to write.
RIGHT = {
    "": N_("Right answer"),
    "causal": N_("How it goes on"),
    "masked": N_("Hidden words"),
    "spans": N_("What was cut out"),
}
BASELINES = {
    "majority": N_("most frequent label"),
    "mean": N_("always the mean"),
    "tfidf": N_("word counting (TF-IDF)"),
    "base": N_("base model"),
}


@dataclass(frozen=True)
class ScoreChart:
    """What is drawn of one kind of answer: a title with help, and the names of two figures; all gettext ids."""

    title: str
    help: str
    lines: dict[str, str]  # by the name of the figure in the log; the baselines are drawn by the first
    shares: bool = True  # of the whole, in percent; else correlations
    open_ended: bool = False  # a figure that has no largest value, of which less is better

    def is_for(self, events: tuple[Event, ...]) -> bool:
        """Whether the run has measured these figures, or nothing yet."""
        measured = [event.values for event in events if event.kind in ("baseline", "validation")]
        return not measured or all(line in measured[-1] for line in self.lines)


CHARTS = (
    ScoreChart(
        N_("Right labels on validation rows"),
        N_("Accuracy counts every row the same, macro-F1 every label. Dashed: what simple methods reach."),
        {"accuracy": N_("accuracy"), "macro_f1": N_("macro-F1")},
    ),
    ScoreChart(
        N_("Right labels on validation rows"),
        N_(
            "Micro-F1 counts every label of every row the same, macro-F1 every label of the file. Dashed: what simple "
            "methods reach of the first."
        ),
        {"micro_f1": N_("micro-F1"), "macro_f1": N_("macro-F1")},
    ),
    ScoreChart(
        N_("Agreement with the true numbers"),
        N_(
            "Correlation on validation rows: 1 where the predictions rise and fall as the numbers do, 0 where they "
            "have nothing to do with them. Dashed: what simple methods reach."
        ),
        {"pearson": N_("correlation"), "spearman": N_("rank correlation")},
        shares=False,
    ),
    ScoreChart(
        N_("Right preferences on validation rows"),
        N_("How often the better one of two answers has become likelier than the worse one. By chance it is half."),
        {"preference_accuracy": N_("right preferences")},
    ),
    ScoreChart(
        N_("Hidden words guessed right"),
        N_("Of words that are hidden in validation rows, how many it guesses. It starts at what the base model has."),
        {"masked_accuracy": N_("hidden words guessed right")},
    ),
    ScoreChart(
        N_("Surprise at validation rows"),
        N_(
            "Bits a character: how much the right answers, or texts that nothing is asked about, surprise the model. "
            "Less is better; it can be compared between models. It starts at what the base model has."
        ),
        {"bits_per_character": N_("bits a character")},
        shares=False,
        open_ended=True,
    ),
)


@st.cache_data(ttl=REFRESH_SECONDS, max_entries=50, show_spinner=False)
def look(run_id: str) -> tuple[RunInfo, tuple[Event, ...]]:
    """A run and its curves, read once a second for everybody who watches it."""
    return get_run(run_id), curves(run_id)


def show_tab_title(run: RunInfo) -> None:
    """Progress, then the score, where one sees it while working in another tab."""
    share = f"{run.step / run.steps:.0%}" if run.steps and not run.over else ""
    score = sentences.score(run.metrics)[1] if run.over else ""
    st.set_page_config(page_title=" · ".join(part for part in (share or score, run.name, "TuneDesk") if part))


def show_numbers(run: RunInfo, events: tuple[Event, ...]) -> None:
    """Where training is, in figures."""
    newest = {event.kind: event.values for event in events}
    train, planned = newest.get("train", {}), newest.get("plan", {})
    epochs, trained = planned.get("epochs", 0), planned.get("trained_parameters", 0)
    figures_shown = (
        (t("Step"), f"{run.step:,} / {run.steps:,}" if run.steps else "–"),
        (t("Epoch"), f"{run.epoch:.1f} / {epochs:g}" if epochs else "–"),
        (t("Learning rate"), f"{train['learning_rate']:.2g}" if "learning_rate" in train else "–"),
        _pace(run, train),
        *_perplexity(events),
        (t("Trained share"), sentences_plan.small_percent(trained / planned["parameters"]) if trained else "–"),
        (t("Time left"), sentences.duration(run.seconds_left) if run.seconds_left is not None else "–"),
    )
    with st.grid(len(figures_shown), min_column_width=130):
        for name, value in figures_shown:
            if not (run.over and name == t("Time left")):
                st.metric(name, value)


def _perplexity(events: tuple[Event, ...]) -> list[tuple[str, str]]:
    """Of a model that writes: among how many tokens it wavers, as it were, at each of a right answer."""
    measured = [event.values for event in events if event.kind == "validation" and "perplexity" in event.values]
    return [(t("Perplexity"), f"{measured[-1]['perplexity']:.2f}")] if measured else []


def _pace(run: RunInfo, train: Mapping[str, Any]) -> tuple[str, str]:
    if "tokens_per_second" in train:
        return t("Tokens per second"), f"{train['tokens_per_second']:,.0f}"
    return t("Rows per second"), f"{run.rows_per_second:,.0f}" if run.rows_per_second else "–"


def show_charts(events: tuple[Event, ...]) -> None:
    """Loss, and the figures that count against the simple methods."""
    left, right = st.columns(2, gap="large")
    checked = [event.values for event in events if event.kind == "validation"]
    with left:
        show_section(t("Loss"), help=t("How far off the model is; it should fall. Validation rows are not trained on."))
        show_figure(
            figures.loss(
                events,
                step=t("Step"),
                value="",
                training=t("training"),
                validation=t("validation"),
                best=t("best"),
            ),
            alt=t("Training and validation loss over the steps."),
            key="loss",
        )
    with right:
        shown = next(one for one in CHARTS if one.is_for(events))
        show_section(t(shown.title), help=t(shown.help))
        main, name = next(iter(shown.lines.items()))
        newest = checked[-1][main] if checked else None
        if (shown.open_ended or "masked_accuracy" in shown.lines) and checked:
            # Before the first step the model is the one that it comes from.
            events = (*events, Event("baseline", 0.0, {"name": "base", main: checked[0][main]}))
        value = sentences.percent(newest or 0.0) if shown.shares else f"{newest or 0.0:.2f}"
        show_figure(
            figures.scores(
                events,
                step=t("Step"),
                lines={line: t(words) for line, words in shown.lines.items()},
                baselines={name: t(words) for name, words in BASELINES.items()},
                shares=shown.shares,
                open_ended=shown.open_ended,
            ),
            alt=t(
                "{figure} on the validation rows over the steps, now {value}.",
                figure=t(name),
                value=value if checked else "–",
            ),
            key="scores",
        )


def show_learning(run: RunInfo, events: tuple[Event, ...]) -> None:
    """Figures and charts, once there is something to draw."""
    if any(event.kind in ("train", "validation") for event in events):
        show_numbers(run, events)
        show_charts(events)
        show_samples(events)
    elif not run.over:
        show_note(t("The curves begin with the first steps of training."))


def show_samples(events: tuple[Event, ...]) -> None:
    """What a model that writes answers to the same few validation prompts, at the beginning and now."""
    samples = [event.values for event in events if event.kind == "samples"]
    if not samples:
        return
    show_section(
        t("Watch it learn"),
        t("The same validation rows after every measurement. The model has not been trained on them."),
    )
    steps = [values["step"] for values in samples]
    step = steps[-1]
    if len(steps) > 1:
        step = st.select_slider(t("After step"), steps, value=step, format_func=lambda at: f"{at:,}", key="samples")
    shown = next(values for values in samples if values["step"] == step)
    right = t(RIGHT.get(shown.get("objective", ""), RIGHT[""]))
    for number, (now, before) in enumerate(zip(shown["answers"], samples[0]["answers"], strict=True)):
        with st.container(border=True, key=f"sample-{number}"):
            show_note(now["asked"] + (" …" if shown.get("objective") == "causal" else ""))
            columns = st.columns(3 if step else 2, gap="medium")
            answers = [(right, now["truth"]), (t("Base model"), before["said"])]
            if step:
                answers.append((t("After step {step}", step=f"{step:,}"), now["said"]))
            for column, (title, text) in zip(columns, answers, strict=True):
                with column:
                    st.markdown(f"**{plain(title)}**")
                    show_text(text or "–")


def show_trials(events: tuple[Event, ...]) -> None:
    """What a search has tried so far, the best first."""
    trials = {event.values["number"]: event.values for event in events if event.kind == "trial"}
    if not trials:
        return
    show_section(
        t("Settings tried"), help=t("Each is trained on the same rows; the best on the validation rows is kept.")
    )
    ranked = sorted(trials.values(), key=lambda trial: -trial["score"])
    ended = [TRIAL_STATES[trial["state"]] for trial in ranked]
    frame = pd.DataFrame(
        {
            "score": [PERCENT * max(0.0, trial["score"]) for trial in ranked],
            "settings": [describe_settings(trial["settings"]) for trial in ranked],
            "state": [t(words) for words in ended],
            "seconds": [sentences.duration(trial["seconds"]) for trial in ranked],
        }
    )
    st.dataframe(
        frame,
        hide_index=True,
        height=fitting_height(len(ranked), 8),
        column_config={
            "score": percent_column(t("Macro-F1 on validation rows")),
            "settings": text_column(t("Settings")),
            "state": st.column_config.TextColumn(t("How it ended")),
            "seconds": st.column_config.TextColumn(t("Time")),
        },
        alt=t("Settings that were tried and what each reached."),
    )


def describe_settings(changes: dict[str, Any]) -> str:
    """What differs from the settings that the search began with, in one line."""
    named = {name: f"{value:.2g}" if isinstance(value, float) else str(value) for name, value in changes.items()}
    return ", ".join(f"{t(NAMES[name])} {value}" for name, value in named.items()) or t("as the preset has them")


def show_stop(run: RunInfo) -> None:
    """Stop, and say what that does; a second time ends it at once."""
    stopping = run.state == "stopping"
    label = t("Stop at once") if stopping else t("Stop")
    purpose = t("Finishes the step, keeps the best model so far and measures it. It can be resumed.")
    if run.state == "queued":
        label, purpose = t("Take it out of the queue"), t("It has not begun yet. It can be resumed, and waits again.")
    st.button(
        label,
        icon=":material/stop:",
        key="stop",
        help=purpose,
        on_click=ask_to_stop,
        args=(run.id,),
    )
    if sentences_runs.is_answering(run):
        show_note(
            t(
                "What was trained is saved, and is being measured. Stop once more to leave that out: then there is no "
                "model and no report until you resume the run."
            )
        )


def ask_to_stop(run_id: str) -> None:
    """Stop the run, and look again at once instead of after a second."""
    stop(run_id)
    look.clear()


@st.fragment(run_every=REFRESH_SECONDS)
def show_live(run_id: str) -> None:
    """The part of the page that refreshes itself while the run goes on."""
    run, events = look(run_id)
    if run.over:
        st.rerun()
    show_tab_title(run)
    show_heading(sentences_runs.going_on(run), describe(run))
    show_timeline(run.id)
    show_smaller(run)
    if run.state != "queued":
        st.progress(
            sentences_runs.share(run), text=plain(sentences_runs.phase(run.phase, run.phase_done, run.phase_total))
        )
    show_stop(run)
    show_learning(run, events)
    show_trials(events)


def show_smaller(run: RunInfo) -> None:
    """That memory ran out, where it did."""
    if sentences_runs.smaller(run):
        show_warning(sentences_runs.smaller(run))


def describe(run: RunInfo) -> str:
    """What the run is, in one line."""
    parts = [run.name, run.dataset_name, run.base_model, sentences_plan.preset(run.preset)]
    if run.resumed_from:
        parts.append(t("resumed from step {step}", step=run.resumed_from))
    return " · ".join(part for part in parts if part)


def show_log(run: RunInfo) -> None:
    """The last lines of the run's own output."""
    with st.expander(t("Log"), icon=":material/terminal:", on_change="rerun", key="log") as log:
        if log.open:
            st.code(run_log(run.id, LOG_LINES) or t("Nothing was written yet."), language=None, height=320)


try:
    run = state.pick_run()
    if run.over:
        show_tab_title(run)
        show_end(run, describe(run))
        show_timeline(run.id)
        show_smaller(run)
        events = curves(run.id)
        show_learning(run, events)
        show_trials(events)
    else:
        show_live(run.id)
    show_log(run)
except TuneDeskError as error:
    show_error(error)
