"""Which addresses a judge may be asked at, and where they lead. Knows names and numbers of the network, no HTTP.

Whoever uses the page makes this machine open connections, so that an address is taken only if

- its host is this machine (``localhost``, 127.0.0.1, ::1), or the administrator has named it: ``TUNEDESK_JUDGE_HOSTS``
  and the host of ``TUNEDESK_JUDGE_ENDPOINT``. A host that is named without a port may be asked at any;
- it begins with https://, unless it is this machine or was named with http://;
- no number that its name stands for belongs to the network itself or to the metadata service of a cloud. Private
  networks are for hosts that were named, as all hosts but this machine are. A link-local or metadata number has to be
  named as a number: no name leads there.

A name is looked up once. What it stood for then is what is connected to, so that it can't lead elsewhere later (DNS
rebinding).
"""

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from pipeline.errors import N_, JudgeError
from pipeline.settings import workspace

HOSTS, ENDPOINT = "TUNEDESK_JUDGE_HOSTS", "TUNEDESK_JUDGE_ENDPOINT"
# What stands behind the address of a server in its documentation, and is added by ``endpoint`` itself.
_TAILS = ("/chat/completions", "/completions", "/models")
_USUAL_PATH = "/v1"
_USUAL_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_MOST_CHARACTERS = 500

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
# Asks the name service: host and port -> numbers as text. A seam: tests answer in its place.
Resolver = Callable[[str, int], tuple[str, ...]]

# Metadata services that are not link-local: Alibaba Cloud, Amazon over IPv6, Azure, Oracle.
_METADATA = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "fd00:ec2::254", "168.63.129.16", "192.0.0.192")))
# IPv6 networks whose addresses carry the IPv4 address that is really meant in their last 32 bits.
_CARRYING = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")))


@dataclass(frozen=True)
class Address:
    """An address as it was typed, taken apart; not looked up yet."""

    scheme: str  # "http" or "https"
    host: str  # in small letters; an IPv6 address without brackets
    port: int
    path: str  # "/v1"; "" where there is none

    @property
    def origin(self) -> str:
        """Who is asked, whatever the path: what a key belongs to."""
        return f"{self.scheme}://{self.name}"

    @property
    def name(self) -> str:
        """Host and port as the Host header says them: the port only where it is not the usual one."""
        return _with_port(self.host, None if self.port == _USUAL_PORTS[self.scheme] else self.port)

    @property
    def base(self) -> str:
        """The whole address, written the same way however it was typed."""
        return f"{self.origin}{self.path}"


@dataclass(frozen=True)
class Place:
    """An address that may be asked, and the numbers that it stood for when it was looked up."""

    address: Address
    numbers: tuple[str, ...]  # at least one

    def url(self, number: str, path: str) -> str:
        """Where ``path`` lies when asked at one of the numbers."""
        return f"{self.address.scheme}://{_with_port(number, self.address.port)}{self.address.path}{path}"


def read_address(text: str) -> Address:
    """Take an address apart; http://localhost:11434 is read as http://localhost:11434/v1.

    Raises:
        JudgeError: it is none, or has parts that the address of a server has not.
    """
    text = text.strip()
    parts = _split(text)
    if parts.username is not None or parts.password is not None:
        raise JudgeError(N_("Write the address without name, password or key before the host. A key is given apart."))
    if parts.query or parts.fragment or "?" in text or "#" in text:
        raise JudgeError(N_("Write the address of the server only up to /v1, without “?” and “#”."))
    path = parts.path.rstrip("/")
    for tail in _TAILS:
        path = path.removesuffix(tail)
    port = parts.port if parts.port is not None else _USUAL_PORTS[parts.scheme]
    return Address(parts.scheme, _host(parts.hostname or "", text), port, path or _USUAL_PATH)


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        # Reading the port finds out whether it is a number.
        known = parts.scheme in _USUAL_PORTS and parts.port != 0 and parts.hostname
    except ValueError:
        known = None
    # urlsplit drops line ends and takes backslashes for letters; other readers of addresses do not.
    if not known or len(text) > _MOST_CHARACTERS or re.search(r"[^\x21-\x7e]|[\\^`{}|<>\"]", text):
        raise _no_address(text)
    return parts


def _host(host: str, text: str) -> str:
    host = host.lower().removesuffix(".")
    if number := _number(host):
        if number.version == 6 and number.scope_id:
            raise _no_address(text)
        return str(number)
    last = host.rpartition(".")[2]
    # 2130706433, 0x7f.1 and 0177.0.0.1 all mean 127.0.0.1 to some readers, and something else to others.
    if last.isdecimal() or re.fullmatch(r"0x[0-9a-f]*", last) or not _NAME.fullmatch(host):
        raise _no_address(text)
    return host


