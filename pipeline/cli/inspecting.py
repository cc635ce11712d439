"""The data check of ``data inspect``: what is wrong with a file as it would be learned from.

Freezes nothing.
"""

import argparse
import dataclasses
from typing import Any

from pipeline.check.find import find
from pipeline.check.material import Material
from pipeline.cli.terminal import Terminal, say
from pipeline.data.columns import guess_roles, profile
from pipeline.data.source import Source, read_rows
from pipeline.data.view import View, make_view
from pipeline.errors import N_, UnfitData
from pipeline.i18n import terminal_language, translate
from pipeline.templates.columns import default_template

Json = dict[str, Any]


def check_source(source: Source, options: argparse.Namespace) -> Json:
    """What the check finds: ``roles`` and ``findings``, with ``--learnability`` also that and the ``budget``.

    Where neither options nor the columns say what text and label are, ``roles`` is None and nothing is found.

    Raises:
        UnfitData: the columns that the options name cannot be learned from.
    """
    view = _view(source, options)
    if view is None:
        return {"roles": None, "findings": []}
    material, language = Material(view), terminal_language()
    found: Json = {
        "roles": {"text": list(view.text), "label": view.label},
        "findings": [
            {
                "kind": one.kind,
                "rows": one.rows,
                "message": translate(one.message, language, **dict(one.values)),
                "severity": one.severity.name.lower(),
                "why": translate(one.why, language, **dict(one.values)),
            }
            for one in find(material, Terminal())
        ],
    }
    return found | _learn(material) if options.learnability else found


def _view(source: Source, options: argparse.Namespace) -> View | None:
    guessed = guess_roles(profile(read_rows(source.id)))
    text = tuple(options.text.split(",")) if options.text else guessed.text
    label = options.label or guessed.label
    named = options.text or options.label
    if not named and not (text and label):
        return None
    try:
        view = make_view(source.id, text, label or "", default_template(text))
    except UnfitData:
        if named:
            raise
        return None
    if not (options.text and options.label):
        chosen = translate(
            N_("Text: {text}. Label: {label}."), terminal_language(), text=", ".join(text), label=view.label
        )
        say(chosen)
    return view


def _learn(material: Material) -> Json:
    # Imported here, because scikit-learn takes seconds to load and is asked for seldom.
    from pipeline.check.fits import hold_trial, measure_learnability
    from pipeline.check.growth import measure_budget

    trial = hold_trial(material, Terminal())
    found = measure_learnability(trial)
    budget = measure_budget(trial, Terminal()) if found.promising else None
    return {
        "learnability": dataclasses.asdict(found),
        "budget": dataclasses.asdict(budget) if budget else None,
    }
