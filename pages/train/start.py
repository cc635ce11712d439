"""Train: which model, and what will it cost?"""

import streamlit as st

from pages.components import sentences, sentences_check, sentences_plan, sentences_runs, state
from pages.components.models import offer
from pages.components.navigation import go
from pages.components.text import plain, show_error, show_heading, show_note, show_warning, t
from pages.train import choices
from pages.train.formats import show_format
from pages.train.settings import NAMES, chosen_settings, setting_key, show_settings
from pipeline.actions.check import check_of
from pipeline.actions.data import Dataset, row_counts
from pipeline.actions.models import ModelCard, list_models
from pipeline.actions.plan import Plan, plan, recommend
from pipeline.actions.runs import RunInfo
from pipeline.actions.train import stand_by, start
from pipeline.errors import TuneDeskError
from pipeline.models.devices import devices


def begin(planned: Plan, dataset: Dataset, settings: dict[str, str], name: str, *, use_cache: bool = True) -> None:
    """Start the run as planned, with the settings that were chosen, and watch it."""
    recipe, spec = planned.recipe, planned.spec
    try:
        run = start(
            dataset,
            spec.base_model,
            recipe.preset,
            name=name,
            seed=spec.seed,
            device=spec.device,
            settings=settings,
            use_cache=use_cache,
        )
    except TuneDeskError as error:
        show_error(error)
        return
    state.choose_run(run.id)
    go("train/monitor.py", run=run.id)


def show_trained_before(planned: Plan, run: RunInfo, dataset: Dataset, settings: dict[str, str], name: str) -> None:
    """The same choices were trained before: open that run, or train again all the same."""
    when = sentences.moment(run.ended or run.created, st.context.timezone_offset)
    show_note(t("Exactly this was trained on {when}: {outcome}.", when=when, outcome=sentences_runs.outcome(run)))
    with st.container(horizontal=True):
        if st.button(t("Open it"), type="primary", icon=":material/open_in_new:", key="open"):
            state.choose_run(run.id)
            go("train/monitor.py", run=run.id)
        if st.button(t("Train again"), icon=":material/replay:", key="again"):
            begin(planned, dataset, settings, name, use_cache=False)


def show_start(dataset: Dataset, card: ModelCard, preset: str, device: str, name: str, seed: int) -> None:
    """What it will cost, and the button."""
    settings = chosen_settings(dataset.view, card.family)
    try:
        with st.spinner(t("Estimating time and memory …")):
            planned = plan(dataset, card.name, preset, seed=seed, device=device, settings=settings)
    except TuneDeskError as error:
        show_error(error)
        return
    stand_by()
    st.markdown(f"**{plain(sentences_plan.cost(planned))}**")
    show_note(sentences_plan.cost_range(planned))
    show_note(sentences_plan.trained_share(planned.estimate.trained_share))
    show_fit(planned)
    if planned.finished_run:
        show_trained_before(planned, planned.finished_run, dataset, settings, name)
    elif st.button(t("Start training"), type="primary", icon=":material/play_arrow:", key="start"):
        begin(planned, dataset, settings, name)


def show_fit(planned: Plan) -> None:
    """A warning where there is not enough memory, and what would fit by one click."""
    if planned.fits:
        return
    show_warning(sentences_plan.too_large(planned))
    if planned.smaller is None:
        show_note(t("No setting makes it small enough: choose a smaller base model, or close other programs."))
        return
    changes = {
        name: str(getattr(planned.smaller, name))
        for name in NAMES
        if getattr(planned.smaller, name) != getattr(planned.recipe, name)
    }
    words = ", ".join(f"{t(NAMES[name])} {value}" for name, value in changes.items())
    st.button(
        plain(t("Take what fits: {settings}", settings=words)),
        icon=":material/compress:",
        key="shrink",
        on_click=take_settings,
        args=(changes,),
    )


def take_settings(changes: dict[str, str]) -> None:
    """Fill the fields of the form."""
    for name, value in changes.items():
        st.session_state[setting_key(name)] = value


def show_doubts(dataset: Dataset) -> None:
    """What the data check knows that would make training vain."""
    report = check_of(dataset)
    if report is not None and report.learnability is not None and report.learnability.verdict == "chance":
        show_warning(sentences_check.learnability(report.learnability))
        show_note(sentences_check.learnability_advice(report.learnability))


def show_page(dataset: Dataset) -> None:
    """The choices on the left, their cost beneath, everything else under Advanced."""
    counts = row_counts(dataset)
    recommended = recommend(dataset)
    cards = {card.name: card for card in list_models()}
    show_heading(
        t("Train a model on {dataset}", dataset=dataset.name),
        sentences.task(dataset.view)
        + " "
        + t(
            "It learns from {train} rows, is tuned on {validation} and measured on {test} that it never sees.",
            train=f"{counts.train:,}",
            validation=f"{counts.validation:,}",
            test=f"{counts.test:,}",
        ),
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        model = choices.choose_model(recommended, cards)
        preset = choices.choose_preset(dataset)
    with right:
        name = st.text_input(
            t("Name of the run"),
            key="run_name",
            placeholder=f"{dataset.name}-{model.model}",
            max_chars=80,
            help=t("Left blank, it is named after the dataset and the model."),
        )
        device = choices.choose_device(devices())
    if dataset.view.raw:
        show_note(
            t(
                "What it is good for: the model gets used to your words before it learns labels or answers. Keep it as "
                "a base model afterwards (Export), train on it, and compare: whether it helps depends on the texts."
            )
        )
    show_doubts(dataset)
    card = cards[model.model]
    if not model.ready:
        offer(card, primary=True)
        return
    if dataset.view.written and not dataset.view.raw:
        show_format(dataset, card, plan(dataset, card.name, preset, device=device).recipe)
    cost = st.container()
    with st.expander(t("Advanced"), icon=":material/tune:"):
        show_note(t("Blank fields take the value shown in grey, which the preset chose for this file."))
        show_settings(plan(dataset, card.name, preset, device=device).recipe, dataset.view, card.family)
        seed = st.number_input(
            t("Seed"),
            min_value=0,
            value=0,
            step=1,
            key="seed",
            width=220,
            help=t("Another seed shuffles the rows differently. Change it to see how much chance is in a result."),
        )
    with cost:
        show_start(dataset, card, preset, device, name, int(seed))


try:
    show_page(state.pick_dataset())
except TuneDeskError as error:
    show_error(error)
