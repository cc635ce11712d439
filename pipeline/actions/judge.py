"""Judging: what can be judged, by whom, what it will cost; start, stop, go on, and what came of it."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from filelock import FileLock

from pipeline import jobs
from pipeline.actions import write
from pipeline.actions.runs import RunInfo, get_run, list_runs
from pipeline.data.source import load_source, read_rows
from pipeline.data.split import load_split
from pipeline.errors import N_, JobError, JudgeError, RunError
from pipeline.judge import judgement as kept
from pipeline.judge import keys
from pipeline.judge.asking import seconds_each, still_open
from pipeline.judge.gather import JudgedColumns, guess_columns, of_answers, of_table
from pipeline.judge.judge import USUAL_LIMITS, JudgeInfo, Limits
from pipeline.judge.judgement import Head, Judgement
from pipeline.judge.material import Contestant, Material, digest
from pipeline.judge.opening import who
from pipeline.judge.prompts import Prompt
from pipeline.judge.ratings import Rating, add_ratings
from pipeline.judge.spec import JudgeSpec, all_questions
from pipeline.judge.summary import Summary, summarise
from pipeline.runs import store, texts
from pipeline.runs.spec import load_spec
from pipeline.settings import workspace

BASE = "base"  # as the other contestant: the model that a run came from
# Of a cell that counts rows: more groups than this are no groups.
MOST_GROUPS = 12
_SUMMARIES_AT_HAND = 8  # as many as a list shows

# Tokens of a reply: a number or a name, and one line that says why.
_WRITTEN, _WITH_REASON = 12, 45
_LATIN, _CHINESE = 4.0, 1.5  # characters of a token, about


@dataclass(frozen=True)
class Expected:
    """What a judgement will take."""

    questions: int  # that the judge has to be asked; what it has been asked before costs nothing
    seconds: float | None  # None where this judge was never asked
    tokens_read: int
    tokens_written: int
    exact: bool = True  # the questions are counted; else reckoned from a sample of them

    def cost(self, read: float, written: float) -> float:
        """In the currency of the prices, which are for a million tokens."""
        return (self.tokens_read * read + self.tokens_written * written) / 1e6


def judgeable_runs() -> tuple[RunInfo, ...]:
    """The runs whose test answers are texts, newest first."""
    return tuple(run for run in list_runs() if run.state == "finished" and write.writes(run) and _texts(run))


def of_run(run_id: str, other: str = "", group: str = "") -> Material:
    """The test answers of a run, beside those of another one or of the model it came from; the run comes last.

    Args:
        run_id: id or name.
        other: another run by id or name, ``BASE``, or "" for the run alone.
        group: column of its file whose cells the rows are also counted under; "" for none.

    Raises:
        RunNotFound: there is no such run.
        JudgeError: it has no answers that are texts, or the two have no prompt in common.
        DataError: no such column.
    """
    run = get_run(run_id)
    given = [(_contestant(run), workspace().runs / run.id, texts.MODEL)]
    if other == BASE:
        base = Contestant(run.base_model, model=run.base_model)
        given.insert(0, (base, workspace().runs / run.id, texts.BASE))
    elif other:
        opponent = get_run(other)
        if opponent.id == run.id:
            raise JudgeError(N_("A run cannot be compared with itself. Choose another one, or its base model."))
        given.insert(0, (_contestant(opponent), workspace().runs / opponent.id, texts.MODEL))
    return of_answers(given, _groups(run, group) if group else None)


def columns_of(source_id: str) -> JudgedColumns:
    """Where a file has what is judged, as its names say. Raises UnfitData."""
    return guess_columns(load_source(source_id).columns)


def of_file(source_id: str, columns: JudgedColumns | None = None) -> Material:
    """The answers in a file. Raises UnfitData where it has none."""
    found = columns or columns_of(source_id)
    wanted = (*found.asked, *found.answers, *filter(None, (found.reference, found.group)))
    return of_table(read_rows(source_id, tuple(dict.fromkeys(wanted))), found)


def first_items(material: Material, most: int) -> Material:
    """The first items only, so that a judge can be tried on some."""
    return dataclasses.replace(material, items=material.items[:most])


def expected(material: Material, spec: JudgeSpec, info: JudgeInfo, limits: Limits = USUAL_LIMITS) -> Expected:
    """What asking will take, about; tokens are reckoned from characters.

    Raises:
        SettingError: pairs of one contestant.
    """
    left, each = still_open(material, spec, info), seconds_each(info)
    per_prompt = sum(map(_tokens, left.prompts)) / max(1, len(left.prompts))
    return Expected(
        questions=left.count,
        seconds=None if each is None else left.count * _apart(each, info, limits),
        tokens_read=round(left.count * per_prompt),
        tokens_written=left.count * (_WITH_REASON if spec.reasons else _WRITTEN),
        exact=left.exact,
    )


def whom(model: str, endpoint: str = "") -> JudgeInfo:
    """Who judges, named on the command line; the key that its environment names is handed on to whoever asks.

    Raises:
        JudgeError: the address is none, its key can't be one, or no such model is here that writes.
        ModelNotReady: the model is not on this machine yet.
        JobError: the model host, which keeps the key in its memory, could not be started.
    """
    info = who(model, endpoint)
    key = keys.of_environment() if endpoint else None
    if key is not None:
        key.keep(endpoint)
    return info


def start(
    material: Material,
    spec: JudgeSpec,
    info: JudgeInfo,
    name: str = "",
    *,
    limits: Limits = USUAL_LIMITS,
    ratings: Sequence[Rating] = (),
) -> Judgement:
    """Have a judge asked, by a job of its own.

    Args:
        material, spec, info: of what, how, by whom.
        name: what it is called; "" for the names of the contestants.
        limits: how hard a server may be asked.
        ratings: what people have said of these answers already, on the scale of this mode.

    Raises:
        SettingError: pairs of one contestant, or a rating that does not fit.
        JobError: it could not be started.
    """
    all_questions(material, spec)  # what cannot be asked is said before anything is kept
    judgement = Judgement(
        id=store.new_id(),
        name=name.strip() or " / ".join(one.name for one in reversed(material.contestants)),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        job=store.new_id(),
        judge=info,
        spec=spec,
        material=material,
        limits=limits,
    )
    kept.save(judgement)
    if ratings:
        add_ratings(judgement, ratings)
    _submit(judgement)
    return judgement


def resume(judgement_id: str) -> Judgement:
    """Ask what has no verdict yet.

    Raises:
        JudgementNotFound: there is none.
        JudgeError: it is going on.
    """
    with _locked(judgement_id):  # of two people who press at once, the second one hears that it goes on
        if not _over(kept.load_head(judgement_id)):
            raise JudgeError(N_("The judge is being asked already."))
        again = kept.hand_over(judgement_id, store.new_id())
        _submit(again)
    return again


def stop(judgement_id: str) -> None:
    """Ask no more; what is under way is waited for."""
    jobs.cancel(kept.load_head(judgement_id).job)


def delete(judgement_id: str) -> None:
    """Remove a judgement, its verdicts and ratings. Raises JudgeError while it is going on."""
    with _locked(judgement_id):
        if not _over(kept.load_head(judgement_id)):
            raise JudgeError(N_("The judge is still being asked. Stop it before you delete this."))
        kept.delete(judgement_id)


def get_judgement(judgement_id: str) -> Judgement:
    """What was asked of whom. Raises JudgementNotFound."""
    return kept.load(judgement_id)


def list_judgements(run_id: str = "") -> tuple[Head, ...]:
    """All judgements, the newest first; those of one run where it is given."""
    found = kept.list_all()
    return tuple(one for one in found if not run_id or run_id in (who.run for who in one.contestants))


def summary(judgement_id: str) -> Summary:
    """What the verdicts so far amount to. Raises JudgementNotFound."""
    return _summary(kept.load_head(judgement_id).id, workspace().judgements, kept.verdicts_stamp(judgement_id))


# A page asks again each time it is drawn, and a list for several; what is judged never changes.
@lru_cache(_SUMMARIES_AT_HAND)
def _summary(judgement_id: str, home: Path, stamp: kept.Stamp) -> Summary:
    return summarise(kept.load(judgement_id), kept.read_verdicts(judgement_id))


def follow(judgement: Judgement, watch: Callable[[jobs.JobInfo], None] = lambda info: None) -> Summary:
    """Wait until the judge has been asked. Raises JobError where that failed."""
    from pipeline.actions.jobs import wait

    wait(judgement.job, watch)
    return summary(judgement.id)


def _over(judgement: Head) -> bool:
    """Whether nobody asks any more; a job that is not known any more does not."""
    try:
        return jobs.status(judgement.job).over
    except JobError:
        return True


def _locked(judgement_id: str) -> FileLock:
    workspace().locks.mkdir(parents=True, exist_ok=True)
    return FileLock(workspace().locks / f"judgement-{kept.folder_of(judgement_id).name}.lock")


def _apart(seconds: float, info: JudgeInfo, limits: Limits) -> float:
    """Seconds between one reply and the next."""
    if not info.endpoint:
        return seconds
    return max(seconds / limits.at_once, 60 / limits.a_minute if limits.a_minute else 0.0)


def _submit(judgement: Judgement) -> None:
    # One judge is asked for one judgement at a time: its server, or this machine, is what is scarce.
    lane = f"judge-{digest([judgement.judge.endpoint])[:12]}"
    jobs.submit("judge", {"judgement": judgement.id}, lane=lane, job_id=judgement.job)


def _contestant(run: RunInfo) -> Contestant:
    return Contestant(run.name, run.id, run.base_model)


def _texts(run: RunInfo) -> bool:
    try:
        return texts.are_texts(workspace().runs / run.id)
    except FileNotFoundError:
        return False


def _groups(run: RunInfo, column: str) -> list[str]:
    spec = load_spec(workspace().runs / run.id)
    cells = read_rows(load_split(spec.split).test_source or spec.view.source, [column])[column]
    if cells.nunique() > MOST_GROUPS:
        raise RunError(
            N_("{column} has more than {most} different values: choose a column with fewer."),
            column=column,
            most=MOST_GROUPS,
        )
    return [str(cell) for cell in cells]


def _tokens(prompt: Prompt) -> int:
    text = prompt.system + prompt.user
    chinese = sum("\u4e00" <= sign <= "\u9fff" for sign in text)
    return round(chinese / _CHINESE + (len(text) - chinese) / _LATIN)
