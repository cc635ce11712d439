"""What is to be different in a copy of a file: columns that are added, cells that are replaced. Knows no format."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.data.rows import unique_names


@dataclass(frozen=True)
class Changes:
    """Rows are numbered from 0 as in the Source, columns by their position in the file."""

    names: tuple[str, ...]  # of the added columns; none like a column of the file
    added: tuple[Sequence[str], ...]  # their cells
    replaced: dict[int, dict[int, str]]  # row -> column -> new cell; changed cells only

    @property
    def nothing(self) -> bool:
        """Whether the copy equals the original."""
        return not self.names and not self.replaced

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The added cells, row by row."""
        return zip(*self.added, strict=True)


def find_changes(
    rows: int,
    columns: Sequence[str],
    current: pd.DataFrame,
    added: Mapping[str, Sequence[str]],
    replaced: Mapping[str, Sequence[str]],
) -> Changes:
    """Compare new cells with the ones there are.

    Args:
        rows: how many the file has.
        columns: all columns of the file.
        current: the columns of ``replaced`` as they are.
        added: name and cells of each new column; a name that the file has already gets a number behind it.
        replaced: all cells, changed or not, of columns of the file.

    Raises:
        ValueError: a column has another number of cells than the file has rows.
    """
    for cells in (*added.values(), *replaced.values()):
        if len(cells) != rows:
            raise ValueError(f"{len(cells)} cells for {rows} rows")
    changed: dict[int, dict[int, str]] = {}
    for name, cells in replaced.items():
        position = columns.index(name)
        for row, (old, new) in enumerate(zip(current[name], cells, strict=True)):
            if old != new:
                changed.setdefault(row, {})[position] = new
    names = unique_names([*columns, *added])[len(columns) :]
    return Changes(names, tuple(added.values()), changed)
