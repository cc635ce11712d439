"""A judge is asked where the administrator allows it, and nowhere else, however the address is written."""

import ipaddress
import socket
import ssl
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import JudgeError
from pipeline.judge.address import Address, Place, find_place, look_up, read_address, same_origin
from pipeline.judge.connection import Connection
from pipeline.judge.endpoint import EndpointJudge
from pipeline.judge.judge import JudgeInfo
from pipeline.judge.keys import Key
from pipeline.judge.prompts import Prompt
from tests import judge_server
from tests.judge_server import MODEL, Server

from .conftest import StillClock

PROMPT = Prompt("You grade.", "<answer>\nHi\n</answer>", "score")


def allow(monkeypatch: pytest.MonkeyPatch, hosts: str = "", endpoint: str = "") -> None:
    monkeypatch.setenv("TUNEDESK_JUDGE_HOSTS", hosts)
    monkeypatch.setenv("TUNEDESK_JUDGE_ENDPOINT", endpoint)


@pytest.fixture(autouse=True)
def nothing_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch)


def find(text: str, *numbers: str) -> Place:
    return find_place(read_address(text), lambda _host, _port: numbers or ("93.184.216.34",))


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("http://localhost:11434", "http://localhost:11434/v1"),
        ("http://localhost:11434/", "http://localhost:11434/v1"),
        (" HTTP://LocalHost:11434/v1/ ", "http://localhost:11434/v1"),
        ("http://localhost:8000/v1/chat/completions", "http://localhost:8000/v1"),
        ("http://localhost:8000/v1/models/", "http://localhost:8000/v1"),
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("https://api.openai.com:443/v1", "https://api.openai.com/v1"),
        ("https://api.openai.com./v1", "https://api.openai.com/v1"),
        ("http://127.0.0.1:80", "http://127.0.0.1/v1"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("http://[0:0::1]:8000/v1", "http://[::1]:8000/v1"),
        ("https://open.bigmodel.cn/api/paas/v4", "https://open.bigmodel.cn/api/paas/v4"),
        ("http://gpu_1.internal/v1", "http://gpu_1.internal/v1"),
    ],
)
def test_an_address_is_written_in_one_way_however_it_was_typed(text: str, base: str) -> None:
    assert read_address(text).base == base
    assert read_address(base).base == base


@pytest.mark.parametrize(
    "text",
    ["", "localhost:11434", "api.openai.com/v1", "ftp://localhost/v1", "file:///etc/passwd", "//localhost/v1", "http://",
     "http:///v1", "http://localhost:0/v1", "http://localhost:99999/v1", "http://localhost:x/v1",
     "http://local host/v1", "http://localhost\\@evil.example/v1", "http://localhost/v1\n", "http://[::1/v1", "http://[fe80::1%25eth0]/v1",
     "http://例子.cn/v1", "http://１２７.0.0.1/v1", "http://.localhost/v1", "http://-x-/v1", "javascript:alert(1)",
     "http://2130706433/v1", "http://0x7f000001/v1", "http://0x7f.1/v1", "http://0177.0.0.1/v1", "http://127.1/v1",
     "http://127.0.0.01/v1", "http://127.0.0.1.5/v1", "http://256.0.0.1/v1", f"http://localhost/{'x' * 500}"],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(text: str) -> None:
    if text != "http://localhost/v1\n":  # blanks around it are left out
        with pytest.raises(JudgeError, match="is not the address of a server"):
            read_address(text)


@pytest.mark.parametrize(
    "text", ["http://me:secret@localhost/v1", "https://sk-secret@api.openai.com", "http://@localhost"]
)
def test_names_and_keys_in_an_address_are_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(JudgeError, match="without name, password or key") as caught:
        read_address(text)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["https://x.com/v1?key=secret", "https://x.com/v1#a", "https://x.com/v1?", "https://x.com#"]
)
def test_an_address_ends_before_a_question_mark(text: str) -> None:
    with pytest.raises(JudgeError, match="only up to /v1") as caught:
        read_address(text)
    assert "secret" not in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_an_address_that_reads_the_same_again_or_an_error(text: str) -> None:
    for whole in (text, f"http://{text}", f"https://{text}/v1"):
        try:
            address = read_address(whole)
        except JudgeError as error:
            assert str(error)
            continue
        assert read_address(address.base) == address


