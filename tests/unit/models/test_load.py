"""One loader for every family: stock heads, nothing missing unnoticed, nothing said that nobody needs."""

from pathlib import Path

import pytest
import torch
import transformers

from pipeline.errors import ModelError
from pipeline.models.load import load_classifier, load_encoder, load_tokenizer, load_trained_classifier
from tests.unit.models.conftest import build_tiny_bert
from tests.unit.models.test_halves import CONFIGS

LABELS = ["billing", "407080", "退款"]


@pytest.fixture
def folder_of(tmp_path: Path, tiny_bert: Path):  # type: ignore[no-untyped-def]
    """A base model of a family, without a head, with a tokenizer that has an end token and no pad token."""

    def make(family: str) -> Path:
        folder = tmp_path / family
        transformers.AutoModel.from_config(CONFIGS[family]()).save_pretrained(folder)
        tokenizer = transformers.AutoTokenizer.from_pretrained(tiny_bert)
        plain = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer._tokenizer, eos_token="[SEP]")
        plain.save_pretrained(folder)
        return folder

    return make


@pytest.mark.parametrize("family", CONFIGS)
def test_every_family_becomes_a_stock_classifier_of_the_given_labels(folder_of, family: str) -> None:  # type: ignore[no-untyped-def]
    model = load_classifier(folder_of(family), LABELS)
    assert type(model).__module__.startswith("transformers.models.")
    assert type(model).__name__.endswith("ForSequenceClassification")
    assert model.config.id2label == {0: "billing", 1: "407080", 2: "退款"}
    assert model.config.label2id["407080"] == 1
    assert model.dtype == torch.float32
    assert not model.training


def test_nothing_is_printed_about_the_head_that_was_meant(tiny_bert: Path, capfd: pytest.CaptureFixture[str]) -> None:
    load_classifier(tiny_bert, LABELS)
    load_encoder(tiny_bert)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("family", ["BERT", "RoBERTa", "XLM-R"])
def test_a_pooler_starts_as_the_identity(folder_of, family: str) -> None:  # type: ignore[no-untyped-def]
    model = load_classifier(folder_of(family), LABELS)
    pooler = model.base_model.pooler.dense if family == "BERT" else model.classifier.dense
    assert torch.equal(pooler.weight, torch.eye(32))
    assert not pooler.bias.any()


def test_a_decoder_pads_with_what_its_head_takes_for_padding(folder_of) -> None:  # type: ignore[no-untyped-def]
    folder = folder_of("Llama")
    tokenizer, model = load_tokenizer(folder), load_classifier(folder, LABELS)
    assert tokenizer.pad_token == "[SEP]"
    assert tokenizer.padding_side == "right"
    assert model.config.pad_token_id == tokenizer.pad_token_id


def test_the_same_seed_gives_the_same_head(tiny_bert: Path) -> None:
    heads = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        heads.append(load_classifier(tiny_bert, LABELS).classifier.weight)
    assert torch.equal(heads[0], heads[1])
    assert not torch.equal(heads[0], heads[2])


def test_a_trained_classifier_comes_back_as_it_was(tiny_bert: Path, tmp_path: Path) -> None:
    model = load_classifier(tiny_bert, LABELS)
    with torch.no_grad():
        model.bert.pooler.dense.weight.mul_(0.5)
    model.save_pretrained(tmp_path)
    again = load_trained_classifier(tmp_path)
    assert all(torch.equal(value, again.state_dict()[name]) for name, value in model.state_dict().items())


def test_a_base_model_is_no_trained_classifier(tiny_bert: Path) -> None:
    with pytest.raises(ModelError, match="weights are missing"):
        load_trained_classifier(tiny_bert)


def test_a_missing_layer_is_noticed(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = build_tiny_bert(tmp_path / "broken")
    tensors = load_file(folder / "model.safetensors")
    del tensors["bert.encoder.layer.1.output.dense.weight"]
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    for load in (load_encoder, lambda path: load_classifier(path, LABELS)):
        with pytest.raises(ModelError, match=r"1 of its weights are missing, .*layer\.1\.output"):
            load(folder)


def test_a_folder_that_holds_no_model_is_named(tmp_path: Path) -> None:
    for load in (load_encoder, load_tokenizer, load_trained_classifier, lambda path: load_classifier(path, LABELS)):
        with pytest.raises(ModelError, match="holds no model"):
            load(tmp_path)


def test_pickled_weights_are_not_loaded(tmp_path: Path) -> None:
    folder = build_tiny_bert(tmp_path / "bin", pickled=True)
    with pytest.raises(ModelError, match="holds no model"):
        load_encoder(folder)


def test_attention_on_a_gpu_makes_no_plan_for_every_length() -> None:
    assert not torch.backends.cuda.cudnn_sdp_enabled()
    assert torch.backends.cuda.mem_efficient_sdp_enabled()
