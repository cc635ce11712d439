"""The tasks by name. To add one, write its file beside this one and name it here."""

from pipeline.data.question import Question
from pipeline.data.view import View
from pipeline.errors import N_, SettingError
from pipeline.tasks.classification import CLASSIFICATION
from pipeline.tasks.instruction import INSTRUCTION, PREFERENCE
from pipeline.tasks.multilabel import MULTILABEL
from pipeline.tasks.pair import PAIR
from pipeline.tasks.pretraining import PRETRAINING
from pipeline.tasks.regression import REGRESSION
from pipeline.tasks.task import Goal, Task

TASKS: dict[str, Task] = {task.name: task for task in (CLASSIFICATION, MULTILABEL, PAIR, REGRESSION)}
# All that can be learned.
GOALS: dict[str, Goal] = {**TASKS, **{goal.name: goal for goal in (INSTRUCTION, PREFERENCE, PRETRAINING)}}


def get(name: str) -> Task:
    """The task of that name. Raises SettingError where there is none, or where it is one of writing."""
    if name not in TASKS:
        raise SettingError(N_("There is no task “{task}”. Choose one of: {known}."), task=name, known=", ".join(TASKS))
    return TASKS[name]


def task_of(view: View) -> Goal:
    """The task that a View asks for."""
    return goal_for(view, view.several)


def goal_for(asked: View | Question, several: bool) -> Goal:
    """What is learned of a View, or of what will be one."""
    if asked.raw:
        return PRETRAINING
    if asked.written:
        return PREFERENCE if asked.rejected else INSTRUCTION
    return task_for(asked.number, several, bool(asked.second))


def task_for(number: bool, several: bool, two_texts: bool) -> Task:
    """The task where the answer is a number, or several labels, or else one class, of one text or of two."""
    if number:
        return REGRESSION
    if several:
        return MULTILABEL
    return PAIR if two_texts else CLASSIFICATION
