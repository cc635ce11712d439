"""Several processes that train one run together, started by ``torchrun``: meeting, agreeing, waiting for each other.

A single process meets nobody and agrees with itself. Knows nothing of what is trained.
"""

import datetime
import os
from typing import TypeVar

from pipeline import system

# Whoever waits is ended by torchrun when another one dies; the first process may measure baselines for an hour.
_PATIENCE = datetime.timedelta(days=1)

Fact = TypeVar("Fact")


def world() -> int:
    """How many processes train this run."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def meet(device: str) -> None:
    """Wait until all processes of the run are there; on GPUs each takes its own."""
    import torch

    if world() == 1 and device == "cuda":
        # One process, one GPU: the library would hand out batches of this size to all that it sees.
        os.environ["CUDA_VISIBLE_DEVICES"] = os.environ.get("CUDA_VISIBLE_DEVICES", "0").partition(",")[0]
    if world() == 1 or torch.distributed.is_initialized():
        return
    if device == "cuda":
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    torch.distributed.init_process_group("cpu:gloo,cuda:nccl" if device == "cuda" else "gloo", timeout=_PATIENCE)


def agree(fact: Fact) -> Fact:
    """What the first process knows; the same for all."""
    if world() == 1:
        return fact
    import torch

    told: list[Fact] = [fact]
    torch.distributed.broadcast_object_list(told, src=0, device=torch.device("cpu"))
    return told[0]


def wait_for_all() -> None:
    """Go on once every process has come here."""
    agree(None)
    if world() > 1:
        import torch

        torch.distributed.barrier()


def leads() -> bool:
    """Whether this process speaks for all: it alone writes."""
    return system.rank() == 0
