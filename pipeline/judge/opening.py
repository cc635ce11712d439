"""From who is to judge to a judge that answers: finds address, key and model, and says what is missing."""

from pipeline.judge import keys, local
from pipeline.judge.address import find_place, read_address
from pipeline.judge.connection import list_models
from pipeline.judge.endpoint import EndpointJudge
from pipeline.judge.family import SMALL, parameters_of
from pipeline.judge.judge import USUAL_LIMITS, Judge, JudgeInfo, Limits
from pipeline.judge.keys import Key


def who(model: str, endpoint: str = "") -> JudgeInfo:
    """Who judges, from what somebody has typed; asks nobody.

    An endpoint's model is weak if its name says that it is small: nobody here knows more of it.

    Raises:
        JudgeError: the address is none, or this machine has no such model, or one that writes nothing.
        ModelNotReady: the model is not on this machine yet.
    """
    if not endpoint:
        return JudgeInfo(model, weak=local.is_weak(model))
    count = parameters_of(model)
    return JudgeInfo(model, read_address(endpoint).base, weak=count is not None and count < SMALL)


def open_judge(info: JudgeInfo, limits: Limits = USUAL_LIMITS) -> Judge:
    """A judge that is there and takes questions; whoever opens it closes it.

    Args:
        info: who; the key is looked up (``keys.find``).
        limits: how hard an endpoint may be asked.

    Raises:
        TuneDeskError: it can't be asked: address, key, model or server; says what to do.
    """
    if not info.endpoint:
        return local.LocalJudge(info)
    place = find_place(read_address(info.endpoint))
    judge = EndpointJudge(info, place, keys.find(info.endpoint), limits=limits)
    try:
        judge.check()
    except BaseException:
        judge.close()
        raise
    return judge


def models_at(endpoint: str, key: Key | None = None) -> tuple[str, ...]:
    """The models that the server at an address lists; () where it lists none.

    Args:
        endpoint: as it was typed.
        key: as it was typed; None: the one that is known for this server, if there is one.

    Raises:
        JudgeError: the address may not be asked, nothing answers there, or it wants a key.
    """
    return list_models(find_place(read_address(endpoint)), key or keys.find(endpoint))
