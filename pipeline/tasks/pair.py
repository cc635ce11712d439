"""The task ``pair``: two texts of a row are compared, and the pair belongs to one of the classes."""

from dataclasses import dataclass

from pipeline.tasks.classification import Classification


@dataclass(frozen=True)
class Pair(Classification):
    """As classification; what differs is what is read, and that stands in ``Inputs.second``."""

    name: str = "pair"


PAIR = Pair()
