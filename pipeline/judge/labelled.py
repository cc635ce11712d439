"""Answers that people have rated already: what a judge can be checked on. Knows no files, no tastings and no judge."""

import dataclasses
from dataclasses import dataclass

import numpy as np

from pipeline.judge.material import Material
from pipeline.judge.ratings import Rating
from pipeline.judge.spec import Mode


@dataclass(frozen=True)
class Labelled:
    """Answers and what people said of them."""

    material: Material
    ratings: tuple[Rating, ...]
    mode: Mode  # pairwise where people have compared; else scores, on the scale of this mode

    def rated(self) -> "Labelled":
        """Without the items that nobody has rated; at least one must be."""
        return self._only({one.item for one in self.ratings})

    def some(self, count: int, seed: int = 0) -> "Labelled":
        """At most that many items with their ratings, drawn at random, in their order."""
        drawn = np.random.default_rng(seed).permutation(len(self.material.items))[:count]
        return self._only({int(item) for item in drawn})

    def _only(self, items: set[int]) -> "Labelled":
        places = {old: new for new, old in enumerate(sorted(items))}
        kept = tuple(dataclasses.replace(one, item=places[one.item]) for one in self.ratings if one.item in places)
        chosen = tuple(self.material.items[item] for item in places)
        return Labelled(Material(self.material.contestants, chosen), kept, self.mode)
