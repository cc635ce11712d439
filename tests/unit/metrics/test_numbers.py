"""Numbers: figures as scipy and scikit-learn give them, and 0 where there is nothing to correlate."""

import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr

from pipeline.metrics import numbers
from pipeline.settings import Workspace

RANDOM = np.random.default_rng(0)
TRUTH = RANDOM.integers(0, 50, 300) / 10
SAID = TRUTH + RANDOM.normal(0, 2, 300)


def test_figures_are_those_of_scipy(home: Workspace) -> None:
    figures = numbers.compute(TRUTH, SAID)
    assert figures["pearson"] == pytest.approx(pearsonr(TRUTH, SAID).statistic)
    assert figures["spearman"] == pytest.approx(spearmanr(TRUTH, SAID).statistic)
    assert figures["mae"] == pytest.approx(np.abs(TRUTH - SAID).mean())
    assert figures["rmse"] == pytest.approx(np.sqrt(((TRUTH - SAID) ** 2).mean()))


def test_the_same_number_for_every_row_correlates_with_nothing(home: Workspace) -> None:
    figures = numbers.compute(TRUTH, np.full(300, TRUTH.mean()))
    assert (figures["pearson"], figures["spearman"]) == (0, 0)
    assert figures["rmse"] == pytest.approx(TRUTH.std())


def test_two_lengths_are_refused(home: Workspace) -> None:
    with pytest.raises(ValueError, match="equally long"):
        numbers.compute([1.0, 2.0], [1.0])