@pytest.mark.parametrize(
    "text", ["http://localhost:1/v1", "http://127.0.0.1:1/v1", "http://127.9.9.9/v1", "http://[::1]/v1"]
)
def test_this_machine_may_always_be_asked_without_tls(text: str) -> None:
    number = read_address(text).host.replace("localhost", "127.0.0.1")
    assert find(text, number).numbers == (number,)


def test_localhost_that_leads_elsewhere_is_not_this_machine() -> None:
    for number in ("93.184.216.34", "10.0.0.1", "169.254.169.254"):
        with pytest.raises(JudgeError, match="localhost leads to"):
            find("http://localhost/v1", "127.0.0.1", number)


def test_another_host_has_to_be_named_and_the_error_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(JudgeError, match=r"TUNEDESK_JUDGE_HOSTS to api.openai.com:443 before the start"):
        find("https://api.openai.com/v1")
    with pytest.raises(JudgeError, match=r"to http://10.0.0.7:8000 before"):
        find("http://10.0.0.7:8000/v1")
    allow(monkeypatch, hosts="api.openai.com:443, http://10.0.0.7:8000")
    assert find("https://api.openai.com/v1").numbers == ("93.184.216.34",)
    assert find("http://10.0.0.7:8000/v1", "10.0.0.7").numbers == ("10.0.0.7",)
    for other in ("https://api.openai.com:8443/v1", "https://evil.openai.com/v1", "https://api.openai.com.evil.cn/v1"):
        with pytest.raises(JudgeError, match="is not among the servers"):
            find(other)


def test_a_host_without_a_port_may_be_asked_at_any(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, hosts="Judge.Example.,fd00::7")
    assert find("https://judge.example:9000/v1")
    assert find("https://[fd00::7]:9000/v1", "fd00::7")


def test_without_tls_only_where_the_administrator_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, hosts="judge.example")
    with pytest.raises(JudgeError, match=r"in clear.*naming it as http://judge.example:80 in TUNEDESK_JUDGE_HOSTS"):
        find("http://judge.example/v1")
    allow(monkeypatch, hosts="judge.example,http://judge.example:80")
    assert find("http://judge.example/v1")
    assert find("https://judge.example/v1")


def test_the_administrators_own_server_may_be_asked_as_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, endpoint="http://vllm.internal:8000/v1")
    assert (
        find("http://vllm.internal:8000/v1", "10.1.2.3").url("10.1.2.3", "/models") == "http://10.1.2.3:8000/v1/models"
    )
    with pytest.raises(JudgeError, match="is not among the servers"):
        find("http://vllm.internal:22/v1", "10.1.2.3")


@pytest.mark.parametrize("entry", ["https://", "a b", "http://x/v1", "me@x", "ftp://x", "0x7f.1", "x:y", "x:99999"])
def test_a_wrong_entry_of_the_administrator_is_named(monkeypatch: pytest.MonkeyPatch, entry: str) -> None:
    allow(monkeypatch, hosts=f"good.example,{entry}")
    with pytest.raises(JudgeError, match="in TUNEDESK_JUDGE_HOSTS is no host"):
        find("https://good.example/v1")


CLOSED = [
    "169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "240.0.0.1", "::", "fe80::1", "fe80::1%eth0", "ff02::1", "fd00:ec2::254",
    "::ffff:169.254.169.254", "::ffff:0.0.0.0", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::169.254.169.254",
]  # fmt: skip


