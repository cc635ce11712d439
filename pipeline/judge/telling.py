"""What the HTML file of a judgement says to somebody who decides. How it is laid out, ``export`` knows."""

from collections.abc import Sequence

from pipeline.judge.export import Bar, Part, Section, Telling, as_text
from pipeline.judge.judgement import Judgement
from pipeline.judge.side_by_side import JudgedRow
from pipeline.judge.summary import Summary
from pipeline.judge.words import MODES, Words
from pipeline.metrics.intervals import Interval

MOST_ROWS = 10  # that somebody in a hurry reads


def tell(judgement: Judgement, found: Summary, rows: Sequence[JudgedRow], language: str, when: str) -> Telling:
    """Everything that the file says, in the reader's language.

    Args:
        judgement: what was judged.
        found: its figures.
        rows: all its prompts; those with the largest difference are told, of one contestant the lowest scores.
        language: of the reader, one of LANGUAGES.
        when: date and time as people read them, for the foot.
    """
    words = Words(language)
    sections = [_pairs(words, judgement, found) if found.duel else _means(words, judgement, found)]
    if judgement.spec.mode == "rubric":
        sections += [_criteria(words, judgement, found)]
    if found.slices:
        sections += [_slices(words, judgement, found)]
    alone = len(judgement.material.contestants) == 1
    return Telling(
        language=language.replace("_", "-"),
        answer=words.headline(judgement, found),
        grounds=words.grounds(judgement, found),
        warning=words.trust(judgement.judge),
        facts_title=words.t("How it was judged"),
        facts=_facts(words, judgement, found),
        sections=tuple(sections),
        rows_title=words.t("The lowest scores") if alone else words.t("The largest differences"),
        rows=tuple(_row(words, one, judgement) for one in _telling_rows(rows, alone)),
        foot=f"{when} · TuneDesk",
    )


def _telling_rows(rows: Sequence[JudgedRow], alone: bool) -> list[JudgedRow]:
    known = [one for one in rows if one.standing is not None]
    known.sort(key=lambda one: (one.standing or 0.0) if alone else -abs(one.standing or 0.0))
    return known[:MOST_ROWS]


def _facts(words: Words, judgement: Judgement, found: Summary) -> tuple[tuple[str, str], ...]:
    """Who judged what, how, and how much is missing."""
    spec = judgement.spec
    names = " / ".join(one.name for one in reversed(judgement.material.contestants))
    facts = [
        (words.t("Judged"), names),
        (words.t("Judge"), words.judge(judgement.judge)),
        (words.t("How"), words.t(MODES[spec.mode])),
        (
            words.t("Right answers"),
            words.t("shown to the judge") if _guided(judgement) else words.t("not shown to the judge"),
        ),
    ]
    if spec.mode == "rubric":
        facts += [(words.t("Criterion: {name}", name=one.name), one.question) for one in spec.rubric.criteria]
    sides = [words.duel_coverage(found.duel)] if found.duel else []
    sides += [f"{one.name}: {words.coverage(one)}" for one in found.standings]
    facts.append((words.t("Coverage"), "; ".join(sides)))
    if found.missing:
        facts.append((words.t("Missing"), " ".join(words.missing(found))))
    return tuple(facts)


def _guided(judgement: Judgement) -> bool:
    return judgement.spec.guided and any(one.reference for one in judgement.material.items)


def _means(words: Words, judgement: Judgement, found: Summary) -> Section:
    mode = judgement.spec.mode
    last = len(found.standings) - 1
    bars = [
        _bar(one.name, one.mean, found, words.span(one.mean, mode), ours=place == last)
        for place, one in reversed(list(enumerate(found.standings)))
        if one.mean is not None
    ]
    return Section(words.t("Mean scores"), tuple(bars), words.differences(judgement, found))


def _pairs(words: Words, judgement: Judgement, found: Summary) -> Section:
    duel, mode = found.duel, judgement.spec.mode
    assert duel is not None
    name = judgement.material.contestants[-1].name
    title = words.t("Win rate of {name}", name=name)
    bars = () if duel.rate is None else (_bar(name, duel.rate, found, words.span(duel.rate, mode)),)
    return Section(title, bars, words.duel(duel, judgement))


def _criteria(words: Words, judgement: Judgement, found: Summary) -> Section:
    mode, last = judgement.spec.mode, len(found.standings) - 1
    bars = [
        _bar(f"{criterion.name} · {one.name}", value, found, words.span(value, mode), ours=place == last)
        for criterion in judgement.spec.rubric.criteria
        for place, one in reversed(list(enumerate(found.standings)))
        if (value := one.criteria.get(criterion.name)) is not None
    ]
    return Section(words.t("By criterion"), tuple(bars))


def _slices(words: Words, judgement: Judgement, found: Summary) -> Section:
    mode = judgement.spec.mode
    bars = [
        _bar(
            words.t("{name} ({n})", name=words.slice_name(one), n=f"{one.items:,}"), one.figure, found,
            words.span(one.figure, mode),
        )
        for one in found.slices
    ]  # fmt: skip
    name = judgement.material.contestants[-1].name
    title = words.t("Win rate of {name}", name=name) if found.duel else words.t("Mean score of {name}", name=name)
    return Section(words.t("For which requests"), tuple(bars), title)


def _bar(name: str, value: Interval, found: Summary, words: str, *, ours: bool = True) -> Bar:
    low, high = found.scale
    share, start, end = ((one - low) / (high - low) for one in (value.value, value.low, value.high))
    return Bar(name, words, share, start, end, ours)


def _row(words: Words, row: JudgedRow, judgement: Judgement) -> tuple[str, tuple[Part, ...]]:
    mode = judgement.spec.mode
    title = " · ".join(filter(None, (words.t("Row {row}", row=f"{row.row + 1:,}"), words.verdict(row, judgement))))
    parts = [Part(words.t("Asked"), row.asked, as_text(row.remarks))]
    if row.reference:
        parts.append(Part(words.t("Right answer"), row.reference))
    for contestant, one in zip(judgement.material.contestants, row.answers, strict=True):
        score = "" if one.score is None else words.figure(one.score, mode)
        parts.append(Part(contestant.name, one.text, "\n".join(filter(None, (score, as_text(one.remarks))))))
    return title, tuple(parts)
