"""What the environment decides: where the workspace is and its limits. Knows nothing of what is kept there."""

import os
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import N_, SettingError

GIB = 1024**3


@dataclass(frozen=True)
class Workspace:
    """The folder that holds everything of one installation, and the limits that apply to it.

    Environment: ``TUNEDESK_HOME`` (folder, default ``~/.tunedesk``), ``TUNEDESK_DATABASE`` (SQLAlchemy
    URL, default an SQLite file in the folder), ``TUNEDESK_CACHE_GIB`` (default 10), ``TUNEDESK_JOBS``
    (jobs that may run at once on one device, default 1), ``TUNEDESK_PROCESSES`` (processes that train one run
    together, started by ``torchrun``; on GPUs one for each, default 1), ``TUNEDESK_STAND_BY`` (``off``: no process
    loads libraries ahead of a training, which takes half a gigabyte for some minutes), ``TUNEDESK_LANGUAGE`` (``en``
    or ``zh_CN``, for the command line; the browser asks the browser), ``TUNEDESK_IMPORT_FOLDERS`` (folders from which
    the browser may have files read, separated as in ``PATH``; default none), ``TUNEDESK_JUDGE_ENDPOINT`` (address of
    an OpenAI-compatible server that judges, which ``TUNEDESK_JUDGE_KEY`` is the key of), ``TUNEDESK_JUDGE_HOSTS``
    (further servers that may be asked to judge, separated by commas: ``host``, ``host:port`` or, without TLS,
    ``http://host:port``; this machine always may). The key itself is not kept here: ``judge.keys`` reads it.
    """

    home: Path
    database_url: str
    cache_bytes: int
    jobs_per_device: int
    processes: int
    stands_by: bool
    language: str | None
    import_folders: tuple[Path, ...]
    judge_endpoint: str = ""
    judge_hosts: tuple[str, ...] = ()

    @property
    def sources(self) -> Path:
        """Uploaded files and their rows, one folder each, named by content."""
        return self.home / "sources"

    @property
    def splits(self) -> Path:
        """Frozen row numbers, one JSON file each, named by content."""
        return self.home / "splits"

    @property
    def checks(self) -> Path:
        """What the data check said, one JSON file for each dataset as it was read and divided."""
        return self.home / "checks"

    @property
    def runs(self) -> Path:
        """One folder a run: spec, metrics, checkpoints, bundle, answers, report."""
        return self.home / "runs"

    @property
    def jobs(self) -> Path:
        """One folder a job: its request, output, progress and result."""
        return self.home / "jobs"

    @property
    def uploads(self) -> Path:
        """Files handed to a job, one folder each under the job's id; gone once the job is over."""
        return self.home / "uploads"

    @property
    def models(self) -> Path:
        """Base models as ordinary Hugging Face folders in safetensors."""
        return self.home / "models"

    @property
    def tastings(self) -> Path:
        """One folder a blind tasting: its answers and its votes."""
        return self.home / "tastings"

    @property
    def judgements(self) -> Path:
        """One folder a judgement: what a judge was asked, its verdicts, and how people rated the same answers."""
        return self.home / "judgements"

    @property
    def cache(self) -> Path:
        """What can be computed again: bounded, and emptied at will."""
        return self.home / "cache"

    @property
    def locks(self) -> Path:
        """Lock files. A held lock dies with its process."""
        return self.home / "locks"


def workspace() -> Workspace:
    """Read the environment now, so that tests and commands can point elsewhere.

    Raises:
        SettingError: a number in the environment is not one.
    """
    home = Path(os.environ.get("TUNEDESK_HOME") or Path.home() / ".tunedesk").expanduser().resolve()
    return Workspace(
        home=home,
        database_url=os.environ.get("TUNEDESK_DATABASE") or f"sqlite:///{home / 'tunedesk.db'}",
        cache_bytes=_positive("TUNEDESK_CACHE_GIB", 10) * GIB,
        jobs_per_device=_positive("TUNEDESK_JOBS", 1),
        processes=_positive("TUNEDESK_PROCESSES", 1),
        stands_by=os.environ.get("TUNEDESK_STAND_BY") != "off",
        language=os.environ.get("TUNEDESK_LANGUAGE"),
        import_folders=_folders("TUNEDESK_IMPORT_FOLDERS"),
        judge_endpoint=os.environ.get("TUNEDESK_JUDGE_ENDPOINT", "").strip(),
        judge_hosts=tuple(filter(None, map(str.strip, os.environ.get("TUNEDESK_JUDGE_HOSTS", "").split(",")))),
    )


def _folders(name: str) -> tuple[Path, ...]:
    parts = (part.strip() for part in os.environ.get(name, "").split(os.pathsep))
    return tuple(Path(part).expanduser().resolve() for part in parts if part)


def _positive(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or int(text) < 1:
        raise SettingError(
            N_("The environment variable {name} is {value}; it must be a whole number above 0."), name=name, value=text
        )
    return int(text)
