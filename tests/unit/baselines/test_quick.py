"""The quick fits are the logistic regression of scikit-learn, on similarities that are worked out once."""

import random

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from pipeline.baselines.ngrams import extract
from pipeline.baselines.quick import fit, fit_and_predict, similarities

PHRASES = {
    "refund": ["the invoice was charged twice", "退款还没到账", "please pay the money back"],
    "access": ["cannot log in", "密码忘记了", "the password is locked"],
    "device": ["printer jam", "打印机卡纸", "the screen flickers"],
}


def tickets(count: int, seed: int) -> tuple[list[str], np.ndarray]:
    draw = random.Random(seed)
    classes = [draw.randrange(len(PHRASES)) for _ in range(count)]
    phrases = list(PHRASES.values())
    return [f"{draw.choice(phrases[c])} {draw.choice('abcde')} {draw.randrange(9)}" for c in classes], np.array(classes)


def test_the_similarities_are_the_inner_products_of_the_features() -> None:
    texts, _ = tickets(80, 0)
    _, features = extract(texts)

    assert similarities(texts) == pytest.approx((features @ features.T).toarray(), abs=1e-5)


def test_it_finds_the_same_optimum_as_scikit_learn() -> None:
    texts, true = tickets(150, 0)
    _, features = extract(texts)
    similar = similarities(texts)
    weights = fit(similar[:120, :120], true[:120], 3, strength=4.0, rounds=300)

    theirs = LogisticRegression(C=4.0, fit_intercept=False, tol=1e-6, max_iter=1000).fit(features[:120], true[:120])
    ours = similar[120:, :120] @ weights
    expected = theirs.decision_function(features[120:])
    assert ours - ours.mean(axis=1, keepdims=True) == pytest.approx(
        expected - expected.mean(axis=1, keepdims=True), abs=5e-3
    )


def test_it_predicts_rows_that_it_has_not_learned_from() -> None:
    texts, true = tickets(120, 1)

    guess = fit_and_predict(similarities(texts), np.arange(80), true[:80], np.arange(80, 120), 3)

    assert (guess == true[80:]).mean() > 0.95


def test_a_class_without_rows_is_never_predicted_and_no_error() -> None:
    texts, true = tickets(60, 2)

    guess = fit_and_predict(similarities(texts), np.arange(60), true, np.arange(60), 5)

    assert set(guess.tolist()) <= {0, 1, 2}
