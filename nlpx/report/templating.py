"""The templates, with escaping switched on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from nlpx.report.shown import isolated, named, shown


@cache
def environment() -> Environment:
    """All templates of this package; a name that a template misses is an error."""
    made = Environment(
        loader=PackageLoader("nlpx.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "shown": shown,
        "isolated": isolated,
        "count": "{:,}".format,
        "cell": _cell,
        "named": named,
    }
    return made


def _cell(value: Any) -> Markup:
    """A cell of a table: HTML as it is, all else as text of its own direction."""
    return value if isinstance(value, Markup) else isolated(str(value))


def render(template: str, **values: Any) -> Markup:
    """A template, filled in."""
    return Markup(environment().get_template(template).render(values))


def table(
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    numbers: Iterable[int] = (),
    caption: str = "",
) -> Markup:
    """A table that scrolls by itself where it is wider than the page.

    Args:
        header: of the columns.
        rows: cells; text is escaped, `Markup` is not.
        numbers: columns that are aligned to the right.
        caption: what it is.
    """
    return render("table.html", header=header, rows=list(rows), numbers=frozenset(numbers), caption=caption)


def bars(rows: Iterable[tuple[str, float, str]], *, caption: str = "", tone: str = "s1") -> Markup:
    """Labelled bars: name, share in [0, 1], and what stands beside it."""
    return render("bars.html", rows=list(rows), caption=caption, tone=tone)


def lead(count: int, kind: str) -> Markup:
    """A count that leads to the examples of its kind."""
    return Markup('<a href="#examples" data-kind="{}">{:,}</a>').format(named(kind), count)


def columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """The columns of a printed table whose every cell is a number, or empty."""
    return [
        place
        for place in range(1, len(header))
        if all(not row[place] or row[place].lstrip("-+")[:1].isdigit() for row in rows)
    ]


def percent(value: float) -> str:
    """A share in percent."""
    return f"{100 * value:.2f}"
