"""Numbers, dates and counts as a person reads them: the same in a sentence, on a page and in a printed report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

NOTHING = "–"  # what stands where a value is not known
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def num(value: float | None, decimals: int = 2) -> str:
    """A number with a fixed count of decimals and thousands set apart: 1,234.50."""
    return NOTHING if value is None else f"{value:,.{decimals}f}".replace("-", "−")


def measure(value: float | None, unit: str = "") -> str:
    """A measured value with its unit, six significant digits where there is a fraction: 84 ms, 1,234,567, 0.83."""
    if value is None:
        return NOTHING
    size = abs(value)
    if size >= 1e15 or 0 < size < 1e-4:
        text = f"{size:.6g}"
    elif size >= 1e5:
        text = f"{size:,.0f}"
    else:
        whole, point, fraction = f"{size:.6g}".partition(".")
        text = f"{int(whole):,}{point}{fraction}"
    return f"{'−' if value < 0 else ''}{text} {unit}".strip()


def signed(value: float | None, unit: str = "") -> str:
    """A difference with its sign: +0.03. Of values in per cent it is in points: +4.8 points."""
    if value is None:
        return NOTHING
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return sign + measure(abs(value), "points" if unit == "%" else unit)


def better(value: float, unit: str = "") -> str:
    """How much better than another value, in words: 0.12 better than, 4 ms worse than, as good as.

    Between values in per cent lie percentage points: 4.8 percentage points better than.
    """
    if value == 0:
        return "as good as"
    return (
        f"{measure(abs(value), 'percentage points' if unit == '%' else unit)} {'better' if value > 0 else 'worse'} than"
    )


def pct(value: float | None) -> str:
    """A share between 0 and 1 in per cent: 42 %. What is merely near nothing or all is never shown as it."""
    if value is None:
        return NOTHING
    if 0 < value < 0.005:
        return "< 1 %"
    if 0.995 <= value < 1:
        return "> 99 %"
    return f"{value * 100:.0f} %"


def day(value: date | datetime | None) -> str:
    """A date in words, the same in every locale: 12 Mar 2026. A time counts by its day in UTC."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.astimezone(UTC)
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime | None) -> str:
    """A time to the minute: 12 Mar 2026, 14:05 UTC."""
    if value is None:
        return NOTHING
    value = value.astimezone(UTC)
    return f"{day(value)}, {value:%H:%M} UTC"


def days(value: float | None) -> str:
    """A time to the day: 12 days, 1 day, less than a day."""
    if value is None:
        return NOTHING
    return "less than a day" if value < 0.5 else plural(round(value), "day")


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: 1 project, 2,130 projects."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def spaced(value: str | None) -> str:
    """A word of the product as a person reads it: in_place → in place."""
    return NOTHING if value is None else value.replace("_", " ")


def listed(items: Sequence[str], most: int | None = None) -> str:
    """Things in a row: a; a and b; a, b and c. Beyond `most` they are only counted: a, b and 4 more."""
    shown = list(items if most is None else items[:most])
    if len(shown) < len(items):
        return f"{', '.join(shown)} and {len(items) - len(shown):,} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))
