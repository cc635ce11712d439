"""Quick fits on the labelled rows: can the labels, or the numbers, be told from the text at all?

TF-IDF + logistic or ridge regression, one fifth of the rows held out after the other. Test rows of a Split are never
touched, neither learned from nor predicted: only its training and validation rows are tried, so that the test
stays unseen when these figures lead to other choices. Heavy: imports scikit-learn, so workers import it, lazily.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pipeline.baselines.quick import Matrix, Numbers, similarities, similarities_of_pairs
from pipeline.check.learnability import Figure, Learnability, Verdict
from pipeline.check.material import Material
from pipeline.check.quality import Answers, predict, quality
from pipeline.data.duplicates import near_duplicate_clusters, normalise
from pipeline.errors import N_
from pipeline.metrics.agreement import agreement
from pipeline.metrics.intervals import RESAMPLES, accuracy_interval, paired_difference
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
    """Labelled rows, and what the fits predict for each while its fold is held out."""

    known: int  # different labelled rows that can be learned from; the trial is made of a sample of them
    labels: tuple[str, ...]  # classes of the trial; () for numbers
    truth: Answers  # [n] class indices, [n, labels] 0 or 1, or [n] numbers
    folds: Numbers = field(repr=False)  # [n] from 0 to FOLDS - 1; [0] where there are too few rows to try
    similar: Matrix = field(repr=False)  # [n, n] of pipeline.baselines.quick
    guesses: Answers = field(repr=False)  # as ``truth``; [0] where there are too few rows to try
    figure: Figure = "accuracy"  # by which they are judged


def hold_trial(material: Material, progress: Progress | None = None) -> Trial:
    """Try the labelled rows of a View (of a Split: those of training and validation).

    Raises:
        Stopped: somebody asked for it.
    """
    rows = material.labelled
    if material.split is not None:
        learned = {*material.split.train, *material.split.validation}
        rows = [row for row in rows if row in learned]
    texts, view = [material.texts[row] for row in rows], material.view
    pairs = [(material.firsts[row], material.seconds[row]) for row in rows] if view.second else None
    if view.number:
        levels = [material.classes[row] for row in rows]
        return _try(texts, material.numbers[rows], levels, (), "pearson", progress, pairs)
    labels = [material.labels[row] for row in rows]
    if view.several:
        names = tuple(sorted({label for row in rows for label in material.sets[row] or ()}))
        truth = np.array([[name in (material.sets[row] or ()) for name in names] for row in rows], dtype=np.int64)
        return _try(texts, truth, labels, names, "micro_f1", progress, pairs)
    return try_rows(texts, labels, progress, pairs)


def try_rows(
    texts: Sequence[str],
    labels: Sequence[str],
    progress: Progress | None = None,
    pairs: Sequence[tuple[str, str]] | None = None,
) -> Trial:
    """Hold out every fifth of the rows in turn and predict it from the others.

    A copy of a row (same text, same label) counts once: it tells nothing new, and chance would hit all copies or
    none. Near-duplicates are in one fold. Of many rows a sample is tried that has the same shares of the classes.
    Where ``pairs`` of texts are compared, what both have in common counts, too; ``texts`` holds both together then.

    Raises:
        Stopped: somebody asked for it.
    """
    names = tuple(sorted({*labels}))
    number = {name: index for index, name in enumerate(names)}
    truth = np.array([number[label] for label in labels], dtype=np.int64)
    return _try(texts, truth, labels, names, "accuracy", progress, pairs)


def _try(
    texts: Sequence[str],
    answers: Answers,
    kinds: Sequence[str],
    names: tuple[str, ...],
    figure: Figure,
    progress: Progress | None,
    pairs: Sequence[tuple[str, str]] | None,
) -> Trial:
    """As ``try_rows``, for answers of any kind.

    Args:
        answers: [n] or [n, labels] of the rows.
        kinds: [n] names by which they are spread evenly over sample and folds: classes, label sets, levels of numbers.
        names: of classes or labels; () for numbers.
    """
    progress = progress or Silent()
    keys = {(normalise(text), kind): row for row, (text, kind) in enumerate(zip(texts, kinds, strict=True))}
    rows = _sample(sorted(keys.values()), kinds)
    truth, different = answers[rows], sorted({kinds[row] for row in rows})
    if len(rows) < FEWEST_ROWS or len(different) < 2:
        nothing = np.empty(0, dtype=truth.dtype)
        none = np.empty(0, dtype=np.int64)
        return Trial(len(keys), names, truth, none, np.empty((0, 0), dtype=np.float32), nothing, figure)
    tell(progress, PHASE, 0)
    short = [texts[row][:MOST_CHARACTERS] for row in rows]
    place = {kind: index for index, kind in enumerate(different)}
    spread = np.array([place[kinds[row]] for row in rows], dtype=np.int64)
    folds, similar = _folds(near_duplicate_clusters(short), spread), _similar(short, rows, pairs)
    guesses = np.empty_like(truth)
    for fold in range(FOLDS):
        tell(progress, PHASE, fold)
        train, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        guesses[held] = predict(figure, similar, train, truth, held, len(names))
    tell(progress, PHASE, FOLDS)
    return Trial(len(keys), names, truth, folds, similar, guesses, figure)


def _similar(texts: Sequence[str], rows: Sequence[int], pairs: Sequence[tuple[str, str]] | None) -> Matrix:
    if pairs is None:
        return similarities(texts)
    first, second = ([pairs[row][side][:MOST_CHARACTERS] for row in rows] for side in (0, 1))
    return similarities_of_pairs(first, second)


def measure_learnability(trial: Trial) -> Learnability:
    """Accuracy over all held-out rows beside that of always guessing the most frequent label, and what it means.

    ``chance`` takes two things. The accuracy is not above the majority class's on the same rows (95 % interval of
    the paired difference). And the predictions agree with the labels no more than with the same labels dealt out
    at random: Cohen's kappa is within BEYOND_CHANCE standard deviations of such deals, whose mean and variance
    have a closed form, so that nothing is permuted. With balanced classes that compares with one right in k; with
    one class of 95 % it notices that the other 5 % are found, which the accuracy alone would not show. Held-out
    rows were not learned from and copies count once, so labels without relation to the text are such a deal.

    Of label sets the figure is micro-F1, and kappa that of each label's yes and no, pooled. Of numbers it is the
    correlation with the truth; of that see ``_measure_numbers``.

    ``weak``: beyond chance in one of the two only, or kappa is at most 0.2. ``too_few``: under 40 different rows,
    or no sign of anything where rows are so few (10 a class, or a kappa of 0.2 would have been taken for chance)
    that this proves nothing. Otherwise ``learnable``.
    """
    rows, classes = len(trial.truth), len(trial.labels)
    if not len(trial.guesses):
        return Learnability(rows, classes, 0, 0.0, 0.0, 0.0, 0.0, "too_few", (), trial.figure)
    if trial.figure == "micro_f1":
        return _measure_sets(trial)
    if trial.figure == "pearson":
        return _measure_numbers(trial)
    counts = np.bincount(trial.truth, minlength=1)
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


def _measure_sets(trial: Trial) -> Learnability:
    """See ``measure_learnability``."""
    truth, guesses, rows = trial.truth, trial.guesses, len(trial.truth)
    different, met = np.unique(truth, axis=0, return_counts=True)
    always = np.broadcast_to(different[met.argmax()], truth.shape)
    ours, theirs = _decisions(truth, guesses), _decisions(truth, always)
    draws = np.random.default_rng(0).multinomial(rows, np.full(rows, 1 / rows), RESAMPLES).astype(np.float64)
    drawn, simple = _drawn_f1(draws, ours), _drawn_f1(draws, theirs)
    low, high = np.quantile(drawn, [0.025, 0.975])
    found = [agreement(truth[:, label], guesses[:, label], 2) for label in range(truth.shape[1])]
    weights = truth.sum(axis=0)
    kappa = float(np.average([one.kappa for one in found], weights=weights))
    # Stouffer's: each label's distance from chance, added up.
    related = sum(one.z for one in found) / len(found) ** 0.5 > BEYOND_CHANCE
    better = float(np.quantile(drawn - simple, 0.025)) > 0
    error = float(np.sqrt(np.average([one.error**2 for one in found], weights=weights) / len(found)))
    enough = rows >= FEWEST_ROWS_A_CLASS * len(trial.labels)
    hits = (truth & guesses).sum(axis=0)
    unlearned = (weights >= ROWS_TO_SAY_SO) & (hits < HARDLY_FOUND * weights)
    return Learnability(
        rows=rows,
        classes=len(trial.labels),
        folds=FOLDS,
        accuracy=quality("micro_f1", truth, guesses),
        low=float(low),
        high=float(high),
        majority=quality("micro_f1", truth, np.array(always)),
        verdict=_judge(better, related, kappa, enough and error * BEYOND_CHANCE < SLIGHT),
        unlearned=tuple(trial.labels[index] for index in np.flatnonzero(unlearned)),
        figure="micro_f1",
    )


def _measure_numbers(trial: Trial) -> Learnability:
    """The correlation with its interval by Fisher's transformation (1921), the variance doubled as BEYOND_CHANCE says.

    It is related where the interval lies above 0, and weak up to 0.2, as agreement is. Rows are enough where a
    correlation of 0.2 would have been noticed.
    """
    rows, figure = len(trial.truth), quality("pearson", trial.truth, trial.guesses)
    reach = BEYOND_CHANCE / max(1, rows - 3) ** 0.5
    middle = np.arctanh(np.clip(figure, -0.999, 0.999))
    low, high = float(np.tanh(middle - reach)), float(np.tanh(middle + reach))
    return Learnability(
        rows=rows,
        classes=0,
        folds=FOLDS,
        accuracy=figure,
        low=low,
        high=high,
        majority=0.0,
        verdict=_judge(low > 0, low > 0, figure, reach < SLIGHT),
        unlearned=(),
        figure="pearson",
    )


def _decisions(truth: Answers, guesses: Answers) -> Matrix:
    """[n, 2] of each row: labels that truth and guess have, and labels that one of them has."""
    return np.stack([(truth & guesses).sum(axis=1), (truth ^ guesses).sum(axis=1)], axis=1).astype(np.float32)


def _drawn_f1(draws: npt.NDArray[np.float64], decisions: Matrix) -> npt.NDArray[np.float64]:
    """[RESAMPLES] micro-F1 of rows drawn with replacement."""
    both, one = (draws @ decisions).T
    return np.asarray(2 * both / np.maximum(2 * both + one, 1))


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
    enough = len(trial.truth) >= FEWEST_ROWS_A_CLASS * len(trial.labels)
    return _judge(better, related, found.kappa, enough and found.error * BEYOND_CHANCE < SLIGHT)


def _judge(better: bool, related: bool, agreement: float, enough: bool) -> Verdict:
    if better and related and agreement > SLIGHT:
        return "learnable"
    if better or related:
        return "weak"
    return "chance" if enough else "too_few"


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
