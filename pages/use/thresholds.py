"""What a confidence threshold costs and gains, measured on test rows. Plain numbers, no Streamlit."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Trade:
    """At a threshold: how many rows get an answer, and how many of those answers are right (0 to 1)."""

    answered: float
    right: float  # 0 where nothing is answered


def trade(confidence: Sequence[float], right: Sequence[bool], threshold: float) -> Trade:
    """What ``threshold`` does on rows whose answer is known; both sequences are of one length, at least 1."""
    kept = [hit for value, hit in zip(confidence, right, strict=True) if value >= threshold]
    return Trade(len(kept) / len(confidence), sum(kept) / len(kept) if kept else 0.0)
