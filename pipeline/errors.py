"""Every failure that a person can do something about.

    TuneDeskError
    ├── SettingError            a setting or an argument that is out of its range or unknown
    ├── DataError               a file, or what it holds
    │   ├── UnreadableFile      it is not what its name says, or is empty, damaged or too large
    │   └── UnfitData           it was read, but nothing can be learned from it as it is
    ├── ModelError              a base model
    │   ├── UnknownModel        no such name in the catalogue or the workspace
    │   ├── ModelNotReady       known, but not on this machine yet
    │   ├── ModelUnreachable    none of its sources answered
    │   └── UnsafeModel         refused: it could run code, leave its folder or fill the disk
    ├── RunError                a run, or what it left behind
    │   └── RunNotFound         no run of that id or name
    ├── JudgeError              a judge that cannot be asked, or what it left behind
    │   └── JudgementNotFound   no judgement of that id
    ├── JobError                a job that could not be started, stopped or found
    └── WorkspaceError          the machine: disk full, folder not writable, database locked
        └── OutOfMemory         there was not enough memory, on the GPU or beside it

The message is a gettext id in English with ``{placeholders}``: it says what happened, where, and what to
do next. It is translated where it is shown (``pipeline.i18n.explain``), never where it is raised.
Anything that is not a TuneDeskError is a bug, and is logged with its traceback.
"""

from typing import Any


def N_(message: str) -> str:
    """Mark ``message`` for extraction without translating it here."""
    return message


class TuneDeskError(Exception):
    """What happened, where, and what to do: ``message`` is a gettext id, ``values`` fill its placeholders."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message, values)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return self.message.format(**self.values)

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword values do not survive the default pickling, and errors cross process borders.
        return _rebuild, (type(self), self.message, self.values)


def _rebuild(kind: type["TuneDeskError"], message: str, values: dict[str, object]) -> "TuneDeskError":
    return kind(message, **values)


class SettingError(TuneDeskError):
    """A setting or an argument that is out of its range or unknown."""


class DataError(TuneDeskError):
    """A file, or what it holds."""


class UnreadableFile(DataError):
    """Not what its name says, or empty, damaged or too large."""


class UnfitData(DataError):
    """Read, but nothing can be learned from it as it is."""


class ModelError(TuneDeskError):
    """A base model."""


class UnknownModel(ModelError):
    """No such name in the catalogue or the workspace."""


class ModelNotReady(ModelError):
    """Known, but not on this machine yet."""


class ModelUnreachable(ModelError):
    """None of its sources answered."""


class UnsafeModel(ModelError):
    """Refused: it could run code, leave its folder or fill the disk."""


class RunError(TuneDeskError):
    """A run, or what it left behind."""


class RunNotFound(RunError):
    """No run of that id or name."""


class JudgeError(TuneDeskError):
    """A judge that cannot be asked, or what it left behind."""


class JudgementNotFound(JudgeError):
    """No judgement of that id."""


class JobError(TuneDeskError):
    """A job that could not be started, stopped or found."""


class WorkspaceError(TuneDeskError):
    """The machine: disk full, folder not writable, database locked."""


class OutOfMemory(WorkspaceError):
    """There was not enough memory, on the GPU or beside it."""
