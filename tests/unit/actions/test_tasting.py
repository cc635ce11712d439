"""A tasting from the answers that two models write, through an open door, to preferences that a model learns from."""

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from pipeline.actions import tasting as actions
from pipeline.actions.preferences import list_preferences
from pipeline.actions.write import Partner, find_writer
from pipeline.errors import DataError, SettingError, UnfitData
from pipeline.inference import client
from pipeline.inference.sampling import GREEDY
from pipeline.settings import Workspace
from pipeline.tasting.tasting import Pair, folder
from pipeline.tasting.votes import Box, Vote
from tests.tiny_writers import write_base
from tests.unit.tasting.opened import save_tasting

FIRST = {"hello": "Hello, how can I help?", "打印机坏了": "好的。"}
SECOND = {"hello": "What?", "打印机坏了": "好的。"}


@pytest.fixture
def host(home: Workspace) -> Iterator[None]:
    """Whatever model host a test starts ends with it."""
    yield
    client.stop()


def partner(name: str) -> Partner:
    return Partner("model", name, name, "decoder", "")


def ended(preparation: actions.Preparation) -> actions.Preparation:
    """Once it is over."""
    deadline = time.monotonic() + 120
    while preparation.state == "writing":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return preparation


@pytest.mark.usefixtures("host")
def test_two_models_answer_beforehand_and_what_is_the_same_is_left_out(home: Workspace) -> None:
    for name, answers in (("kind", FIRST), ("curt", SECOND)):
        write_base(home.models / name, answers)
    partners = [find_writer("kind"), find_writer("curt")]
    done = ended(actions.prepare(partners, ["hello", " ", "打印机坏了", "hello "], GREEDY))
    assert (done.state, done.written, done.total, done.error) == ("done", 4, 4, None)
    tasting = actions.get_tasting(done.tasting)
    assert (tasting.same, len(tasting.pairs)) == (("打印机坏了",), 1)
    said = dict(zip(tasting.models, tasting.pairs[0].answers, strict=True))
    assert said == {"kind": FIRST["hello"], "curt": SECOND["hello"]}
    assert actions.list_tastings() == (tasting,)
    assert folder(tasting.id).stat().st_mode & 0o077 == 0
    nothing = ended(actions.prepare(partners, ["打印机坏了"], GREEDY))
    assert (nothing.state, type(nothing.error)) == ("failed", UnfitData)
    stopped = actions.prepare(partners, ["hello"], GREEDY)
    stopped.stop()
    assert ended(stopped).state == "stopped"
    assert len(actions.list_tastings()) == 1


def test_only_two_different_models_and_a_few_prompts_make_a_tasting(home: Workspace) -> None:
    two = [partner("a"), partner("b")]
    for partners, prompts in (
        ([partner("a"), partner("a")], ["x"]),
        (two, [" "]),
        (two, [str(number) for number in range(13)]),
        (two, ["x" * 20_001]),
    ):
        with pytest.raises(SettingError):
            actions.prepare(partners, prompts, GREEDY)


def test_a_door_opens_on_an_address_of_this_machine_and_closes_for_good(home: Workspace) -> None:
    tasting = save_tasting()
    with pytest.raises(SettingError, match=r"no address 192\.0\.2\.7"):
        actions.open_door(tasting, "192.0.2.7")
    assert actions.addresses()[-1] == actions.LOOPBACK
    door = actions.open_door(tasting, actions.LOOPBACK)
    assert actions.open_door(tasting, actions.LOOPBACK) == door == actions.door_of(tasting.id)
    with urllib.request.urlopen(door.link(tasting), timeout=10) as page:
        assert page.status == 200
    actions.close(tasting.id)
    assert actions.door_of(tasting.id) is None and actions.is_over(tasting.id)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(door.link(tasting), timeout=10)
    with pytest.raises(SettingError, match="is over"):
        actions.open_door(tasting, actions.LOOPBACK)
    actions.delete_tasting(tasting.id)
    with pytest.raises(DataError):
        actions.get_tasting(tasting.id)


def test_what_most_found_better_becomes_a_preference_and_a_tie_does_not(home: Workspace) -> None:
    pairs = tuple(Pair(f"prompt {place}", (f"alpha {place}", f"beta {place}")) for place in range(4))
    tasting = save_tasting(pairs)
    box = Box(tasting.id)
    for phone, place, better in [("a", 0, 0), ("b", 0, 0), ("c", 0, 1), ("a", 1, 1), ("a", 2, 0), ("b", 2, 1)]:
        box.add(Vote(phone, place, better))
    assert actions.keep_preferences(tasting) == actions.Kept(preferences=2, ties=1, silent=1)
    actions.keep_preferences(tasting)
    found = [(one.instruction, one.chosen, one.rejected, one.chosen_by, one.rejected_by) for one in list_preferences()]
    assert found == [
        ("prompt 0", "alpha 0", "beta 0", "secret sauce", "plain base"),
        ("prompt 1", "beta 1", "alpha 1", "plain base", "secret sauce"),
    ]


def test_many_threads_vote_at_once_and_none_is_lost(home: Workspace) -> None:
    tasting = save_tasting()
    box = Box(tasting.id)

    def vote(number: int) -> None:
        for place in range(3):
            box.add(Vote(str(number), place, number % 2))

    threads = [threading.Thread(target=vote, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert actions.tally(tasting).together.total == 60
