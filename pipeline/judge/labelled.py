"""Answers that people have rated already: what a judge can be checked on. Knows no files, no tastings and no judge."""

from dataclasses import dataclass

from pipeline.judge.material import Material
from pipeline.judge.ratings import Rating
from pipeline.judge.spec import Mode


@dataclass(frozen=True)
class Labelled:
    """Answers and what people said of them."""

    material: Material
    ratings: tuple[Rating, ...]
    mode: Mode  # pairwise where people have compared; else scores, on the scale of this mode

    def first(self, count: int) -> "Labelled":
        """The first items only, with their ratings."""
        kept = tuple(one for one in self.ratings if one.item < count)
        return Labelled(Material(self.material.contestants, self.material.items[:count]), kept, self.mode)
