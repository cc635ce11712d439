"""What this machine can train on: measured once, in a process of its own, and kept in the workspace.

``python -m pipeline.models.devices FILE`` measures; everybody else reads the file, so that neither a page nor a
command imports torch to name a device. Knows nothing of models.
"""

import dataclasses
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from filelock import FileLock

from pipeline import system
from pipeline.errors import N_, SettingError, WorkspaceError
from pipeline.files import write_text
from pipeline.models import child
from pipeline.settings import workspace

if TYPE_CHECKING:
    import torch

FILE = "devices.json"

# A product of this shape is what a small encoder spends its time on: tokens of a batch, hidden and inner width.
_SHAPE = (1024, 384, 1536)
_MEASURE_SECONDS, _FEWEST = 0.15, 5  # at least so long, and so many times
# Products asked for at once: a GPU computes one sooner than it can be asked for it, so a single one would say how long
# asking takes.
_AT_ONCE = {"cpu": 1, "cuda": 64, "mps": 16}
# Between the products everything takes as long as before, and some is converted to and fro.
_PAYS = 1.5
_FORMAT = "3"  # of the file


@dataclass(frozen=True)
class Device:
    """Something that can train."""

    name: str  # "cuda", "mps" or "cpu", as torch calls it
    label: str  # what its maker calls it
    memory_bytes: int  # all of it, whoever uses it now; within this process's limit
    gflops: float  # float32 matrix products, 10^9 operations a second
    bfloat16_gflops: float  # the same in bfloat16; 0 where it has none
    cores: int  # processors that take part; 0 on a GPU

    @property
    def has_bfloat16(self) -> bool:
        """Whether it computes products so much faster in bfloat16 that training in it pays."""
        return self.bfloat16_gflops >= _PAYS * self.gflops


def devices() -> tuple[Device, ...]:
    """The devices of this machine, fastest first; always ends with the CPU.

    The first call on a machine takes some seconds; later ones read a file.

    Raises:
        WorkspaceError: they could not be measured: torch does not start.
    """
    path = workspace().home / FILE
    known = _read(path)
    if known is None:
        workspace().locks.mkdir(parents=True, exist_ok=True)
        with FileLock(workspace().locks / "devices.lock"):
            known = _read(path) or _measure_apart(path)
    return known


def choose(name: str | None = None) -> Device:
    """The device of that name, or the fastest.

    Raises:
        SettingError: this machine has no such device.
    """
    found = devices()
    for device in found:
        if name in (None, device.name):
            return device
    raise SettingError(
        N_("This machine has no device named {name}. Choose one of: {known}."),
        name=name,
        known=", ".join(device.name for device in found),
    )


def _read(path: Path) -> tuple[Device, ...] | None:
    """What was measured on this very machine; None where that is not known."""
    if not path.exists():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    if content["machine"] != _machine():
        return None
    return tuple(Device(**device) for device in content["devices"])


def _machine() -> list[str]:
    """What the measurement depends on. A workspace may be opened from another machine, or after an update."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "all")
    return [_FORMAT, platform.node(), str(system.physical_cores()), importlib.metadata.version("torch"), visible]


def _measure_apart(path: Path) -> tuple[Device, ...]:
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.models.devices", str(path)],
        cwd=system.ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = _read(path) if done.returncode == 0 else None
    if found is None:
        child.logger.error("devices could not be measured:\n%s", done.stderr)
        raise WorkspaceError(
            N_("The machine could not be measured, because torch does not start. Run `python -m pipeline doctor`.")
        )
    return found


def main(path: Path) -> None:
    """Measure every device and write the file; last, so that its presence means whole."""
    import torch

    found = []
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        found.append(_measured("cuda", properties.name, properties.total_memory))
    if torch.backends.mps.is_available():
        found.append(_measured("mps", "Apple GPU", psutil.virtual_memory().total))
    torch.set_num_threads(system.physical_cores())
    found.append(_measured("cpu", _cpu_label(), system.memory_limit()))
    content = {"machine": _machine(), "devices": [dataclasses.asdict(device) for device in found]}
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1))


def _measured(name: str, label: str, memory: int) -> Device:
    import torch

    plain = _gflops(name, torch.float32)
    # A GPU without it says so; a CPU without it computes it, more slowly than float32.
    short = _gflops(name, torch.bfloat16) if name != "cuda" or torch.cuda.is_bf16_supported() else 0.0
    cores = system.physical_cores() if name == "cpu" else 0
    return Device(name, label, memory, round(plain, 1), round(short, 1), cores)


def _gflops(device: str, kind: "torch.dtype") -> float:
    """Speed of matrix products at their fastest: what the device can do when nobody else uses it."""
    import torch

    rows, inner, columns = _SHAPE
    left = torch.rand(rows, inner, device=device).to(kind)
    right = torch.rand(inner, columns, device=device).to(kind)
    wait: Callable[[], Any] = {"cuda": torch.cuda.synchronize, "mps": torch.mps.synchronize}.get(device, lambda: None)
    times: list[float] = []
    end = time.perf_counter() + _MEASURE_SECONDS
    while len(times) < _FEWEST or time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(_AT_ONCE[device]):
            torch.matmul(left, right)
        wait()
        times.append((time.perf_counter() - start) / _AT_ONCE[device])
    return 2 * rows * inner * columns / min(times) / 1e9


def _cpu_label() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "CPU"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
