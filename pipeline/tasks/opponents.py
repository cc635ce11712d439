"""The baselines of the tasks: what a model has to beat, fitted on the training rows of a run. Imports no model."""

from typing import TYPE_CHECKING

import numpy as np

from pipeline.runs.progress import Progress
from pipeline.tasks.task import Baseline, Examples

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def of_classes(examples: Examples, classes: int, progress: Progress) -> dict[str, Baseline]:
    """The majority class, and TF-IDF with logistic regression."""
    from pipeline.baselines.majority import majority_answers
    from pipeline.baselines.tfidf import fit_linear

    validation, test = examples.validation, examples.test
    majority = majority_answers(examples.train.targets, classes)
    train_features, *held_out = _features(examples)
    fitted = fit_linear(train_features, examples.train.targets, held_out[0], validation.targets, classes, progress)
    return {
        "majority": Baseline(majority.probabilities(len(validation.rows)), majority.probabilities(len(test.rows))),
        "tfidf": Baseline(fitted.probabilities(held_out[0]), fitted.probabilities(held_out[1])),
    }


def of_label_sets(examples: Examples, progress: Progress) -> dict[str, Baseline]:
    """The most frequent labels for every row, and TF-IDF with one logistic regression a label."""
    from pipeline.baselines.one_vs_rest import fit_one_vs_rest
    from pipeline.metrics.label_sets import best_thresholds, shared_threshold

    train, validation, test = examples.train, examples.validation, examples.test
    shares = train.targets.mean(axis=0, dtype=np.float64)
    always = [np.tile(shares, (len(part.rows), 1)) for part in (validation, test)]
    # The best constant answer: as many of the most frequent labels as serve the validation rows best.
    line = shared_threshold(validation.targets, always[0], np.unique(shares))
    train_features, *held_out = _features(examples)
    fitted = fit_one_vs_rest(train_features, train.targets, held_out[0], validation.targets, progress)
    said = [fitted.probabilities(features) for features in held_out]
    return {
        "majority": Baseline(always[0], always[1], (line,) * len(shares)),
        "tfidf": Baseline(said[0], said[1], best_thresholds(validation.targets, said[0])),
    }


def of_numbers(examples: Examples, progress: Progress) -> dict[str, Baseline]:
    """The mean for every row, and TF-IDF with ridge regression."""
    from pipeline.baselines.ridge import fit_ridge, mean_answers

    train, validation, test = examples.train, examples.validation, examples.test
    train_features, *held_out = _features(examples)
    fitted = fit_ridge(train_features, train.targets, held_out[0], validation.targets, progress)
    said = [fitted.predict(features)[:, None] for features in held_out]
    always = [mean_answers(train.targets, len(part.rows))[:, None] for part in (validation, test)]
    return {"mean": Baseline(always[0], always[1]), "tfidf": Baseline(said[0], said[1])}


def _features(examples: Examples) -> "list[csr_matrix]":
    """[rows, features] of the training, validation and test rows; the n-grams are those of the training rows."""
    from pipeline.baselines.ngrams import extract, features
    from pipeline.baselines.pairs import extract_pairs, pair_features

    train, *held_out = (part.inputs for part in (examples.train, examples.validation, examples.test))
    if train.second is None:
        kinds, found = extract(train.first)
        return [found, *(features(kinds, inputs.first) for inputs in held_out)]
    kinds, found = extract_pairs(train.first, train.second)
    return [found, *(pair_features(kinds, inputs.first, inputs.second or ()) for inputs in held_out)]
