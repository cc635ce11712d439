"""The process that talks to a model hub: ``python -m pipeline.models.download hub|modelscope ID REVISION FOLDER``.

Takes the wanted files only (``admission.wanted``) and checks what the hub says about them. Whatever goes wrong
ends it with a traceback and status 1, which ``sources`` turns into one line.
"""

import hashlib
import os
import sys
from pathlib import Path

from pipeline.errors import N_, ModelError, TuneDeskError
from pipeline.models import child
from pipeline.models.admission import wanted

MODELSCOPE = "https://www.modelscope.cn"
_ANSWER_SECONDS = 10.0
_CHUNK = 1024**2


def from_hub(id_: str, revision: str, folder: Path) -> None:
    """Download from the Hugging Face Hub or the mirror in ``HF_ENDPOINT``; needs no account for open models."""
    from huggingface_hub import HfApi, hf_hub_download

    listed = HfApi().model_info(id_, revision=revision, timeout=_ANSWER_SECONDS)
    names = wanted(sibling.rfilename for sibling in listed.siblings or [])
    for name in names:
        # The commit that was listed, even if the branch moves on meanwhile.
        hf_hub_download(id_, name, revision=listed.sha or revision, local_dir=folder)


def from_modelscope(id_: str, revision: str, folder: Path) -> None:
    """Download over ModelScope's HTTP interface (address in ``MODELSCOPE_ENDPOINT``); checks each SHA-256 it gives.

    Raises:
        ModelError: a file is not what the listing says.
    """
    import httpx

    base = f"{(os.environ.get('MODELSCOPE_ENDPOINT') or MODELSCOPE).rstrip('/')}/api/v1/models/{id_}/repo"
    timeout = httpx.Timeout(60.0, connect=_ANSWER_SECONDS)
    with httpx.Client(timeout=timeout, follow_redirects=True) as client:
        listing = client.get(f"{base}/files", params={"Revision": revision})
        hashes = {file["Path"]: file.get("Sha256") for file in listing.raise_for_status().json()["Data"]["Files"]}
        for name in wanted(hashes):
            digest = hashlib.sha256()
            with (
                client.stream("GET", base, params={"Revision": revision, "FilePath": name}) as answer,
                (folder / name).open("wb") as output,
            ):
                for chunk in answer.raise_for_status().iter_bytes(_CHUNK):
                    digest.update(chunk)
                    output.write(chunk)
            if hashes[name] and digest.hexdigest() != hashes[name]:
                raise ModelError(
                    N_(
                        "{file} did not arrive as it was published (its SHA-256 differs). "
                        "Try again, or from another network."
                    ),
                    file=name,
                )


def main(kind: str, id_: str, revision: str, folder: Path) -> int:
    """Do one download. A TuneDeskError is handed to the parent; anything else is its traceback."""
    try:
        (from_hub if kind == "hub" else from_modelscope)(id_, revision, folder)
    except TuneDeskError as error:
        child.write_error(folder, error)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])))
