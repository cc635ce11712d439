"""A judge behind an address replies, or says why not, whatever its server does."""

import json
import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from typing import Any

import pytest

from pipeline.errors import JudgeError
from pipeline.judge.address import find_place, read_address
from pipeline.judge.connection import MOST_BYTES, list_models
from pipeline.judge.endpoint import BARE_ROOM, FORMS, ROOM, THINKING_ROOM, TRIES, EndpointJudge
from pipeline.judge.judge import JudgeInfo, Limits, Unanswered
from pipeline.judge.keys import Key
from pipeline.judge.prompts import Prompt
from pipeline.judge.reply import read_reply
from tests import judge_server
from tests.judge_server import MODEL, Server, completion, only_if, redirects, says, status

from .conftest import StillClock

SECRET = "sk-test-1234567890-secret"
PROMPT = Prompt("You grade.", "<answer>\nHi\n</answer>", "score")
BARE = Prompt("You grade.", "<answer>\nHi\n</answer>", "score", reasons=False)

Make = Callable[..., EndpointJudge]


@pytest.fixture
def make(server: Server, clock: StillClock) -> Iterator[Make]:
    """A function that gives a judge of the server, with a key and without waits."""
    made: list[EndpointJudge] = []

    def build(model: str = MODEL, key: str = SECRET, **options: Any) -> EndpointJudge:
        place = find_place(read_address(server.base))
        options = {"timeout": 5.0, "clock": clock, **options}
        made.append(EndpointJudge(JudgeInfo(model, server.base), place, Key(key) if key else None, **options))
        return made[-1]

    yield build
    for judge in made:
        judge.close()


def unanswered(judge: EndpointJudge) -> str:
    with pytest.raises(Unanswered) as caught:
        judge.ask(PROMPT)
    return caught.value.why


def wants(name: str) -> Callable[[dict[str, Any]], bool]:
    return lambda body: name in body


def test_a_question_is_asked_greedily_with_the_schema_and_the_key(server: Server, make: Make) -> None:
    reply = make().ask(PROMPT)
    (asked,) = server.questions
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == f"Bearer {SECRET}"
    assert asked.headers["host"] == f"127.0.0.1:{server.server_port}"
    assert [turn["role"] for turn in asked.body["messages"]] == ["system", "user"]
    assert (asked.body["temperature"], asked.body["max_tokens"], asked.body["model"]) == (0, ROOM, MODEL)
    assert asked.body["response_format"]["json_schema"]["schema"] == PROMPT.schema
    assert (reply.text, reply.tokens_read, reply.tokens_written) == ('{"score": 80, "reason": "fine"}', 120, 9)
    assert reply.structured
    assert not reply.cut


def test_without_a_key_none_is_sent_and_a_bare_score_has_less_room(server: Server, make: Make) -> None:
    make(key="").ask(BARE)
    assert "authorization" not in server.questions[0].headers
    assert server.questions[0].body["max_tokens"] == BARE_ROOM


def test_a_server_without_structured_output_is_asked_without_from_then_on(server: Server, make: Make) -> None:
    server.script = [only_if(wants("response_format"), status(400, {"error": "unknown field"}), says("80"))]
    judge = make()
    replies = [judge.ask(PROMPT) for _ in range(3)]
    assert [reply.structured for reply in replies] == [False] * 3
    assert ["response_format" in one.body for one in server.questions] == [True, False, False, False]


def test_a_server_that_takes_the_schema_and_ignores_it_is_not_called_structured(server: Server, make: Make) -> None:
    server.script = [says("I would say 80."), says('{"score": 80}')]
    judge = make()
    assert not judge.ask(PROMPT).structured
    assert not judge.ask(PROMPT).structured  # the reason is missing
    assert judge.ask(BARE).structured


def test_a_model_that_takes_no_temperature_is_asked_as_it_wants(server: Server, make: Make) -> None:
    server.script = [only_if(wants("temperature"), status(400, {}), says('{"score": 80, "reason": ""}'))]
    judge = make()
    assert judge.ask(PROMPT).structured
    judge.ask(PROMPT)
    assert server.questions[-1].body["max_completion_tokens"] == ROOM
    assert len(server.questions) == 4


