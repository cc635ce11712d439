"""launch.py: what a newcomer's machine meets first."""

import ast
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import launch

SOURCE = Path(launch.__file__).read_text(encoding="utf-8")


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where launch.py keeps its Python environment, for this test only."""
    monkeypatch.setattr(launch, "VENV", tmp_path / "venv")
    return tmp_path / "venv"


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_a_supported_python_passes(version: tuple[int, int]) -> None:
    launch.check_python(version)


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 14)])
def test_another_python_is_named_and_told_what_to_install(version: tuple[int, int]) -> None:
    with pytest.raises(launch.SetupError, match=rf"3\.11.*{version[0]}\.{version[1]}\b"):
        launch.check_python(version)


def test_an_older_python_can_read_the_file_as_far_as_that_line() -> None:
    ast.parse(SOURCE, feature_version=(3, 7))


def test_it_runs_with_the_standard_library_alone(tmp_path: Path) -> None:
    for name in launch.STARTERS:
        (tmp_path / "models" / name).mkdir(parents=True)
    bare = f"import sys; sys.path.insert(0, {str(launch.ROOT)!r}); import launch; launch.fetch_models()"
    environment = {**os.environ, "TUNEDESK_HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-I", "-S", "-c", bare], env=environment, check=True)


def test_the_starter_models_are_those_of_the_catalogue() -> None:
    from pipeline.models.catalogue import entries

    assert set(launch.STARTERS) == {entry.name for entry in entries() if entry.starter}


def test_a_taken_port_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert port < launch.free_port(port) < port + launch.PORTS_TRIED


def test_packages_that_are_installed_are_not_asked_for_again(environment: Path, tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("anything==1.0\n")
    environment.mkdir()
    (environment / "requirements.installed").write_text(launch._fingerprint(requirements))

    launch.install(requirements)

    assert [path.name for path in environment.iterdir()] == ["requirements.installed"]


@pytest.mark.slow
def test_a_failed_installation_says_so_and_is_tried_again(environment: Path, tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"{tmp_path / 'no-such-package'}\n")

    for _ in range(2):
        with pytest.raises(launch.SetupError, match="pip"):
            launch.install(requirements, quiet=True)
    assert not list(environment.glob("*.installed"))

    requirements.write_text("# nothing is needed\n")
    launch.install(requirements, quiet=True)
    assert (environment / "requirements.installed").is_file()


def test_a_new_pin_or_another_build_of_torch_is_a_new_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requirements = tmp_path / "requirements.txt"
    seen = set()
    for pins, index in [("a==1", ""), ("a==2", ""), ("a==2", "https://packages.example")]:
        requirements.write_text(pins)
        monkeypatch.setenv("TUNEDESK_TORCH_INDEX", index)
        seen.add(launch._fingerprint(requirements))
    assert len(seen) == 3


@pytest.mark.parametrize("quiet", [True, False])
def test_a_failing_step_shows_its_output(quiet: bool, capfd: pytest.CaptureFixture[str]) -> None:
    assert launch.run([sys.executable, "-c", "print('the reason'); raise SystemExit(3)"], quiet=quiet) == 3
    assert "the reason" in capfd.readouterr().out


def test_a_quiet_step_that_succeeds_shows_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    assert launch.run([sys.executable, "-c", "print('many lines')"], quiet=True) == 0
    assert capfd.readouterr().out == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent to processes only on POSIX")
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_whatever_ends_it_leaves_no_child_behind(sent: signal.Signals) -> None:
    child = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    step = (
        "import launch, signal, sys; launch.GRACE_SECONDS = 0.2\n"
        "signal.signal(signal.SIGTERM, launch._end_on_signal)\n"
        # Whoever runs the tests in the background made everything below deaf to Ctrl-C.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"launch.run([sys.executable, '-c', {child!r}])"
    )
    with subprocess.Popen([sys.executable, "-c", step], cwd=launch.ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        started = psutil.Process(int(parent.stdout.readline()))
        os.kill(parent.pid, sent)
        assert started.wait(30) is not None or not started.is_running()
    assert parent.returncode != 0


def test_the_reader_s_language_decides_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    english = "only print the address"
    monkeypatch.setenv("TUNEDESK_LANGUAGE", "en")
    assert launch.t(english) == english
    monkeypatch.setenv("TUNEDESK_LANGUAGE", "zh_CN")
    assert launch.t(english) != english
