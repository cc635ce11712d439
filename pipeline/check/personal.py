"""Personal data in the texts: counted kind by kind, masked on request."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.check.compose import EXAMPLES, offer
from pipeline.check.finding import CheckFinding, Example, Severity
from pipeline.check.material import Material
from pipeline.data import personal
from pipeline.data.steps import mask
from pipeline.errors import N_

REASON = "personal_data"  # what a step of masking says it answers

# Characters of an example on each side of what was found in it.
_AROUND = 40

_MESSAGES = {
    "email": N_("E-mail addresses in the texts: {count} (rows: {rows})."),
    "resident_id": N_("Chinese resident ids in the texts: {count} (rows: {rows})."),
    "bank_card": N_("Bank card numbers in the texts: {count} (rows: {rows})."),
    "phone": N_("Phone numbers in the texts: {count} (rows: {rows})."),
}
_WHY = N_("A model can learn them by heart, and whoever gets the model gets them with it. Masked, it never reads them.")
# What does harm by itself when it leaks; an address is often on a business card anyway.
_GRAVE = ("resident_id", "bank_card")


@dataclass
class _Count:
    """One kind, counted."""

    count: int = 0
    rows: int = 0
    examples: list[Example] = field(default_factory=list)


def find_personal_data(material: Material) -> Iterator[CheckFinding]:
    """A finding for each kind that the model would read; what is masked already is none."""
    counts = _count(material)
    for kind, counted in counts.items():
        remedies = offer(material, N_("Mask them"), mask([kind], REASON))
        if len(counts) > 1:
            remedies += offer(material, N_("Mask all personal data"), mask(counts, REASON))
        yield CheckFinding(
            kind=f"personal_{kind}",
            severity=Severity.WARNING if kind in _GRAVE else Severity.NOTE,
            rows=counted.rows,
            message=_MESSAGES[kind],
            why=_WHY,
            values=(("count", str(counted.count)), ("rows", str(counted.rows))),
            examples=tuple(counted.examples),
            remedies=remedies,
        )


def _count(material: Material) -> dict[str, _Count]:
    """The kinds that occur, in the order of ``personal.KINDS``."""
    counts = {kind: _Count() for kind in personal.KINDS}
    left_out = material.view.left_out
    judged = material.each(lambda text: tuple(personal.find_personal(text)), material.whole)
    for row, (text, personally) in enumerate(zip(material.whole, judged, strict=True)):
        met = set()
        for found in personally if row not in left_out else ():
            counted = counts[found.kind]
            counted.count += 1
            if found.kind not in met:
                met.add(found.kind)
                counted.rows += 1
                if len(counted.examples) < EXAMPLES:
                    counted.examples.append(Example((row,), _masked_around(text, found)))
    return {kind: counted for kind, counted in counts.items() if counted.count}


def _masked_around(text: str, found: personal.Personal) -> str:
    """What stands around it; everything personal in it is masked, or the check itself would spread it."""
    before = personal.mask(text[: found.start], personal.KINDS)[-_AROUND:]
    after = personal.mask(text[found.end :], personal.KINDS)[:_AROUND]
    return f"{before}{personal.MASKS[found.kind]}{after}"
