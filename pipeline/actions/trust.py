"""How far a judge can be trusted: people's ratings of a judgement, and a judge that is checked on a file of labels."""

from pipeline.actions import judge as judging
from pipeline.actions import tasting as tastings
from pipeline.errors import N_, UnfitData
from pipeline.judge import judgement as kept
from pipeline.judge.bias import BiasReport, bias_report
from pipeline.judge.calibration import LabelledColumns, read_labelled
from pipeline.judge.judge import USUAL_LIMITS, JudgeInfo, Limits
from pipeline.judge.judgement import Judgement
from pipeline.judge.labelled import Labelled
from pipeline.judge.ratings import read_ratings
from pipeline.judge.rubric import ENGLISH, Rubric
from pipeline.judge.spec import JudgeSpec, Mode
from pipeline.judge.tasted import from_tasting
from pipeline.judge.trust import TrustReport, trust_report
from pipeline.tasting.votes import read_votes

__all__ = ["Labelled", "LabelledColumns", "labelled_file"]


def labelled_file(source_id: str, mode: Mode = "score100") -> tuple[Labelled, LabelledColumns]:
    """The answers of a file that people have judged, and the columns that were taken for them. Raises UnfitData."""
    return read_labelled(source_id, mode)


def tastings_with_votes() -> tuple[tastings.Tasting, ...]:
    """Blind tastings that are over, as their names are no secret any more, and in which somebody has voted."""
    return tuple(one for one in tastings.list_tastings() if tastings.is_over(one.id) and read_votes(one.id))


def labelled_tasting(tasting_id: str) -> Labelled:
    """The answers of a blind tasting, with its votes as ratings.

    Raises:
        DataError: there is no such tasting.
        UnfitData: nobody has voted.
    """
    votes = read_votes(tastings.get_tasting(tasting_id).id)
    if not votes:
        raise UnfitData(N_("Nobody has voted in this tasting yet."))
    return from_tasting(tastings.get_tasting(tasting_id), votes)


def check(
    labelled: Labelled,
    info: JudgeInfo,
    *,
    rubric: Rubric = ENGLISH,
    guided: bool = True,
    reasons: bool = True,
    forged: int = 0,
    name: str = "",
    limits: Limits = USUAL_LIMITS,
) -> Judgement:
    """Have a judge asked about answers that people have judged, with their ratings beside it.

    Args:
        labelled: what people said of what.
        info: the judge.
        rubric: its language is spoken, its criteria count where scores are on its scale.
        guided, reasons, forged: see ``JudgeSpec``.
        name: what the judgement is called.
        limits: how hard a server may be asked.

    Raises:
        JobError: it could not be started.
    """
    spec = JudgeSpec(labelled.mode, rubric, guided, reasons, forged)
    return judging.start(labelled.material, spec, info, name, limits=limits, ratings=labelled.ratings)


def trust(judgement_id: str) -> TrustReport:
    """The verdicts so far beside the ratings so far. Raises JudgementNotFound."""
    judgement = kept.load(judgement_id)
    return trust_report(judgement, kept.read_verdicts(judgement_id), read_ratings(judgement_id))


def bias(judgement_id: str) -> BiasReport:
    """What sways the judge, as far as its verdicts tell. Raises JudgementNotFound."""
    judgement = kept.load(judgement_id)
    return bias_report(judgement, kept.read_verdicts(judgement_id), read_ratings(judgement_id))
