"""Labels beside points without overlap: greedy, deterministic, most important first.

Coordinates are pixels with y downwards. Text widths are estimated from the advance widths of Inter, so that no font
has to be opened; the estimate is a little generous, since another font may be shown in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from unicodedata import category, combining, east_asian_width

# Advance widths of Inter Regular in thousandths of the type size, for the printable ASCII characters from the space on.
_INTER = (
    281, 288, 466, 633, 642, 982, 644, 300, 365, 365, 501, 662, 288, 460, 288, 360, 631, 407, 610, 618, 646, 593, 620,
    566, 619, 620, 288, 302, 662, 662, 662, 511, 966, 690, 654, 730, 722, 601, 590, 746, 743, 269, 571, 672, 565, 903,
    753, 765, 639, 765, 644, 642, 646, 744, 690, 985, 682, 679, 629, 365, 360, 365, 471, 456, 323, 562, 612, 571, 612,
    583, 370, 613, 591, 242, 242, 549, 242, 876, 591, 600, 612, 612, 376, 528, 327, 591, 562, 818, 546, 562, 552, 426,
    333, 426, 662,
)  # fmt: skip
_OTHER, _WIDE, _GENEROUS = 660, 1050, 1.04
LINE_HEIGHT = 1.25
ELLIPSIS = "…"


def text_width(text: str, size: float) -> float:
    """About how wide the text is at this type size, in the unit of the size."""
    return sum(_advance(character) for character in text) * size * _GENEROUS / 1000


def _advance(character: str) -> int:
    code = ord(character)
    if 32 <= code < 127:
        return _INTER[code - 32]
    if combining(character) or category(character) in ("Mn", "Cf", "Cc"):
        return 0
    return _WIDE if east_asian_width(character) in ("W", "F") or code > 0xFFFF else _OTHER


_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NOT_XML = frozenset("\ufffe\uffff")


def shown(text: str) -> str:
    """The text without the characters that turn the direction of what follows, break the line, or are not XML."""
    return "".join(c for c in text if c not in _TURNING and c not in _NOT_XML and category(c) not in ("Cc", "Zl", "Zp"))


def fit(text: str, size: float, width: float) -> str:
    """The text, cut with an ellipsis where it would be wider than `width`."""
    text = shown(text)
    if text_width(text, size) <= width:
        return text
    room = width - text_width(ELLIPSIS, size)
    used = 0.0
    for index, character in enumerate(text):
        used += text_width(character, size)
        if used > room:
            return text[:index].rstrip() + ELLIPSIS
    return text


@dataclass(frozen=True)
class Box:
    """A rectangle, its corners included."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def inside(self, other: Box) -> bool:
        return (
            self.left >= other.left
            and self.top >= other.top
            and self.right <= other.right
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True)
class Spot:
    """A point that wants a label: its centre, how far it reaches, and the text."""

    x: float
    y: float
    radius: float
    text: str


@dataclass(frozen=True)
class Label:
    """A label that found room: where the text starts (or ends, or is centred), its baseline, and the room it takes."""

    text: str
    x: float
    baseline: float
    anchor: Literal["start", "middle", "end"]
    box: Box
    leader: tuple[float, float, float, float] | None  # a line from the point to a label that stands apart from it


# Where a label may stand: horizontally and vertically (−1, 0 or 1 times the reach), and how far from the point. To the
# right is read best; further away is better than not at all.
_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))
_GAPS = (3.0, 14.0, 26.0)


def place_labels(
    spots: Sequence[Spot],
    bounds: Box,
    obstacles: Iterable[Box],
    size: float,
    width: float,
    most: int | None = None,
) -> list[Label | None]:
    """A label for each spot in the order given, or None where no room is left, or `most` have been placed.

    No label overlaps another, an obstacle or a spot, and all lie within `bounds`. `width` is the most a label takes.
    """
    taken = [*obstacles]
    taken += [Box(s.x - s.radius, s.y - s.radius, s.x + s.radius, s.y + s.radius) for s in spots]
    found: list[Label | None] = []
    placed = 0
    for spot in spots:
        label = _place(spot, bounds, taken, size, width) if placed != most else None
        found.append(label)
        if label:
            placed += 1
            taken.append(label.box)
    return found


def _place(spot: Spot, bounds: Box, taken: Sequence[Box], size: float, width: float) -> Label | None:
    text = fit(spot.text, size, width)
    wide, high = text_width(text, size), size * LINE_HEIGHT
    for gap in _GAPS:
        reach = spot.radius + gap
        for across, down in _SIDES:
            slant = 0.75 if across and down else 1.0
            x, middle = spot.x + across * reach * slant, spot.y + down * (reach * slant + high / 2)
            left = x if across > 0 else x - wide if across < 0 else x - wide / 2
            box = Box(left, middle - high / 2, left + wide, middle + high / 2)
            if box.inside(bounds) and not any(box.overlaps(other) for other in taken):
                return Label(
                    text=text,
                    x=x,
                    baseline=middle + size * 0.36,
                    anchor="start" if across > 0 else "end" if across < 0 else "middle",
                    box=box,
                    leader=_leader(spot, box) if gap > _GAPS[0] else None,
                )
    return None


def _leader(spot: Spot, box: Box) -> tuple[float, float, float, float]:
    """From the rim of the point to the nearest place of the label's box."""
    x, y = min(max(spot.x, box.left), box.right), min(max(spot.y, box.top), box.bottom)
    distance = ((x - spot.x) ** 2 + (y - spot.y) ** 2) ** 0.5 or 1.0
    share = spot.radius / distance
    return spot.x + (x - spot.x) * share, spot.y + (y - spot.y) * share, x, y
