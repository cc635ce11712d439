#!/usr/bin/env python3
"""TuneDesk on a fresh machine: sets up what is missing, then starts the dashboard.

    python3 launch.py                  set up if needed, start the server, open the browser
    python3 launch.py test [ARGS...]   set up what the tests need too, run every check; ARGS go to pytest

Uses the standard library only, because nothing else is there yet. Knows nothing of what the project does:
packages come through pip, models through the project's own command, pages through Streamlit. What was set
up once is skipped the next time (a stamp, written last, says so), so that a set-up that was interrupted is
simply done again. Linux is tested; macOS and Windows are written for and untested.
"""

from __future__ import annotations  # an older Python must get as far as the line that says so

import argparse
import contextlib
import gettext
import hashlib
import locale
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
RUNTIME, DEVELOPMENT = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
OLDEST, NEWEST = (3, 11), (3, 13)
STARTERS = ("all-MiniLM-L6-v2", "multilingual-e5-small", "SmolLM2-135M-Instruct")
HOST, FIRST_PORT, PORTS_TRIED = "127.0.0.1", 8501, 50
START_SECONDS = 120  # a cold disk and a virus scanner together can take a minute over the first imports
GRACE_SECONDS = 10  # what a child gets to tidy up before it is ended
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
BROWSER_FILES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)


class SetupError(Exception):
    """Set-up cannot go on; the text, already translated, says what to do."""


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks; the exit status."""
    try:
        check_python(sys.version_info[:2])
        for name in ("SIGTERM", "SIGHUP"):  # ended by somebody, or its terminal was closed
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), _end_on_signal)
        if arguments[:1] == ["test"]:
            return test(arguments[1:])
        return start(arguments)
    except SetupError as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n" + t("Stopped. Start again to go on from here."), file=sys.stderr)
        return 130


def start(arguments: Sequence[str]) -> int:
    """Set up, start the server and stay until it ends."""
    options = _options(arguments)
    install(RUNTIME)
    fetch_models()
    port = free_port(options.port)
    if port != options.port:
        say(t("Port {port} is taken; using {other}.", port=options.port, other=port))
    return serve(port, open_browser=not options.no_browser and has_screen())


def test(pytest_arguments: Sequence[str]) -> int:
    """Set up what the tests need, then run every check to its end: the exit status is 0 if all passed."""
    quiet = not sys.stdout.isatty()  # a log wants the results, not a thousand progress lines
    install(RUNTIME, quiet=quiet)
    install(DEVELOPMENT, quiet=quiet)
    fetch_models(quiet=quiet)
    browser = ensure_browser(quiet=quiet)
    statuses = [run([_tool("ruff"), "check", "--quiet", "."])]
    statuses.append(run([_tool("mypy"), "--no-error-summary"]))
    statuses.append(run([_tool("lint-imports"), "--no-logo"], quiet=True))
    environment = {"TUNEDESK_CHROMIUM": browser} if browser else {}
    # In the order of the folders: the long tests of browser and faults first, so that no core waits for one at the end.
    spread = ["-n", str(os.cpu_count() or 1), "--dist", "loadfile", "--no-loadscope-reorder"]
    statuses.append(run([_python(), "-m", "pytest", *spread, *pytest_arguments], environment=environment))
    return 1 if any(statuses) else 0


def check_python(version: tuple[int, ...]) -> None:
    """Raise SetupError unless ``version`` (major, minor) is one that the pinned packages support."""
    if not OLDEST <= version <= NEWEST:
        raise SetupError(
            t(
                "TuneDesk needs Python 3.11, 3.12 or 3.13, and this is Python {version}. "
                "Install one of them and start again with it, for example: python3.12 launch.py",
                version=".".join(map(str, version)),
            )
        )


def install(requirements: Path, quiet: bool = False) -> None:
    """Install the packages that ``requirements`` pins into the project's own environment, once.

    Raises:
        SetupError: the environment could not be made, or pip failed.
    """
    stamp = VENV / f"{requirements.stem}.installed"
    wanted = _fingerprint(requirements)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    ensure_environment(quiet)
    say(t("Installing the packages of {name}; the first time takes some minutes.", name=requirements.name))
    hint = torch_hint()
    if hint and requirements == RUNTIME:
        say(hint)
    index = os.environ.get("TUNEDESK_TORCH_INDEX")
    extra = ["--extra-index-url", index] if index else []
    pip = [_python(), "-m", "pip", "install", "--disable-pip-version-check", *extra, "-r", str(requirements)]
    if run(pip, quiet=quiet):
        raise SetupError(
            t("pip could not install the packages; its last lines above say why. Once that is solved, start again.")
        )
    stamp.write_text(wanted, encoding="utf-8")


def ensure_environment(quiet: bool) -> None:
    """Make the project's own Python environment, or make it anew if it is broken or half made."""
    if Path(_python()).is_file() and run([_python(), "-m", "pip", "--version"], quiet=True, show_failure=False) == 0:
        return
    say(t("Making the Python environment {path}", path=VENV))
    if run([sys.executable, "-m", "venv", "--clear", str(VENV)], quiet=quiet):
        raise SetupError(
            t("Python could not make an environment. On Debian and Ubuntu the package python3-venv is missing.")
        )