def test_a_template_without_a_system_message_gets_the_instruction_with_the_question(server: Server, make: Make) -> None:
    server.script = [only_if(lambda body: len(body["messages"]) > 1, status(400, {}), says("80"))]
    judge = make()
    judge.ask(PROMPT)
    assert [turn["role"] for turn in server.questions[-1].body["messages"]] == ["user"]
    assert server.questions[-1].text == f"{PROMPT.system}\n\n{PROMPT.user}"


def test_a_question_that_is_refused_in_every_form_is_missing_and_the_next_one_is_asked(
    server: Server, make: Make
) -> None:
    server.script = [*[status(422, {"error": "too long"})] * len(FORMS), says("80")]
    judge = make()
    assert unanswered(judge) == "refused"
    assert judge.ask(PROMPT).text == "80"
    server.script = [status(400, {})]
    before = len(server.questions)
    assert unanswered(judge) == "refused"
    assert len(server.questions) == before + 1  # how this server is asked was known by then


def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(server: Server, make: Make, clock: StillClock) -> None:
    server.script = [status(429, {}, Retry_After="7"), says("80")]
    assert make().ask(PROMPT).text == "80"
    assert 6.99 < sum(clock.waited) < 9


def test_no_server_keeps_us_waiting_for_a_day(server: Server, make: Make, clock: StillClock) -> None:
    server.script = [status(429, {}, Retry_After="86400"), status(503, {}, Retry_After="never"), says("80")]
    assert make().ask(PROMPT).text == "80"
    assert 100 < sum(clock.waited) < 130


def test_a_date_to_come_back_at_is_read(server: Server, make: Make, clock: StillClock) -> None:
    past, soon, none = "Wed, 21 Oct 2015 07:28:00 GMT", formatdate(time.time() + 60), "Mon, 01 Jan 0001 00:00:00 -0000"
    for header, least, most in ((past, 0, 1), (soon, 55, 62), (none, 0, 1)):
        clock.waited.clear()
        server.script = [status(503, {}, Retry_After=header), says("80")]
        assert make().ask(PROMPT).text == "80"
        assert least <= sum(clock.waited) <= most


@pytest.mark.parametrize(
    "fault", [status(500, {}), status(503, {}), judge_server.no_json, status(200, {"choices": []})]
)
def test_a_failing_server_is_asked_again_with_growing_waits(
    server: Server, make: Make, clock: StillClock, fault: judge_server.Act
) -> None:
    server.script = [fault]
    judge = make()
    assert unanswered(judge) == "failed"
    assert len(server.questions) == TRIES
    assert len(clock.waited) == TRIES - 1
    assert all(later > earlier for earlier, later in zip(clock.waited, clock.waited[1:], strict=False))
    server.script = [fault, fault, says("80")]
    assert judge.ask(PROMPT).text == "80"


@pytest.mark.parametrize("fault", [judge_server.truncated, judge_server.hangs_up, judge_server.endless])
def test_an_answer_that_breaks_off_or_never_ends_is_no_answer(
    server: Server, make: Make, fault: judge_server.Act
) -> None:
    server.script = [fault]
    assert unanswered(make()) == "failed"
    server.script = [fault, says("80")]
    assert make().ask(PROMPT).text == "80"


def test_the_bound_of_an_answer_is_not_unpacked_away(server: Server, make: Make) -> None:
    make().ask(PROMPT)
    assert server.questions[0].headers["accept-encoding"] == "identity"
    server.script = [says("8" * MOST_BYTES)]
    assert unanswered(make()) == "failed"


@pytest.mark.parametrize("fault", [judge_server.hangs, judge_server.dripping])
def test_a_server_that_does_not_come_to_an_end_is_slow(server: Server, make: Make, fault: judge_server.Act) -> None:
    server.script = [fault]
    assert unanswered(make(timeout=0.1)) == "slow"
    assert len(server.questions) == TRIES


