"""The samples: each becomes a dataset by one call."""

import pytest

from pipeline.actions.data import row_counts
from pipeline.actions.samples import Sample, import_sample, samples
from pipeline.errors import DataError
from pipeline.settings import Workspace


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_every_sample_becomes_a_dataset_with_rows_in_every_part(home: Workspace, sample: Sample) -> None:
    dataset = import_sample(sample.name)
    counts = row_counts(dataset)
    assert dataset.sample
    assert min(counts.train, counts.validation, counts.test) > 40
    assert import_sample(sample.name).id == dataset.id


def test_a_sample_that_there_is_not_is_named(home: Workspace) -> None:
    with pytest.raises(DataError, match="no-such"):
        import_sample("no-such")
