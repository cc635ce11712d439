"""TF-IDF + logistic regression is a fair opponent in English and Chinese, and agrees with scikit-learn's solver."""

import random

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from pipeline.baselines import tfidf
from pipeline.baselines.ngrams import extract, features
from pipeline.baselines.tfidf import fit_tfidf

ENGLISH = {
    "billing": ["refund", "invoice", "charged twice", "payment failed", "card declined"],
    "access": ["password reset", "cannot log in", "locked out", "two factor code", "new user account"],
    "device": ["printer jam", "screen flickers", "laptop battery", "broken keyboard", "slow computer"],
}
CHINESE = {
    "账单": ["退款还没到账", "发票抬头写错了", "被重复扣费", "支付失败", "银行卡被拒绝"],
    "登录": ["密码忘记了", "登录不上系统", "账号被锁定", "验证码收不到", "新同事需要开通账号"],
    "设备": ["打印机卡纸", "屏幕一直闪", "笔记本电池不耐用", "键盘坏了", "电脑很慢"],
}
FILLERS = (["麻烦", "请尽快", "今天", "又", "帮忙"], ["please", "help", "today", "again", "urgent"])


def tickets(topics: dict[str, list[str]], count: int, seed: int) -> tuple[list[str], list[int]]:
    draw = random.Random(seed)
    fillers = FILLERS["billing" in topics]
    classes = [draw.randrange(len(topics)) for _ in range(count)]
    phrases = list(topics.values())
    return [f"{draw.choice(fillers)} {draw.choice(phrases[c])} {draw.choice(fillers)}" for c in classes], classes


@pytest.mark.parametrize("topics", [ENGLISH, CHINESE])
def test_it_learns_tickets_of_either_language(topics: dict[str, list[str]]) -> None:
    (train, train_y), (val, val_y) = tickets(topics, 120, 0), tickets(topics, 40, 1)
    texts, truth = tickets(topics, 60, 2)
    probabilities = fit_tfidf(train, train_y, val, val_y, 3).probabilities(texts)
    assert probabilities.shape == (60, 3)
    assert probabilities.dtype == np.float64
    assert probabilities.sum(axis=1) == pytest.approx(1)
    assert (probabilities.argmax(axis=1) == truth).mean() > 0.95


def test_it_finds_the_same_optimum_as_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tfidf, "STRENGTHS", (4.0,))
    monkeypatch.setattr(tfidf, "STEPS", 200)
    train, train_y = tickets(ENGLISH, 150, 0)
    val, val_y = tickets(ENGLISH, 30, 1)
    ours = fit_tfidf(train, train_y, val, val_y, 3)
    matrix = features(ours.kinds, [*train, *val]).toarray()
    # The bias is a feature there too, as it is here, so that both regularise it.
    theirs = LogisticRegression(C=4.0, fit_intercept=False, tol=1e-6, max_iter=1000).fit(matrix[:150], train_y)
    assert ours.probabilities(val) == pytest.approx(theirs.predict_proba(matrix[150:]), abs=1e-3)


def test_the_strength_is_chosen_on_the_validation_rows() -> None:
    train, train_y = tickets(ENGLISH, 150, 0)
    noise = random.Random(4)
    wrong = [noise.randrange(3) if noise.random() < 0.5 else label for label in train_y]
    val, val_y = tickets(ENGLISH, 100, 1)
    noisy = fit_tfidf(train, wrong, val, val_y, 3)
    fits = [(np.mean(_only(strength, train, wrong, val).argmax(axis=1) == val_y)) for strength in tfidf.STRENGTHS]
    chosen = np.mean(noisy.probabilities(val).argmax(axis=1) == val_y)
    assert chosen >= max(fits) - 0.03
    assert max(fits) > min(fits)


def _only(strength: float, train: list[str], train_y: list[int], val: list[str]) -> np.ndarray:
    kinds, matrix = extract(train)
    weights = tfidf._Regression(matrix, np.array(train_y), 3).fit(strength)
    return tfidf._softmax(features(kinds, val), weights)


def test_no_validation_rows_and_a_class_without_rows_are_no_error() -> None:
    train, train_y = tickets(CHINESE, 60, 0)
    fitted = fit_tfidf(train, train_y, [], [], 5)
    assert fitted.strength == tfidf.USUAL_STRENGTH
    assert fitted.probabilities(["打印机卡纸"]).argmax() == 2


def test_texts_that_share_nothing_fall_back_to_the_shares_of_the_classes() -> None:
    fitted = fit_tfidf(["a", "b", "c"], [0, 0, 1], ["d"], [0], 2)
    assert fitted.probabilities(["e", ""]).argmax(axis=1).tolist() == [0, 0]


def test_a_stop_ends_the_search_and_still_answers() -> None:
    class Impatient:
        seen = 0

        def advance(self, phase: str, done: int, total: int) -> None:
            self.seen = done

        def stop_requested(self) -> bool:
            return self.seen >= 2

    train, train_y = tickets(ENGLISH, 60, 0)
    watcher = Impatient()
    fitted = fit_tfidf(train, train_y, train, train_y, 3, watcher)
    assert watcher.seen == 2
    assert fitted.strength in tfidf.STRENGTHS[:2]
