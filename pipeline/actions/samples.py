"""The samples: files that come with TuneDesk, so that every task can be tried at once."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.actions.data import Dataset, create_dataset
from pipeline.data.question import Question
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
    question: Question

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return SAMPLES / self.file


def samples() -> tuple[Sample, ...]:
    """The samples for every task, the recommended first one first."""
    return (
        Sample(
            "zh_requirement_tickets",
            N_("Chinese requirement tickets"),
            N_("About 2,200 requirement tickets, half of them without a technical owner. The model fills them in."),
            "zh_requirement_tickets.csv",
            Question(("标题", "描述"), "技术负责人"),
        ),
        Sample(
            "en_support_tickets",
            N_("English support tickets"),
            N_("About 1,500 support e-mails and the queue that each belongs to."),
            "en_support_tickets.csv",
            Question(("subject", "body"), "queue"),
        ),
        Sample(
            "spam_messages",
            N_("Spam or not"),
            N_("Short messages marked as spam or ham. The smallest and quickest of them."),
            "spam_messages.csv",
            Question(("text",), "label"),
        ),
        Sample(
            "zh_tagged_tickets",
            N_("Chinese tickets with several tags"),
            N_("About 1,000 tickets, each with its tags in one cell: area, fault or wish, and whether it is urgent."),
            "zh_tagged_tickets.csv",
            Question(("描述",), "标签", separators="、"),
        ),
        Sample(
            "ticket_pairs",
            N_("The same problem or not"),
            N_("1,200 pairs of tickets, English and Chinese: do both speak of the same problem?"),
            "ticket_pairs.csv",
            Question(("ticket_1",), "same_problem", second="ticket_2"),
        ),
        Sample(
            "ticket_urgency",
            N_("How urgent is it?"),
            N_("About 900 tickets with an urgency from 0 to 5, a number that the text decides to a degree."),
            "ticket_urgency.csv",
            Question(("text",), "urgency", number=True),
        ),
        Sample(
            "instructions_zh",
            N_("Chinese answers in the house style"),
            N_("Instructions in Chinese with the answers that a support team gives. A model learns to write them."),
            "instructions_zh.json",
            Question(("instruction", "input"), "output", written=True),
        ),
        Sample(
            "instructions_en",
            N_("English answers in the house style"),
            N_("The same in English: what a small chat model is taught in half an hour."),
            "instructions_en.json",
            Question(("instruction", "input"), "output", written=True),
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
    asked = sample.question
    return create_dataset(
        source.id,
        name=sample.name,
        text=asked.text,
        label=asked.label,
        separators=asked.separators,
        second=asked.second,
        number=asked.number,
        written=asked.written,
        sample=True,
    )
