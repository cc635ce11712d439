"""The data check of ``data inspect``: what is wrong with a file as it would be learned from.

Freezes nothing.
"""

import argparse
import dataclasses
from typing import Any

from pipeline.check.find import find
from pipeline.check.material import Material
from pipeline.cli.columns import pick_question, say_question
from pipeline.cli.terminal import Terminal
from pipeline.data.new_view import make_view
from pipeline.data.source import Source
from pipeline.data.view import View
from pipeline.errors import UnfitData
from pipeline.i18n import terminal_language, translate
from pipeline.tasks import registry
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
    material, language = Material(view, progress=Terminal()), terminal_language()
    found: Json = {
        "roles": {"text": list(view.text), "label": view.label, **_more_roles(view)},
        "task": registry.task_of(view).name,
        "findings": [
            {
                "kind": one.kind,
                "rows": one.rows,
                "message": translate(one.message, language, **dict(one.values)),
                "severity": one.severity.name.lower(),
                "why": translate(one.why, language, **dict(one.values)),
            }
            for one in find(material)
        ],
    }
    return found | _learn(material) if options.learnability else found


def _view(source: Source, options: argparse.Namespace) -> View | None:
    named = options.text or options.label
    question = pick_question(source, options)
    if not named and not (question.text and question.answers):
        return None
    try:
        view = make_view(source.id, template=default_template(question.text), **dataclasses.asdict(question))
    except UnfitData:
        if named:
            raise
        return None
    say_question(question, options)
    return view


def _more_roles(view: View) -> Json:
    """What only some tasks have."""
    more = {
        "second": view.second,
        "separators": view.separators,
        "label_columns": list(view.label_columns),
    }
    return {name: value for name, value in more.items() if value}


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
