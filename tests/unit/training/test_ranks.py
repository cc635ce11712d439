"""Which GPU a process takes. Several processes at once: test_together."""

import os

import pytest

from pipeline.training import ranks


@pytest.mark.parametrize(("visible", "taken"), [(None, "0"), ("2,3", "2"), ("GPU-8f6d", "GPU-8f6d"), ("", "")])
def test_one_process_trains_on_one_gpu(visible: str | None, taken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible or "")
    if visible is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    ranks.meet("cuda")
    assert os.environ["CUDA_VISIBLE_DEVICES"] == taken


def test_on_the_cpu_nothing_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,3")
    ranks.meet("cpu")
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "2,3"