def find_place(address: Address, resolve: Resolver | None = None) -> Place:
    """Look an address up, if it may be asked at all.

    Raises:
        JudgeError: it may not; says what the administrator sets. Or its name is not known.
    """
    here = _is_here(address.host)
    if not here:
        _require_named(address)
    numbers = (resolve or look_up)(address.host, address.port)
    if not numbers:
        raise _unknown(address)
    for text in numbers:
        number = ipaddress.ip_address(text)
        if (here and not _meant(number).is_loopback) or _is_closed(number, address.host):
            raise JudgeError(
                N_(
                    "{host} leads to {number}, which belongs to the network itself or to the machine's provider. "
                    "Only the administrator can allow that, by naming the number in {variable}."
                ),
                host=address.host,
                number=text,
                variable=HOSTS,
            )
    return Place(address, tuple(dict.fromkeys(numbers)))


def look_up(host: str, port: int) -> tuple[str, ...]:
    """The numbers of a host as the system knows them; () where it knows none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def same_origin(one: str, other: str) -> bool:
    """Whether two addresses lead to the same server; what cannot be read leads nowhere."""
    try:
        return read_address(one).origin == read_address(other).origin
    except JudgeError:
        return False


def _require_named(address: Address) -> None:
    entries = [_entry(text) for text in workspace().judge_hosts]
    if workspace().judge_endpoint:
        own = read_address(workspace().judge_endpoint)
        entries.append((own.scheme, own.host, own.port))
    fitting = [scheme for scheme, host, port in entries if host == address.host and port in (None, address.port)]
    if not fitting:
        raise JudgeError(
            N_(
                "{host} is not among the servers that may be asked. The administrator adds it by setting the "
                "environment variable {variable} to {value} before the start (several are separated by commas)."
            ),
            host=address.host,
            variable=HOSTS,
            value=_as_entry(address),
        )
    if address.scheme == "http" and "http" not in fitting:
        raise JudgeError(
            N_(
                "Texts and key would go to {host} in clear. Write https://; if the server has no TLS, the "
                "administrator allows that by naming it as {value} in {variable}."
            ),
            host=address.host,
            value=_as_entry(address),
            variable=HOSTS,
        )


def _entry(text: str) -> tuple[str, str, int | None]:
    """One of the hosts that are named: scheme, host, and port or None for any."""
    scheme, mark, rest = text.rpartition("://")
    rest = rest.rstrip("/")
    if _number(rest) and ":" in rest:
        rest = f"[{rest}]"
    try:
        parts = urlsplit(f"//{rest}")
        port, host = parts.port, parts.hostname or ""
        if (mark and scheme not in _USUAL_PORTS) or parts.path or parts.username is not None:
            raise _bad_entry(text)
        return scheme or "https", _host(host, text), port
    except (ValueError, JudgeError) as error:
        raise _bad_entry(text) from error


def _as_entry(address: Address) -> str:
    return f"{'http://' if address.scheme == 'http' else ''}{_with_port(address.host, address.port)}"


def _is_here(host: str) -> bool:
    number = _number(host)
    return host == "localhost" or (number is not None and _meant(number).is_loopback)


def _is_closed(number: IP, host: str) -> bool:
    """Whether nothing is to be sent there, unless the very number was named."""
    meant = _meant(number)
    if meant.is_unspecified or meant.is_multicast:
        return True
    reserved = meant.is_reserved and not meant.is_loopback
    return (meant.is_link_local or reserved or meant in _METADATA) and _number(host) != number


def _meant(number: IP) -> IP:
    """The IPv4 address that an IPv6 address carries, or the number itself."""
    if isinstance(number, ipaddress.IPv4Address):
        return number
    carried = number.ipv4_mapped or number.sixtofour or (number.teredo[1] if number.teredo else None)
    if carried is not None:
        return carried
    if int(number) > 1 and any(number in network for network in _CARRYING):
        return ipaddress.IPv4Address(int(number) & 0xFFFF_FFFF)
    return number


def _number(host: str) -> IP | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _with_port(host: str, port: int | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None else f"{shown}:{port}"


def _no_address(text: str) -> JudgeError:
    return JudgeError(
        N_("“{address}” is not the address of a server. Write it like http://localhost:11434/v1."), address=text[:80]
    )


def _bad_entry(text: str) -> JudgeError:
    return JudgeError(
        N_("“{entry}” in {variable} is no host. Write host, host:port or http://host:port, separated by commas."),
        entry=text[:80],
        variable=HOSTS,
    )


def _unknown(address: Address) -> JudgeError:
    return JudgeError(
        N_("No machine named {host} was found. Check the address, and whether the network is up."), host=address.host
    )
