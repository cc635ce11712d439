"""Devices are measured once a machine, and named without importing torch."""

import json

import pytest

from pipeline.errors import SettingError
from pipeline.models import devices
from pipeline.settings import Workspace


def test_the_cpu_is_always_there_and_measured(home: Workspace) -> None:
    found = devices.devices()
    cpu = found[-1]
    assert cpu.name == "cpu"
    assert cpu.label
    assert cpu.cores >= 1
    assert 1 < cpu.gflops < 100_000
    assert cpu.memory_bytes > 10**8
    assert devices.choose("cpu") == cpu
    assert devices.choose() == found[0]


def test_it_is_measured_once_and_again_on_another_machine(home: Workspace) -> None:
    kept = home.home / devices.FILE
    device = {"name": "cpu", "label": "Old", "memory_bytes": 1, "gflops": 1.0, "bfloat16_gflops": 0.0}
    device["cores"] = 1
    kept.write_text(json.dumps({"machine": devices._machine(), "devices": [device]}))
    assert devices.choose().label == "Old"
    kept.write_text(json.dumps({"machine": ["2", "elsewhere", "2", "1.0", "all"], "devices": [device]}))
    assert devices.choose("cpu").label != "Old"


def test_a_device_that_is_not_there_is_told_with_those_that_are(home: Workspace) -> None:
    with pytest.raises(SettingError, match=r"no device named abacus.*cpu"):
        devices.choose("abacus")
