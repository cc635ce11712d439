"""The tokenizer without transformers gives the tokens that transformers gives."""

import pytest

from pipeline.data.conversation import Turn, single
from pipeline.errors import ModelError
from pipeline.models.light_tokenizer import LightTokenizer
from pipeline.models.load import load_tokenizer
from pipeline.templates.formats import registry
from pipeline.templates.formats.format import encode
from tests.tiny import tiny_writer

TALKS = (
    single("Say <|im_end|> please", "发票 🙂", "the money is on its way"),
    single("printer", "", "请重启打印机"),
    (Turn("system", "Be kind."), Turn("user", "a"), Turn("assistant", "b"), Turn("user", "c")),
)


@pytest.mark.parametrize("name", registry.NAMES)
def test_every_format_gives_the_same_tokens(tmp_path, name):
    folder = tiny_writer(tmp_path / "writer")
    light, whole = LightTokenizer(folder), load_tokenizer(folder)
    own = "{instruction}\n{input}\n{answer}"
    for talk in TALKS:
        ours = encode(registry.get(name, light, own).pieces(talk), light)
        theirs = encode(registry.get(name, whole, own).pieces(talk), whole)
        assert ours == theirs
        assert light.decode(list(ours.ids)) == whole.decode(list(theirs.ids))


def test_a_folder_without_a_tokenizer_says_so(tmp_path):
    with pytest.raises(ModelError, match="preview"):
        LightTokenizer(tmp_path)
