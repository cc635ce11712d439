"""A blind tasting as something that a judge can be asked about too: its answers, and its votes as people's ratings."""

from collections.abc import Sequence

from pipeline.judge.labelled import Labelled
from pipeline.judge.material import Contestant, Item, Material
from pipeline.judge.ratings import Rating
from pipeline.tasting.tasting import Tasting
from pipeline.tasting.votes import Vote


def from_tasting(tasting: Tasting, votes: Sequence[Vote]) -> Labelled:
    """The pairs of a tasting, and what each phone said of them; phones are numbered in the order of their first vote.

    Args:
        tasting: what was tasted.
        votes: of which each phone has at most one a prompt, as ``read_votes`` gives them.
    """
    contestants = tuple(Contestant(name) for name in tasting.models)
    items = tuple(Item(row, pair.prompt, "", pair.answers) for row, pair in enumerate(tasting.pairs))
    phones = {phone: place for place, phone in enumerate(dict.fromkeys(vote.phone for vote in votes))}
    ratings = tuple(
        Rating(f"phone {phones[vote.phone] + 1}", vote.prompt, winner=vote.better)
        for vote in votes
        if vote.prompt in range(len(items))
    )
    return Labelled(Material(contestants, items), ratings, "pairwise")
