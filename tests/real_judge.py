"""A real OpenAI-compatible server with a starter model: ``transformers serve``, on loopback, in a process group of its
own. Nothing in it is ours."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline import system

MODEL = "SmolLM2-135M-Instruct"
START_SECONDS = 120.0


@dataclass(frozen=True)
class RealJudge:
    """Where it is, and what it is asked for."""

    base: str
    model: str


@contextmanager
def serving(models: Path, folder: Path) -> Iterator[RealJudge]:
    """The server for as long as the block lasts.

    Args:
        models: folder of base models that has the starter model.
        folder: takes its log, and what it would keep in a home.
    """
    # Asked from its folder, the model goes by its own name.
    program = "from transformers.cli.transformers import app; app()"  # its main() asks the net for a newer version
    port = _free_port()
    command = [sys.executable, "-c", program, "serve", MODEL, "--host", "127.0.0.1", "--port", str(port)]
    environment = {**os.environ, "HF_HOME": str(folder), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--device", "cpu", "--dtype", "float32"],
            cwd=models.resolve(),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        identity = system.identity(process.pid)
        assert identity is not None
        try:
            _wait_for(process, port, folder / "serve.log")
            yield RealJudge(f"http://127.0.0.1:{port}/v1", MODEL)
        finally:
            system.kill_tree(identity)
            process.wait()


def _wait_for(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            process.poll()
        finally:
            connection.close()
        time.sleep(0.2)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
