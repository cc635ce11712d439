"""A judgement as one HTML file for somebody who decides: its words. How they are laid out, ``judge.export`` knows."""

from collections.abc import Sequence

from pages.components import sentences_judged
from pages.components.text import t
from pipeline.judge.export import Bar, Part, Section, Telling, as_text
from pipeline.judge.judgement import Judgement
from pipeline.judge.side_by_side import JudgedRow
from pipeline.judge.summary import Summary
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
    sections = [_pairs(judgement, found) if found.duel else _means(judgement, found)]
    if judgement.spec.mode == "rubric":
        sections += [_criteria(judgement, found)]
    if found.slices:
        sections += [_slices(judgement, found)]
    alone = len(judgement.material.contestants) == 1
    return Telling(
        language=language.replace("_", "-"),
        answer=sentences_judged.headline(judgement, found),
        grounds=sentences_judged.grounds(judgement, found),
        warning=sentences_judged.trust(judgement.judge),
        facts_title=t("How it was judged"),
        facts=_facts(judgement, found),
        sections=tuple(sections),
        rows_title=t("The lowest scores") if alone else t("The largest differences"),
        rows=tuple(_row(one, judgement) for one in _telling_rows(rows, alone)),
        foot=f"{when} · TuneDesk",
    )


def _telling_rows(rows: Sequence[JudgedRow], alone: bool) -> list[JudgedRow]:
    known = [one for one in rows if one.standing is not None]
    known.sort(key=lambda one: (one.standing or 0.0) if alone else -abs(one.standing or 0.0))
    return known[:MOST_ROWS]


def _facts(judgement: Judgement, found: Summary) -> tuple[tuple[str, str], ...]:
    """Who judged what, how, and how much is missing."""
    spec = judgement.spec
    names = " / ".join(one.name for one in reversed(judgement.material.contestants))
    facts = [
        (t("Judged"), names),
        (t("Judge"), sentences_judged.judge(judgement.judge)),
        (t("How"), t(sentences_judged.MODES[spec.mode])),
        (t("Right answers"), t("shown to the judge") if _guided(judgement) else t("not shown to the judge")),
    ]
    if spec.mode == "rubric":
        facts += [(t("Criterion: {name}", name=one.name), one.question) for one in spec.rubric.criteria]
    sides = [sentences_judged.duel_coverage(found.duel)] if found.duel else []
    sides += [f"{one.name}: {sentences_judged.coverage(one)}" for one in found.standings]
    facts.append((t("Coverage"), "; ".join(sides)))
    if found.missing:
        facts.append((t("Missing"), " ".join(sentences_judged.missing(found))))
    return tuple(facts)


def _guided(judgement: Judgement) -> bool:
    return judgement.spec.guided and any(one.reference for one in judgement.material.items)


def _means(judgement: Judgement, found: Summary) -> Section:
    mode = judgement.spec.mode
    last = len(found.standings) - 1
    bars = [
        _bar(one.name, one.mean, found, sentences_judged.span(one.mean, mode), ours=place == last)
        for place, one in reversed(list(enumerate(found.standings)))
        if one.mean is not None
    ]
    return Section(t("Mean scores"), tuple(bars), sentences_judged.differences(judgement, found))


def _pairs(judgement: Judgement, found: Summary) -> Section:
    duel, mode = found.duel, judgement.spec.mode
    assert duel is not None
    name = judgement.material.contestants[-1].name
    title = t("Win rate of {name}", name=name)
    bars = () if duel.rate is None else (_bar(name, duel.rate, found, sentences_judged.span(duel.rate, mode)),)
    return Section(title, bars, sentences_judged.duel(duel, judgement))


def _criteria(judgement: Judgement, found: Summary) -> Section:
    mode, last = judgement.spec.mode, len(found.standings) - 1
    bars = [
        _bar(f"{criterion.name} · {one.name}", value, found, sentences_judged.span(value, mode), ours=place == last)
        for criterion in judgement.spec.rubric.criteria
        for place, one in reversed(list(enumerate(found.standings)))
        if (value := one.criteria.get(criterion.name)) is not None
    ]
    return Section(t("By criterion"), tuple(bars))


def _slices(judgement: Judgement, found: Summary) -> Section:
    mode = judgement.spec.mode
    bars = [
        _bar(
            t("{name} ({n})", name=sentences_judged.slice_name(one), n=f"{one.items:,}"), one.figure, found,
            sentences_judged.span(one.figure, mode),
        )
        for one in found.slices
    ]  # fmt: skip
    name = judgement.material.contestants[-1].name
    title = t("Win rate of {name}", name=name) if found.duel else t("Mean score of {name}", name=name)
    return Section(t("For which requests"), tuple(bars), title)


def _bar(name: str, value: Interval, found: Summary, words: str, *, ours: bool = True) -> Bar:
    low, high = found.scale
    share, start, end = ((one - low) / (high - low) for one in (value.value, value.low, value.high))
    return Bar(name, words, share, start, end, ours)


def _row(row: JudgedRow, judgement: Judgement) -> tuple[str, tuple[Part, ...]]:
    mode = judgement.spec.mode
    title = " · ".join(filter(None, (t("Row {row}", row=f"{row.row + 1:,}"), sentences_judged.verdict(row, judgement))))
    parts = [Part(t("Asked"), row.asked, as_text(row.remarks))]
    if row.reference:
        parts.append(Part(t("Right answer"), row.reference))
    for contestant, one in zip(judgement.material.contestants, row.answers, strict=True):
        score = "" if one.score is None else sentences_judged.figure(one.score, mode)
        parts.append(Part(contestant.name, one.text, "\n".join(filter(None, (score, as_text(one.remarks))))))
    return title, tuple(parts)
