"""Tiny base models, built from a config, and what serves them."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

WORDS = ["printer", "network", "login", "broken", "slow", "please", "help", "cannot", "connect", "password"]


def build_tiny_bert(folder: Path, *, pickled: bool = False) -> Path:
    """A BERT of 2 layers with random weights and a tokenizer of ten words, as one would find it on the hub."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForMaskedLM

    torch.manual_seed(0)
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    config = BertConfig(
        vocab_size=len(names),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=24,
        max_position_embeddings=32,
        pad_token_id=0,
    )
    folder.mkdir(parents=True, exist_ok=True)
    model = BertForMaskedLM(config)
    model.save_pretrained(folder)
    if pickled:
        (folder / "model.safetensors").unlink()
        torch.save(model.state_dict(), folder / "pytorch_model.bin")
    tokenizer = Tokenizer(models.WordLevel({name: number for number, name in enumerate(names)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        "[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "unk_token": "[UNK]"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return folder


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to read, never to change."""
    return build_tiny_bert(tmp_path_factory.mktemp("published") / "tiny-bert")


class Hub:
    """Serves one folder as the Hugging Face Hub and as ModelScope do; ``spoil`` may change what is sent of a file."""

    commit = "0123456789abcdef0123456789abcdef01234567"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spoil: Callable[[str, bytes], bytes] = lambda name, content: content
        self.asked: list[str] = []
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, target: str) -> tuple[int, bytes, dict[str, str]]:
        import hashlib

        self.asked.append(target)
        url = urlsplit(target)
        path, query = unquote(url.path), parse_qs(url.query)
        names = sorted(file.name for file in self.folder.iterdir())
        if path.startswith("/api/models/acme/tiny"):
            listing = {"id": "acme/tiny", "sha": self.commit, "siblings": [{"rfilename": name} for name in names]}
            return 200, json.dumps(listing).encode(), {"Content-Type": "application/json"}
        if path.startswith("/acme/tiny/resolve/"):
            name = path.rpartition("/")[2]
            content = self.spoil(name, (self.folder / name).read_bytes())
            digest = hashlib.sha256(content).hexdigest()
            return 200, content, {"ETag": f'"{digest}"', "X-Repo-Commit": self.commit}
        if path == "/api/v1/models/acme/tiny/repo/files":
            files = [
                {"Path": name, "Sha256": hashlib.sha256((self.folder / name).read_bytes()).hexdigest()}
                for name in names
            ]
            return 200, json.dumps({"Code": 200, "Data": {"Files": files}}).encode(), {}
        if path == "/api/v1/models/acme/tiny/repo":
            name = query["FilePath"][0]
            return 200, self.spoil(name, (self.folder / name).read_bytes()), {}
        return 404, b"{}", {}

    def _handler(hub) -> type[http.server.BaseHTTPRequestHandler]:  # noqa: N805  # the handler has a self of its own
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, content, headers = hub._answer(self.path)
                self.send_response(status)
                for key, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(key, value)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(content)

            do_HEAD = do_GET  # noqa: N815  # the name that http.server looks for

            def log_message(self, *_args: object) -> None:
                return

        return Handler


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A stand-in for both hubs that has one model, ``acme/tiny``; the environment points to it."""
    published = build_tiny_bert(tmp_path / "hub")
    server = Hub(published)
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", server.address)
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
    yield server
    server.close()
