"""Base models as a person sees them: ready, being fetched, or to be fetched."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlmodel import col, select

from pipeline import jobs
from pipeline.errors import N_, SettingError
from pipeline.models import catalogue, store
from pipeline.models.catalogue import CatalogueEntry
from pipeline.runs.store import JobRow, session

LANE = "network"


@dataclass(frozen=True)
class ModelCard:
    """One base model with what can be done with it now."""

    name: str
    family: str
    parameters: int
    languages: tuple[str, ...]
    licence: str
    context: int  # tokens
    purpose: str  # gettext id; "" for a model that somebody brought
    state: Literal["ready", "fetching", "missing"]
    job: str  # the job that fetches it; "" when none does
    path: Path | None
    entry: CatalogueEntry | None  # None for a model that somebody brought


def list_models() -> tuple[ModelCard, ...]:
    """The catalogue in its order, then the models that somebody brought."""
    fetching = _fetching()
    ready = {model.name: model for model in store.list_ready()}
    cards = [_card(entry, ready.pop(entry.name, None), fetching.get(entry.name, "")) for entry in catalogue.entries()]
    return (*cards, *(_brought(model) for model in ready.values()))


def get_model(name: str) -> ModelCard:
    """One model. Raises UnknownModel."""
    card = next((card for card in list_models() if card.name == name), None)
    return card or _card(catalogue.find(name), None, "")


def start_fetch(name: str, *, accepted_licence: bool = False) -> str:
    """Fetch a model of the catalogue in the background; returns the job's id, also when it is under way already.

    Raises:
        UnknownModel: no such name.
        SettingError: its licence must be accepted first.
    """
    entry = catalogue.find(name)
    if entry.must_accept and not accepted_licence:
        raise SettingError(
            N_("{model} comes under the licence {licence}. Read it at {url}, accept it, and fetch again."),
            model=name,
            licence=entry.licence,
            url=entry.licence_url,
        )
    request = {"model": name, "accepted_licence": accepted_licence}
    return _fetching().get(name) or jobs.submit("fetch", request, lane=LANE)


def start_bring(path: Path, name: str) -> str:
    """Check a folder or zip in the background and keep it as base model ``name``; returns the job's id."""
    return jobs.submit("bring", {"path": str(path), "name": name}, lane=LANE)


def remove_model(name: str) -> None:
    """Remove a model's files from the workspace."""
    store.remove(name)


def _fetching() -> dict[str, str]:
    active = ("queued", *jobs.local.ACTIVE)
    with session() as opened:
        rows = opened.exec(select(JobRow).where(JobRow.kind == "fetch", col(JobRow.state).in_(active))).all()
    return {row.request["model"]: row.id for row in rows}


def _card(entry: CatalogueEntry, model: store.Model | None, job: str) -> ModelCard:
    return ModelCard(
        name=entry.name,
        family=entry.family,
        parameters=entry.parameters,
        languages=entry.languages,
        licence=entry.licence,
        context=entry.context,
        purpose=entry.purpose,
        state="ready" if model else "fetching" if job else "missing",
        job=job,
        path=model.path if model else None,
        entry=entry,
    )


def _brought(model: store.Model) -> ModelCard:
    return ModelCard(
        name=model.name,
        family=model.family,
        parameters=model.parameters,
        languages=model.languages,
        licence=model.licence,
        context=model.context,
        purpose="",
        state="ready",
        job="",
        path=model.path,
        entry=None,
    )