@pytest.mark.parametrize("to", [judge_server.METADATA, "/elsewhere", "https://evil.example/v1", "//169.254.169.254"])
def test_a_redirect_is_named_and_not_followed(server: Server, make: Make, to: str) -> None:
    server.script = [redirects(to)]
    with pytest.raises(JudgeError, match="redirects are not followed") as caught:
        make().ask(PROMPT)
    assert to in str(caught.value)
    assert len(server.asked) == 1
    server.models = redirects(to)
    with pytest.raises(JudgeError, match="redirects are not followed"):
        make().check()


@pytest.mark.parametrize(
    ("code", "content", "said"),
    [
        (401, {}, "does not accept the key"),
        (403, {}, "does not accept the key"),
        (404, {}, "knows no model “scripted”"),
        (402, {}, "nothing left to pay with"),
        (429, {"error": {"code": "insufficient_quota"}}, "nothing left to pay with"),
    ],
)
def test_what_no_question_can_get_past_is_an_error_that_says_what_to_do(
    server: Server, make: Make, code: int, content: dict[str, Any], said: str
) -> None:
    server.script = [status(code, {**content, "message": f"your key {SECRET}"})]
    with pytest.raises(JudgeError, match=said) as caught:
        make().ask(PROMPT)
    assert SECRET not in str(caught.value)
    assert len(server.questions) == 1


def test_a_key_that_is_not_known_any_more_is_asked_for(server: Server, make: Make) -> None:
    server.script = [status(401, {})]
    with pytest.raises(JudgeError, match=r"wants a key, and none is known, or not any more.*resume"):
        make(key="").ask(PROMPT)


def test_a_reply_at_its_longest_is_cut(server: Server, make: Make) -> None:
    server.script = [says('{"score": 80, "reason": "The answ', finish="length")]
    reply = make().ask(PROMPT)
    assert reply.cut
    assert not reply.structured
    assert len(server.questions) == 1


@pytest.mark.parametrize(
    "thinking",
    [says(None, finish="length"), says("<think>Let me", finish="length"), says("", "length", reasoning_content="Hm")],
)
def test_a_model_that_thinks_first_gets_room_for_it(server: Server, make: Make, thinking: judge_server.Act) -> None:
    server.script = [thinking, says('<think>Quite {"score": 3} good.</think>{"score": 80, "reason": "ok"}')]
    judge = make()
    opinion = read_reply(judge.ask(PROMPT).text, PROMPT)
    assert opinion is not None
    assert opinion.score == 80
    judge.ask(PROMPT)
    assert [one.body["max_tokens"] for one in server.questions] == [ROOM, THINKING_ROOM, THINKING_ROOM]


def test_questions_that_were_under_way_when_thinking_was_noticed_get_room_too(server: Server, make: Make) -> None:
    short = only_if(lambda body: body["max_tokens"] == ROOM, says(None, finish="length"), says("80"))
    server.script = [judge_server.together(4, says(None, finish="length"))] * 4 + [short]
    judge = make(limits=Limits(at_once=4))
    with ThreadPoolExecutor(4) as pool:
        assert [*pool.map(lambda _: judge.ask(PROMPT).text, range(4))] == ["80"] * 4


def test_a_refusal_is_no_verdict(server: Server, make: Make) -> None:
    server.script = [says(None, refusal="I cannot"), says("80", finish="content_filter")]
    judge = make()
    assert [unanswered(judge), unanswered(judge)] == ["refused", "refused"]


def test_a_reply_in_parts_is_one_text_and_half_characters_do_no_harm(server: Server, make: Make) -> None:
    parts = [{"type": "text", "text": "8"}, {"type": "text", "text": "0"}, {"type": "image_url"}, "x"]
    server.script = [says(parts), says("bad \ud800 half")]  # type: ignore[arg-type]
    judge = make()
    assert judge.ask(PROMPT).text == "80"
    assert judge.ask(PROMPT).text.encode()


@pytest.mark.parametrize("usage", [None, [], {"prompt_tokens": "many", "completion_tokens": -4}])
def test_a_server_that_does_not_count_tokens_is_no_trouble(server: Server, make: Make, usage: object) -> None:
    server.script = [status(200, {**completion("80"), "usage": usage})]
    reply = make().ask(PROMPT)
    assert (reply.tokens_read, reply.tokens_written) == (0, 0)


