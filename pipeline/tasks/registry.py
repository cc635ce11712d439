"""The tasks by name. To add one, write its file beside this one and name it here."""

from pipeline.data.view import View
from pipeline.errors import N_, SettingError, UnfitData
from pipeline.tasks.classification import CLASSIFICATION
from pipeline.tasks.task import Task

TASKS: dict[str, Task] = {task.name: task for task in (CLASSIFICATION,)}


def get(name: str) -> Task:
    """The task of that name. Raises SettingError where there is none."""
    if name not in TASKS:
        raise SettingError(N_("There is no task “{task}”. Choose one of: {known}."), task=name, known=", ".join(TASKS))
    return TASKS[name]


def task_of(view: View) -> Task:
    """The task that a View asks for.

    Raises:
        UnfitData: no task learns from such columns.
    """
    if view.second:
        raise UnfitData(
            N_("A model that compares two texts cannot be trained yet. Choose both as text columns that are joined.")
        )
    if view.several:
        raise UnfitData(
            N_("A model with several labels a row cannot be trained yet. Choose a label column with one label a row.")
        )
    return CLASSIFICATION
