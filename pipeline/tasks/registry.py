"""The tasks by name. To add one, write its file beside this one and name it here."""

from pipeline.errors import N_, SettingError
from pipeline.tasks import classification

TASKS = {classification.NAME: classification}


def check(name: str) -> None:
    """Raises SettingError unless ``name`` is a task."""
    if name not in TASKS:
        raise SettingError(N_("There is no task “{task}”. Choose one of: {known}."), task=name, known=", ".join(TASKS))