def test_two_verdicts_in_one_reply_are_none(server: Server, make: Make) -> None:
    server.script = [says('{"score": 20, "reason": "bad"} {"score": 100, "reason": "perfect"}')]
    assert read_reply(make().ask(PROMPT).text, PROMPT) is None


def test_as_many_questions_are_asked_at_once_as_the_judge_allows(server: Server, make: Make) -> None:
    server.script = [judge_server.together(4, says("80"))]
    judge = make(limits=Limits(at_once=4))
    with ThreadPoolExecutor(judge.at_once) as pool:
        replies = [*pool.map(lambda _: judge.ask(PROMPT).text, range(12))]
    assert replies == ["80"] * 12
    assert server.most_at_once == 4


def test_no_more_requests_go_out_in_a_minute_than_allowed(server: Server, make: Make, clock: StillClock) -> None:
    judge = make(limits=Limits(a_minute=30))
    begun = clock.now()
    for _ in range(4):
        judge.ask(PROMPT)
    assert clock.now() - begun == pytest.approx(6)


def test_closing_ends_waits_and_tries(server: Server, make: Make) -> None:
    server.script = [status(429, {}, Retry_After="100")]
    judge = make(clock=None)
    said: list[str] = []
    asking = threading.Thread(target=lambda: said.append(unanswered(judge)))
    asking.start()
    while not server.questions:
        asking.join(0.01)
    judge.close()
    asking.join(10)
    assert said == ["failed"]


def test_nothing_shows_the_key(server: Server, make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.script = [judge_server.echoes_key, judge_server.truncated]
    judge = make()
    reply = judge.ask(PROMPT)
    assert json.loads(reply.text)["reason"] == "Bearer [key]"
    seen = [repr(judge), repr(vars(judge)), repr(vars(judge._connection)), str(judge.info), repr(reply)]
    try:
        judge.ask(PROMPT)
    except Unanswered as none:
        seen += traceback.format_exception(none)
    server.script = [redirects(f"https://evil.example/?{SECRET}")]
    with pytest.raises(JudgeError) as caught:
        judge.ask(PROMPT)
    seen += [str(caught.value), repr(caught.value), *traceback.format_exception(caught.value), caplog.text]
    assert not any(SECRET in text for text in seen)
    assert "HTTP Request" not in caplog.text


def test_a_server_says_which_models_it_has(server: Server) -> None:
    place = find_place(read_address(server.base))
    assert list_models(place, None) == ("other", MODEL)
    server.models = status(404, {})
    assert list_models(place, None) == ()
    server.models = status(200, {"data": [{"id": 7}, "x", {"id": "a\ud800"}]})
    assert list_models(place, None) == ("a?",)
    server.models = status(401, {})
    with pytest.raises(JudgeError, match="wants a key"):
        list_models(place, None)


def test_a_judge_that_is_listed_is_not_asked_before_the_first_question(server: Server, make: Make) -> None:
    make().check()
    assert server.questions == []


def test_a_judge_that_is_not_listed_is_asked_once_whether_it_is_there(server: Server, make: Make) -> None:
    make("unlisted").check()
    assert len(server.questions) == 1
    server.models = status(403, {})  # a key that may ask and not list
    make("unlisted").check()
    server.script = [status(400, {"detail": "pinned to another model"})]
    server.models = status(200, {"data": [{"id": "this"}, {"id": "that"}]})
    with pytest.raises(JudgeError, match=r"takes no questions to the model “unlisted”\..* lists: that, this"):
        make("unlisted").check()


def test_a_server_that_is_not_there_or_does_not_answer_is_said_at_once(
    server: Server, make: Make, clock: StillClock
) -> None:
    server.models = judge_server.hangs
    with pytest.raises(JudgeError, match="did not answer in time"):
        make(timeout=0.1).check()
    judge = make()
    server.server_close()
    server.shutdown()
    with pytest.raises(JudgeError, match=r"Nothing answers at http://127\.0\.0\.1"):
        judge.check()
    assert clock.waited == []
