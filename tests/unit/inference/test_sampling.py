"""Settings of generation: each has its help, its range, and what the kind of model begins with."""

import dataclasses
import math
import subprocess
import sys

import pytest

from pipeline.errors import SettingError
from pipeline.inference.sampling import GREEDY, RANGES, Sampling, usual


def test_every_setting_says_what_it_is_for_and_has_a_range() -> None:
    fields = {field.name: field for field in dataclasses.fields(Sampling)}
    assert set(fields) == set(RANGES)
    assert all(field.metadata["help"] for field in fields.values())


@pytest.mark.parametrize(
    ("name", "value"), [("temperature", -0.1), ("temperature", math.nan), ("top_p", 0), ("num_beams", 0), ("seed", -1)]
)
def test_a_value_out_of_range_is_refused_with_the_range(name: str, value: float) -> None:
    with pytest.raises(SettingError, match=f"The setting {name} is “{value}”; it must be a number from"):
        Sampling(**{name: value})


def test_a_model_that_rewrites_follows_beams_and_one_that_chats_draws() -> None:
    assert usual("encoder-decoder").num_beams > 1
    assert usual("decoder").draws
    assert not GREEDY.draws
    assert not Sampling(num_beams=2).draws


def test_the_settings_import_no_heavy_library() -> None:
    program = (
        "import sys, pipeline.inference.sampling, pipeline.inference.events, pipeline.actions.write\n"
        "print(sorted({'torch', 'transformers', 'sklearn', 'scipy', 'datasets'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
