"""Quick fits on the labelled rows: can the labels be told from the text at all?

TF-IDF + logistic regression, one fifth of the rows held out after the other. Test rows of a Split are never
touched, neither learned from nor predicted: only its training and validation rows are tried, so that the test
stays unseen when these figures lead to other choices. Heavy: imports scikit-learn, so workers import it, lazily.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.baselines.quick import Matrix, Numbers, fit_and_predict, similarities
from pipeline.check.learnability import Learnability, Verdict
from pipeline.check.material import Material
from pipeline.data.duplicates import near_duplicate_clusters, normalise
from pipeline.errors import N_
from pipeline.metrics.agreement import agreement
from pipeline.metrics.intervals import accuracy_interval, paired_difference
from pipeline.runs.progress import Progress, Silent, Stopped

PHASE = N_("Trying whether the labels can be told from the text")

FOLDS = 5
# Time grows with the square: so many rows keep a try within seconds, and tell accuracy to about 2 points.
MOST_ROWS = 3_000
# Longer texts are cut: a model reads the beginning only, too, and what a ticket is about mostly stands there.
MOST_CHARACTERS = 1_000
# Fewer rows than this, or than this for each class on average, and nothing is said about the labels.
FEWEST_ROWS = 40
FEWEST_ROWS_A_CLASS = 10
# A chance of 2.5 % that labels that have nothing to do with the text look as if they had. Rows that resemble each
# other are predicted from one another, so a hit by chance mostly comes in pairs: the variance is doubled for that.
BEYOND_CHANCE = 1.96 * 2**0.5
# Up to here agreement is called slight (Landis and Koch 1977, "The measurement of observer agreement").
SLIGHT = 0.2
# A class is not learned when less than this share of its rows is found; with fewer rows that cannot be said.
HARDLY_FOUND, ROWS_TO_SAY_SO = 0.1, 10


@dataclass(frozen=True)
class Trial:
    """Labelled rows, and which class the fits predict for each while its fold is held out."""

    known: int  # different labelled rows that can be learned from; the trial is made of a sample of them
    labels: tuple[str, ...]  # classes of the trial
    truth: Numbers  # [n] class indices
    folds: Numbers = field(repr=False)  # [n] from 0 to FOLDS - 1; [0] where there are too few rows to try
    similar: Matrix = field(repr=False)  # [n, n] of pipeline.baselines.quick
    guesses: Numbers = field(repr=False)  # [n] class indices; [0] where there are too few rows to try


def hold_trial(material: Material, progress: Progress | None = None) -> Trial:
    """Try the labelled rows of a View (of a Split: those of training and validation).

    Raises:
        Stopped: somebody asked for it.
    """
    rows = material.labelled
    if material.split is not None:
        learned = {*material.split.train, *material.split.validation}
        rows = [row for row in rows if row in learned]
    return try_rows([material.texts[row] for row in rows], [material.labels[row] for row in rows], progress)


def try_rows(texts: Sequence[str], labels: Sequence[str], progress: Progress | None = None) -> Trial:
    """Hold out every fifth of the rows in turn and predict it from the others.

    A copy of a row (same text, same label) counts once: it tells nothing new, and chance would hit all copies or
    none. Near-duplicates are in one fold. Of many rows a sample is tried that has the same shares of the classes.

    Raises:
        Stopped: somebody asked for it.
    """
    progress = progress or Silent()
    keys = {(normalise(text), label): row for row, (text, label) in enumerate(zip(texts, labels, strict=True))}
    rows = _sample(sorted(keys.values()), labels)
    names = sorted({labels[row] for row in rows})
    number = {name: index for index, name in enumerate(names)}
    truth = np.array([number[labels[row]] for row in rows], dtype=np.int64)
    if len(rows) < FEWEST_ROWS or len(names) < 2:
        nothing = np.empty(0, dtype=np.int64)
        return Trial(len(keys), tuple(names), truth, nothing, np.empty((0, 0), dtype=np.float32), nothing)
    tell(progress, PHASE, 0)
    short = [texts[row][:MOST_CHARACTERS] for row in rows]
    folds, similar = _folds(near_duplicate_clusters(short), truth), similarities(short)
    guesses = np.empty_like(truth)
    for fold in range(FOLDS):
        tell(progress, PHASE, fold)
        train, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        guesses[held] = fit_and_predict(similar, train, truth[train], held, len(names))
    tell(progress, PHASE, FOLDS)
    return Trial(len(keys), tuple(names), truth, folds, similar, guesses)


def measure_learnability(trial: Trial) -> Learnability:
    """Accuracy over all held-out rows beside that of always guessing the most frequent label, and what it means.

    ``chance`` takes two things. The accuracy is not above the majority class's on the same rows (95 % interval of
    the paired difference). And the predictions agree with the labels no more than with the same labels dealt out
    at random: Cohen's kappa is within BEYOND_CHANCE standard deviations of such deals, whose mean and variance
    have a closed form, so that nothing is permuted. With balanced classes that compares with one right in k; with
    one class of 95 % it notices that the other 5 % are found, which the accuracy alone would not show. Held-out
    rows were not learned from and copies count once, so labels without relation to the text are such a deal.

    ``weak``: beyond chance in one of the two only, or kappa is at most 0.2. ``too_few``: under 40 different rows,
    or no sign of anything where rows are so few (10 a class, or a kappa of 0.2 would have been taken for chance)
    that this proves nothing. Otherwise ``learnable``.
    """
    rows, classes, counts = len(trial.truth), len(trial.labels), np.bincount(trial.truth, minlength=1)
    if not len(trial.guesses):
        return Learnability(rows, classes, 0, 0.0, 0.0, 0.0, 0.0, "too_few", ())
    accuracy = accuracy_interval(trial.truth, trial.guesses)
    hits = np.bincount(trial.truth[trial.truth == trial.guesses], minlength=classes)
    unlearned = (counts >= ROWS_TO_SAY_SO) & (hits < HARDLY_FOUND * counts)
    return Learnability(
        rows=rows,
        classes=classes,
        folds=FOLDS,
        accuracy=accuracy.value,
        low=accuracy.low,
        high=accuracy.high,
        majority=float(counts.max() / rows),
        verdict=_verdict(trial, majority=int(counts.argmax())),
        unlearned=tuple(trial.labels[index] for index in np.flatnonzero(unlearned)),
    )


def tell(progress: Progress, phase: str, folds: int) -> None:
    """So many folds are over. Raises Stopped where somebody asked for it."""
    progress.advance(phase, folds, FOLDS)
    if progress.stop_requested():
        raise Stopped({})


def _verdict(trial: Trial, majority: int) -> Verdict:
    """See ``measure_learnability``."""
    always = np.full_like(trial.truth, majority)
    better = paired_difference(trial.truth, trial.guesses, always).low > 0
    found = agreement(trial.truth, trial.guesses, len(trial.labels))
    related = found.z > BEYOND_CHANCE
    if better and related and found.kappa > SLIGHT:
        return "learnable"
    if better or related:
        return "weak"
    enough = len(trial.truth) >= FEWEST_ROWS_A_CLASS * len(trial.labels)
    return "chance" if enough and found.error * BEYOND_CHANCE < SLIGHT else "too_few"


def _sample(rows: Sequence[int], labels: Sequence[str]) -> list[int]:
    """At most MOST_ROWS rows, ascending, with each class's share of them."""
    if len(rows) <= MOST_ROWS:
        return list(rows)
    counts, met = Counter(labels[row] for row in rows), Counter[str]()
    places = []
    for row in np.random.default_rng(0).permutation(rows):
        label = labels[row]
        places.append(((met[label] + 0.5) / counts[label], int(row)))
        met[label] += 1
    return sorted(row for _, row in sorted(places)[:MOST_ROWS])


def _folds(clusters: Sequence[int], truth: Numbers) -> Numbers:
    """[n] fold of each row: near-duplicates together, each class spread evenly, in an order that a seed shuffles."""
    together: dict[int, list[int]] = defaultdict(list)
    for row in np.random.default_rng(0).permutation(len(truth)):
        together[clusters[row]].append(int(row))
    folds = np.empty_like(truth)
    of_class, total = np.zeros((int(truth.max()) + 1, FOLDS)), np.zeros(FOLDS)
    for rows in together.values():
        # The fold that has least of these rows' classes; of those, the smallest.
        fold = int(np.lexsort((total, of_class[truth[rows]].sum(axis=0)))[0])
        folds[rows] = fold
        np.add.at(of_class[:, fold], truth[rows], 1)
        total[fold] += len(rows)
    return folds
