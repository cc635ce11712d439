"""The samples: files that come with TuneDesk, so that every task can be tried at once."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.actions.data import Dataset, create_dataset
from pipeline.data.source import import_source
from pipeline.errors import N_, DataError

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"


@dataclass(frozen=True)
class Sample:
    """A file that comes with TuneDesk, so that every task can be tried at once."""

    name: str
    title: str  # gettext id
    description: str  # gettext id
    file: str
    text: tuple[str, ...]
    label: str

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return SAMPLES / self.file


def samples() -> tuple[Sample, ...]:
    """The classification samples, the recommended first one first."""
    return (
        Sample(
            "zh_requirement_tickets",
            N_("Chinese requirement tickets"),
            N_("About 2,200 requirement tickets, half of them without a technical owner. The model fills them in."),
            "zh_requirement_tickets.csv",
            ("标题", "描述"),
            "技术负责人",
        ),
        Sample(
            "en_support_tickets",
            N_("English support tickets"),
            N_("About 1,500 support e-mails and the queue that each belongs to."),
            "en_support_tickets.csv",
            ("subject", "body"),
            "queue",
        ),
        Sample(
            "spam_messages",
            N_("Spam or not"),
            N_("Short messages marked as spam or ham. The smallest and quickest of the three."),
            "spam_messages.csv",
            ("text",),
            "label",
        ),
    )


def import_sample(name: str) -> Dataset:
    """Import a sample and freeze its Split; the second time, the dataset of the first is returned.

    Raises:
        DataError: no sample of that name.
    """
    sample = next((sample for sample in samples() if sample.name == name), None)
    if sample is None:
        raise DataError(N_("There is no sample called {name}."), name=name)
    source = import_source(sample.path, sample.file)
    return create_dataset(source.id, name=sample.name, text=sample.text, label=sample.label, sample=True)