@pytest.mark.parametrize("number", CLOSED)
def test_no_name_leads_to_the_network_itself_or_to_a_metadata_service(
    monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    allow(monkeypatch, hosts="judge.example")
    with pytest.raises(JudgeError, match="belongs to the network itself or to the machine's provider"):
        find("https://judge.example/v1", "93.184.216.34", number)


@pytest.mark.parametrize("number", [number for number in CLOSED if "%" not in number])
def test_such_a_number_itself_is_refused_unless_it_was_named(monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    shown = f"[{number}]" if ":" in number else number
    with pytest.raises(JudgeError, match=r"is not among the servers|leads to"):
        find(f"http://{shown}/v1", number)
    allow(monkeypatch, hosts=f"http://{shown}")
    nowhere = {"0.0.0.0", "::", "::ffff:0.0.0.0", "224.0.0.1", "ff02::1"}
    if number in nowhere:
        with pytest.raises(JudgeError, match="leads to"):
            find(f"http://{shown}/v1", number)
    else:
        assert find(f"http://{shown}/v1", number)


@given(st.ip_addresses())
def test_without_a_named_host_nothing_but_this_machine_is_ever_asked(
    number: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    shown = f"[{number}]" if number.version == 6 else str(number)
    try:
        find(f"http://{shown}/v1", str(number))
    except JudgeError:
        return
    assert number.is_loopback or (number.version == 6 and number.ipv4_mapped and number.ipv4_mapped.is_loopback)


def test_private_networks_are_for_hosts_that_were_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(JudgeError, match="is not among the servers"):
        find("http://192.168.1.20:8000/v1", "192.168.1.20")
    allow(monkeypatch, hosts="gpu.internal")
    assert find("https://gpu.internal/v1", "192.168.1.20", "fd12::1").numbers == ("192.168.1.20", "fd12::1")


def test_a_name_that_nobody_knows_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, hosts="judge.invalid")
    with pytest.raises(JudgeError, match=r"No machine named judge.invalid was found"):
        find_place(read_address("https://judge.invalid/v1"))
    assert "127.0.0.1" in look_up("localhost", 80)


def test_the_same_server_is_known_by_its_origin() -> None:
    assert same_origin("https://api.openai.com/v1", "https://API.openai.com:443/other")
    assert not same_origin("https://api.openai.com/v1", "http://api.openai.com:443/v1")
    assert not same_origin("https://api.openai.com/v1", "https://api.openai.com:8443/v1")
    assert not same_origin("nonsense", "nonsense")


def test_a_name_is_looked_up_once_and_what_it_stood_for_is_asked(
    monkeypatch: pytest.MonkeyPatch, server: Server, clock: StillClock
) -> None:
    """DNS rebinding: the name leads to an allowed number at first, and to a metadata service ever after."""
    looked: list[str] = []

    def resolve(host: str, port: int) -> tuple[str, ...]:
        looked.append(host)
        return ("127.0.0.1",) if len(looked) == 1 else ("169.254.169.254",)

    allow(monkeypatch, hosts=f"http://judge.example:{server.server_port}")
    address = read_address(f"http://judge.example:{server.server_port}/v1")
    judge = EndpointJudge(JudgeInfo(MODEL, address.base), find_place(address, resolve), timeout=5.0, clock=clock)
    server.script = [judge_server.hangs_up, judge_server.says("80")]
    judge.check()
    assert [judge.ask(PROMPT).text for _ in range(3)] == ["80"] * 3
    judge.close()
    assert looked == ["judge.example"]
    assert {one.headers["host"] for one in server.asked} == {f"judge.example:{server.server_port}"}


def test_the_first_number_that_answers_is_asked(server: Server, clock: StillClock) -> None:
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.2", server.server_port))
        place = Place(read_address(server.base), ("127.0.0.2", "127.0.0.1"))
        judge = EndpointJudge(JudgeInfo(MODEL, server.base), place, timeout=5.0, clock=clock)
        judge.ask(PROMPT)
        judge.close()
    assert clock.waited == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of judge.example in one file, signed by itself."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=judge.example"]
    extra = ["-addext", "subjectAltName=DNS:judge.example", "-keyout", f"{path}.key", "-out", f"{path}.crt"]
    subprocess.run([*command, *extra], check=True, capture_output=True)
    path.write_text(Path(f"{path}.crt").read_text() + Path(f"{path}.key").read_text())
    return path


def test_tls_is_for_the_name_and_not_for_the_number(
    monkeypatch: pytest.MonkeyPatch, certificate: Path, clock: StillClock
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    named: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: named.append(name)
    with judge_server.running(context) as server:
        place = Place(Address("https", "judge.example", server.server_port, "/v1"), ("127.0.0.1",))
        stranger = EndpointJudge(JudgeInfo(MODEL, "x"), place, Key("secret"), timeout=5.0, clock=clock)
        with pytest.raises(JudgeError, match=r"The certificate of judge.example cannot be verified"):
            stranger.ask(PROMPT)
        stranger.close()
        assert server.asked == []
        # An authority that the system trusts, as OpenSSL finds it.
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        known = Connection(place, Key("secret"), 5.0)
        assert known.send("GET", "/models").status == 200
        known.close()
        other = Connection(
            Place(Address("https", "other.example", server.server_port, "/v1"), ("127.0.0.1",)), None, 5.0
        )
        with pytest.raises(JudgeError, match=r"The certificate of other.example cannot be verified"):
            other.send("GET", "/models")
        other.close()
    assert named == ["judge.example", "judge.example", "other.example"]
