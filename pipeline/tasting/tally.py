"""How a tasting stands: votes by prompt, and the share of A with its interval. Knows counts only, no words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.metrics.intervals import Interval
from pipeline.tasting.votes import Vote

_Z = 1.959964  # of the normal distribution, for 95 %


@dataclass(frozen=True)
class Count:
    """Votes about one prompt."""

    first: int  # for A
    second: int  # for B

    @property
    def total(self) -> int:
        """All of them."""
        return self.first + self.second

    @property
    def share(self) -> Interval | None:
        """Share of A, 0 to 1, with its 95 % interval; None without a vote."""
        return wilson(self.first / self.total, self.total) if self.total else None


@dataclass(frozen=True)
class Tally:
    """How a tasting stands."""

    phones: int  # that have voted at least once
    counts: tuple[Count, ...]  # by prompt
    share: Interval | None  # of A, each phone counted once; None without a vote

    @property
    def together(self) -> Count:
        """Votes about all prompts."""
        return Count(sum(one.first for one in self.counts), sum(one.second for one in self.counts))

    @property
    def preferred(self) -> int | None:
        """0 or 1: A or B is preferred, beyond what chance explains; None: that cannot be said."""
        if self.share is None or self.share.low <= 0.5 <= self.share.high:
            return None
        return 0 if self.share.low > 0.5 else 1


def count(votes: Sequence[Vote], prompts: int) -> Tally:
    """Count votes, of which each phone has at most one a prompt.

    The votes of one person are alike, so they must not narrow the interval as if they came from many. Each phone
    counts once, with its own share of votes for A; such a share varies no more than a single vote does, so the
    interval of that many single votes is wide enough.
    """
    by_phone: dict[str, list[int]] = {}
    for vote in votes:
        by_phone.setdefault(vote.phone, []).append(vote.better)
    shares = [said.count(0) / len(said) for said in by_phone.values()]
    better = [[vote.better for vote in votes if vote.prompt == place] for place in range(prompts)]
    counts = tuple(Count(said.count(0), said.count(1)) for said in better)
    return Tally(len(shares), counts, wilson(sum(shares) / len(shares), len(shares)) if shares else None)


def wilson(share: float, votes: int) -> Interval:
    """The 95 % score interval of a share of ``votes`` votes, at least one (Wilson 1927, "Probable inference")."""
    spread = _Z * math.sqrt(share * (1 - share) / votes + _Z**2 / (4 * votes**2))
    middle, scale = share + _Z**2 / (2 * votes), 1 + _Z**2 / votes
    return Interval(share, max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale))
