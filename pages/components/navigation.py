"""The pages, their place on the path Data → Train → Results → Use, and how one leads to another."""

from dataclasses import dataclass
from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.components.language import language_parameters
from pages.components.text import plain, t
from pipeline.errors import N_


@dataclass(frozen=True)
class Place:
    """One page: its file below ``pages/``, its part of the URL, its title and what it is for (gettext ids)."""

    file: str
    url: str
    title: str
    icon: str
    purpose: str


PLACES: dict[str, tuple[Place, ...]] = {
    "": (Place("home.py", "", N_("Home"), ":material/home:", N_("Runs that are going on and the last results.")),),
    N_("Data"): (
        Place("data/read.py", "data", N_("Your file"), ":material/table_chart:", N_("What is in your file.")),
        Place(
            "data/check.py",
            "check",
            N_("Check"),
            ":material/troubleshoot:",
            N_("What is wrong with the data, and what would help."),
        ),
    ),
    N_("Train"): (
        Place(
            "train/start.py",
            "train",
            N_("Start training"),
            ":material/model_training:",
            N_("Choose a base model and see what it will cost."),
        ),
        Place(
            "train/monitor.py",
            "monitor",
            N_("Monitor"),
            ":material/show_chart:",
            N_("Watch a run learn, stop it or resume it."),
        ),
    ),
    N_("Results"): (
        Place(
            "results/report.py",
            "results",
            N_("Report"),
            ":material/fact_check:",
            N_("How good a run is on rows it has never seen."),
        ),
        Place(
            "results/errors.py", "errors", N_("Wrong rows"), ":material/rule:", N_("The rows that a run gets wrong.")
        ),
        Place(
            "results/judge.py",
            "judge",
            N_("Judge"),
            ":material/balance:",
            N_("Have another model score the answers, and see how far to trust it."),
        ),
        Place(
            "results/rating.py",
            "rating",
            N_("Rate answers"),
            ":material/thumbs_up_down:",
            N_("Say which answers are good, so that a judge can be held against it."),
        ),
    ),
    N_("Use"): (
        Place("use/ask.py", "ask", N_("Ask"), ":material/chat:", N_("Type a text and see its label.")),
        Place("use/fill.py", "fill", N_("Fill a file"), ":material/edit_note:", N_("Fill the blank labels of a file.")),
        Place(
            "use/playground.py",
            "playground",
            N_("Playground"),
            ":material/forum:",
            N_("Talk to a model that writes, or to two side by side."),
        ),
        Place(
            "use/tasting.py",
            "tasting",
            N_("Blind tasting"),
            ":material/how_to_vote:",
            N_("Have a room vote by phone which of two models answers better."),
        ),
        Place("use/export.py", "export", N_("Export"), ":material/archive:", N_("Take the trained model with you.")),
    ),
    N_("This machine"): (
        Place("models.py", "models", N_("Models"), ":material/deployed_code:", N_("Base models, here and to fetch.")),
        Place("storage.py", "storage", N_("Storage"), ":material/hard_drive:", N_("What takes up disk space.")),
    ),
}


def place(file: str) -> Place:
    """The page of ``file``, such as ``"train/start.py"``. Raises StopIteration for an unknown one: a bug."""
    return next(page for pages in PLACES.values() for page in pages if page.file == file)


def sections(here: str | None = None) -> dict[str, list[st.Page]]:
    """All pages by their step, as Streamlit's navigation wants them; the step of the page ``here`` is marked."""
    return {_step(name, places, here): [_page(place) for place in places] for name, places in PLACES.items()}


def _step(name: str, places: tuple[Place, ...], here: str | None) -> str:
    """A closed menu does not show by itself that the page one sees is inside it."""
    if not name:
        return ""
    return f":primary[**{t(name)}**]" if here in {place.url for place in places} else t(name)


def _page(page: Place) -> st.Page:
    """Without its icon: Streamlit would make it the tab's icon too, and have the browser fetch that from elsewhere."""
    return st.Page(
        page.file, title=t(page.title), url_path=page.url or None, default=not page.url, help=t(page.purpose)
    )


def go(file: str, **parameters: str) -> NoReturn:
    """Show another page now, for example ``go("results/report.py", run=run.id)``; the language stays."""
    _forget_fragments()
    st.switch_page(file, query_params=language_parameters() | parameters)


def _forget_fragments() -> None:
    """Have the server refuse what the timers of this page's fragments still ask for.

    The browser stops them once it has heard of the other page. What they ask for until then would be answered after
    that page in the name of this one, and the browser would empty the screen.
    """
    context = get_script_run_ctx()
    assert context is not None  # pages run in one
    context.fragment_storage.clear()


def link(file: str, label: str = "", **parameters: str) -> None:
    """A link to another page; ``label`` is already translated and may hold names from outside."""
    page = place(file)
    st.page_link(
        file,
        label=plain(label) if label else t(page.title),
        icon=page.icon,
        query_params=language_parameters() | parameters,
    )


def show_empty(text: str, label: str, file: str, **parameters: str) -> NoReturn:
    """Nothing to show here yet: say so, lead to the page that changes that, and end this one.

    ``text`` and ``label`` are already translated.
    """
    with st.container(border=True, horizontal_alignment="center"):
        st.space("small")
        st.markdown(plain(text), text_alignment="center")
        link(file, label, **parameters)
        st.space("small")
    st.stop()
