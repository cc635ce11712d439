"""The choices of the Train page: base model, preset, device. Each draws one widget and says what it means."""

import streamlit as st

from pages.components import sentences, sentences_plan
from pages.components.text import show_note, t
from pipeline.actions.data import Dataset
from pipeline.actions.models import ModelCard
from pipeline.actions.plan import PRESETS, WRITING_PRESETS, Recommendation
from pipeline.models.devices import Device


def choose_model(recommended: tuple[Recommendation, ...], cards: dict[str, ModelCard]) -> Recommendation:
    """The base model; the recommended one first."""
    by_name = {one.model: one for one in recommended}
    first = recommended[0].model

    def words(name: str) -> str:
        parts = [name, t("recommended")] if name == first else [name]
        return " · ".join([*parts, _availability(cards.get(name))])

    name = st.selectbox(
        t("Base model"),
        list(by_name),
        format_func=words,
        key="base_model",
        persist_state="session",
        help=t("A model that already knows language. Training teaches it your answers."),
    )
    chosen = by_name[name or first]
    show_note(t(chosen.reason))
    return chosen


def choose_preset(dataset: Dataset) -> str:
    """How much effort training takes; for a sample the quickest is chosen at first."""
    written, raw = dataset.view.written, dataset.view.raw
    preset = st.segmented_control(
        t("Effort"),
        WRITING_PRESETS if written else PRESETS,
        format_func=sentences_plan.preset,
        default="fast" if dataset.sample and not written else "balanced",
        key=f"preset-{dataset.id}",
        required=True,
        persist_state="session",
    )
    chosen = str(preset or "balanced")
    helps = sentences_plan.WRITING_PRESET_HELP if written else sentences_plan.PRESET_HELP
    show_note(t((sentences_plan.READING_PRESET_HELP if raw else helps)[chosen]))
    return chosen


def choose_device(devices: tuple[Device, ...]) -> str:
    """Where to train; the fastest is first."""
    by_name = {device.name: device for device in devices}
    name = st.selectbox(
        t("Device"),
        list(by_name),
        format_func=lambda key: sentences_plan.device(by_name[key]) if key in by_name else key,
        key="device",
        persist_state="session",
        help=t("Where training runs. A GPU is many times faster than a CPU."),
    )
    return str(name)


def _availability(card: ModelCard | None) -> str:
    if card is None or card.state == "ready":
        return t("ready")
    if card.state == "fetching":
        return t("being downloaded")
    if card.entry and card.entry.must_accept:
        return t("{size} to download, licence to accept", size=sentences.size(card.entry.download_bytes))
    return t("{size} to download", size=sentences.size(card.entry.download_bytes if card.entry else 0))