def torch_hint() -> str:
    """What somebody should know before PyTorch is downloaded; "" where the usual package fits the machine."""
    if os.environ.get("TUNEDESK_TORCH_INDEX"):
        return ""
    nvidia = shutil.which("nvidia-smi") is not None or Path("/proc/driver/nvidia/version").exists()
    if sys.platform == "win32" and nvidia:
        return t(
            "This machine has an NVIDIA GPU, but the usual PyTorch package for Windows runs on the CPU only. "
            "README.md says under 'PyTorch and the GPU' how to get the other one."
        )
    if sys.platform == "linux" and not nvidia:
        return t(
            "No NVIDIA GPU was found. The usual PyTorch package for Linux may bring several GB for one; "
            "README.md says under 'PyTorch and the GPU' how to get a smaller one."
        )
    return ""


def fetch_models(quiet: bool = False) -> None:
    """Fetch the starter models that are not in the workspace yet, through the project's own command."""
    from pipeline.settings import workspace  # reads the environment only; too new for the Pythons refused above

    missing = [name for name in STARTERS if not (workspace().models / name).is_dir()]
    if missing and run([_python(), "-m", "pipeline", "models", "fetch", *missing], quiet=quiet):
        raise SetupError(t("The starter models could not be fetched; the lines above say why. Start again to go on."))


def serve(port: int, open_browser: bool) -> int:
    """Start the server on ``port``, say its address when it answers, and stay until it ends."""
    address = f"http://{HOST}:{port}"
    command = [_python(), "-m", "streamlit", "run", "app.py", "--server.address", HOST, "--server.port", str(port)]
    command += ["--server.headless", "true", "--logger.hideWelcomeMessage", "true"]
    # In a session of its own it does not get the terminal's Ctrl-C, at which Streamlit would print "Aborted!".
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True) as server:
        try:
            wait_until_answering(f"{address}/_stcore/health", server)
            say(t("TuneDesk is running at {address}  (Ctrl-C ends it)", address=address))
            if open_browser:
                webbrowser.open(address)
            return server.wait()
        except KeyboardInterrupt:
            _end(server)
            say("\n" + t("TuneDesk has stopped. Training that was under way goes on by itself."))
            return 0
        finally:
            _end(server)


