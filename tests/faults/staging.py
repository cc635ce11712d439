"""What every fault happens to: two hundred tickets, a tiny base model, a run of thirty epochs."""

import time
from collections.abc import Callable
from pathlib import Path

from pipeline import system
from pipeline.actions import data
from pipeline.data.source import import_source
from pipeline.runs import store
from pipeline.settings import Workspace
from tests.tiny import instructions, tickets, tiny_base, tiny_writer

Settings = dict[str, str]
SETTINGS: Settings = {"epochs": "30", "batch_size": "8", "learning_rate": "3e-3", "max_length": "24"}
# For the tiny model that writes.
WRITING: Settings = {
    "epochs": "12",
    "batch_size": "8",
    "trained_layers": "-1",
    "learning_rate": "4e-3",
    "max_length": "96",
    "prompt_format": "chat",
}


def make_dataset(home: Workspace, folder: Path) -> data.Dataset:
    """Import the tickets and put the base model ``tiny`` into the workspace."""
    tiny_base(home.models / "tiny")
    tickets(200, seed=0).to_csv(folder / "tickets.csv", index=False)
    source = import_source(folder / "tickets.csv", "tickets.csv")
    return data.create_dataset(source.id, name="tickets", text=["text"], label="label")


def make_instructions(home: Workspace, folder: Path) -> data.Dataset:
    """Import a hundred instructions with answers, and put the base model ``writer`` into the workspace."""
    tiny_writer(home.models / "writer", "decoder")
    instructions(100, seed=0).to_csv(folder / "asked.csv", index=False)
    source = import_source(folder / "asked.csv", "asked.csv")
    return data.create_dataset(source.id, name="asked", text=["instruction", "input"], label="output", written=True)


def until(condition: Callable[[], bool], seconds: float = 300) -> None:
    """Wait for a process of the operating system, which no event of ours can announce."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def process_of(job: str) -> system.Identity:
    """The process that does a job."""
    row = store.get_job(job)
    return system.Identity(row.pid, row.pid_created)