def wait_until_answering(address: str, server: subprocess.Popen[bytes]) -> None:
    """Return once ``address`` answers; raise SetupError when the server ends or stays silent."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SetupError(t("The server did not start; the lines above say why."))


def free_port(first: int) -> int:
    """The first port from ``first`` on that nobody listens on; raise SetupError when there is none."""
    for port in range(first, first + PORTS_TRIED):
        with socket.socket() as probe:
            if sys.platform != "win32":  # there the option would let two servers share the port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise SetupError(t("No free port between {first} and {last}; name another with --port.", first=first, last=port))


def has_screen() -> bool:
    """Whether a browser opened here would be seen by somebody."""
    if os.environ.get("CI") or os.environ.get("SSH_CONNECTION"):
        return False
    return sys.platform in {"win32", "darwin"} or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def ensure_browser(quiet: bool = False) -> str | None:
    """A Chromium for the browser tests: its program, or None for the one that Playwright brought itself."""
    found = find_browser()
    if found:
        return found
    if sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get"):
        say(t("Installing Chromium for the browser tests."))
        environment = {"DEBIAN_FRONTEND": "noninteractive"}
        packages = ["chromium", "fonts-wqy-zenhei"]  # without the font, Chinese is drawn as boxes
        run(["apt-get", "update", "-qq"], quiet=quiet, environment=environment)
        run(["apt-get", "install", "-y", "-qq", *packages], quiet=quiet, environment=environment)
        return find_browser()
    if run([_python(), "-m", "playwright", "install", "chromium"], quiet=quiet):
        raise SetupError(t("No Chromium was found or could be installed. Install one, then start the tests again."))
    return None


def find_browser() -> str | None:
    """An installed Chromium, Chrome or Edge: ``TUNEDESK_CHROMIUM``, else one in a usual place."""
    named = os.environ.get("TUNEDESK_CHROMIUM")
    candidates = [named] if named else [*map(shutil.which, BROWSERS), *BROWSER_FILES]
    return next((found for found in candidates if found and Path(found).is_file()), None)


def run(
    command: Sequence[str],
    quiet: bool = False,
    show_failure: bool = True,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Run ``command`` in the project's folder to its end; ``quiet`` shows its output only if it fails."""
    merged = {**os.environ, **(environment or {})}
    output, errors = (subprocess.PIPE, subprocess.STDOUT) if quiet else (None, None)
    with subprocess.Popen(
        list(command), cwd=ROOT, env=merged, stdin=subprocess.DEVNULL, stdout=output, stderr=errors
    ) as child:
        try:
            printed, _ = child.communicate()
        except KeyboardInterrupt:
            _give_time(child)
            raise
        finally:
            _end(child)
    if quiet and show_failure and child.returncode:
        print(printed.decode(errors="replace"))
    return child.returncode


def t(message: str, **values: object) -> str:
    """``message`` in the system's language, from the same catalogue as the pages."""
    tag = os.environ.get("TUNEDESK_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES")
    tag = (tag or os.environ.get("LANG") or locale.getlocale()[0] or "").lower()
    language = "zh_CN" if tag.startswith(("zh", "chinese")) else "en"  # Windows says "Chinese (Simplified)_China"
    return gettext.translation("tunedesk", ROOT / "locale", [language], fallback=True).gettext(message).format(**values)


def say(line: str) -> None:
    """Print at once, also into a pipe."""
    print(line, flush=True)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="launch.py", description=t("Set up TuneDesk if needed, then start it."))
    where = t("where to listen (default {port})", port=FIRST_PORT)
    parser.add_argument("--port", type=int, default=FIRST_PORT, help=where)
    parser.add_argument("--no-browser", action="store_true", help=t("only print the address"))
    parser.epilog = t("'launch.py test' sets up and runs every test; what follows it goes to pytest.")
    return parser.parse_args(arguments)


def _fingerprint(requirements: Path) -> str:
    """Changes when the pins, the Python or the wished PyTorch build change."""
    decided_by = [requirements.read_text(encoding="utf-8"), sys.version, os.environ.get("TUNEDESK_TORCH_INDEX", "")]
    return hashlib.sha256("\0".join(decided_by).encode()).hexdigest()


def _python() -> str:
    return _tool("python")


def _tool(name: str) -> str:
    """A program of the project's own environment."""
    return str(VENV / "Scripts" / f"{name}.exe" if sys.platform == "win32" else VENV / "bin" / name)


def _end_on_signal(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


def _give_time(child: subprocess.Popen[bytes]) -> None:
    """After Ctrl-C the terminal has told the child as well: let it tidy up."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(GRACE_SECONDS)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Leave no child behind, whatever ends the caller."""
    if child.poll() is None:
        child.terminate()
        _give_time(child)
        child.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
