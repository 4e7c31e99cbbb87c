"""Charts of users, sessions and wallets over a range, with the numbers beside them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.color import Color
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static
from textual_plotext import PlotextPlot

from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.text import safe, shorten
from dyntui.core.times import now
from dyntui.importer.formula_escaping import escape_formula
from dyntui.resources import Column
from dyntui.resources.cell_formats import thousands
from dyntui.services.analytics import RANGES, DateRange, Figures, Series
from dyntui.tui.features.analytics.actions import ANALYTICS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.widgets.cells import width_of
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.base_screen import ConsoleScreen, age_label, error_label
from dyntui.tui.shell.error_hints import error_hint

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["AnalyticsScreen"]


def _columns(title: str) -> tuple[Column, ...]:
    return (
        Column("label", title, 12, grow=True, priority=0),
        Column("value", "number", 12, right=True, format=thousands, priority=0),
    )


_LABEL = 18
_DATES = 5
"""As many dates stand below a chart at 80 columns; plotext drops what does not fit."""


class _Totals(LineWidget):
    """The top figures, and which chart of how many is shown."""

    figures: Figures | None = None
    chart = 0

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        figures = self.figures
        if figures is None:
            return ([("  ···", "dim")] if y == 0 else []), ""
        if y == 0:
            pieces: list[Piece] = [("  in range / ever   ", "dim")]
            for total in figures.totals:
                pieces += [(f"{safe(total.name, 20)} ", "dim"), (_words(total.in_range), "strong")]
                pieces += [(" / ", "dim"), (f"{_words(total.all_time)}   ", "")]
            return pieces, ""
        if y == 1 and figures.unavailable:
            told = "; ".join(f"{name}: {why}" for name, why in figures.unavailable.items())
            return [("  ", ""), (safe(f"Not shown: {told}", width - 3), "warn")], ""
        if y == 2:
            return self._charts(figures, width), ""
        return [], ""

    def _charts(self, figures: Figures, width: int) -> list[Piece]:
        titles = [f"{safe(series.title, 30)}   " for series in (*figures.over_time, *figures.shares)]
        first = 0
        while first < self.chart and sum(map(width_of, titles[first : self.chart + 1])) > width - 8:
            first += 1
        pieces: list[Piece] = [("… " if first else "  ", "dim")]
        used = 2
        for index, title in enumerate(titles[first:], first):
            if used + width_of(title) > width - 3:
                pieces.append(("…", "dim"))
                break
            here = index == self.chart
            pieces.append((f"{'▸' if here else ' '}{title}", "strong" if here else "dim"))
            used += width_of(title) + 1
        return pieces


def _words(value: float | None) -> str:
    return "—" if value is None else f"{value:,.0f}"


class AnalyticsScreen(ConsoleScreen):
    """The last thirty days at first."""

    BINDINGS = bindings(ANALYTICS_ACTIONS, "figures")

    class Read(Message):
        """The figures came, or not."""

        def __init__(self, figures: Figures | None, error: DyntuiError | None, change_count: int) -> None:
            super().__init__()
            self.change_count = change_count
            self.figures = figures
            self.error = error

    def __init__(self) -> None:
        super().__init__()
        self.range = DateRange.last(RANGES["30 days"])
        self.figures: Figures | None = None
        self.error: DyntuiError | None = None
        self.read_at: Any = None
        self.chart = 0
        self._numbers = StaticRows(is_loaded=False)

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("analytics", self.range.label)

    def body(self) -> ComposeResult:
        with Vertical():
            yield _Totals(id="totals")
            yield Static("", id="failure", markup=False)
            with Horizontal(classes="chart"):
                plot = PlotextPlot(id="plot")
                plot.theme = "clear"  # its other themes have a ground of their own
                yield plot
                yield Table(_columns("when"), self._numbers, empty=lambda: "No figures.", id="numbers")

    def connected(self, connection: Connection) -> None:
        self.action_refresh()

    @property
    def shown_resources(self) -> frozenset[str]:
        return frozenset({"analytics"})

    def reload(self) -> None:
        self.action_refresh()

    def action_refresh(self) -> None:
        connection = self.console.session.connection
        if connection is None:
            return
        client, wanted, seen = connection.client, self.range, self.change_count

        async def read() -> None:
            from dyntui.services.analytics import read_figures

            try:
                figures = await read_figures(client, wanted)
            except DyntuiError as error:
                self.post_message(self.Read(None, error, seen))
            else:
                self.post_message(self.Read(figures, None, seen))

        self.run_worker(read(), group="read")

    @on(Read)
    def _read(self, event: Read) -> None:
        self.error = event.error
        failure = self.query_one("#failure", Static)
        failure.display = event.error is not None
        if event.error is not None:
            lines = [event.error.message, error_hint(event.error), "r tries again."]
            failure.update("\n".join(safe(line, 500) for line in lines if line))
        elif event.figures is not None and event.figures.range == self.range:
            self.figures, self.read_at = event.figures, now()
            self.mark_up_to_date(event.change_count)
            self.chart = min(self.chart, max(0, len(self.charts) - 1))
            self._show()
        self.refresh_status()

    @property
    def charts(self) -> tuple[Series, ...]:
        """What can be looked at."""
        return (*self.figures.over_time, *self.figures.shares) if self.figures is not None else ()

    def _show(self) -> None:
        totals = self.query_one(_Totals)
        totals.figures, totals.chart = self.figures, self.chart
        totals.repaint()
        plot = self.query_one(PlotextPlot)
        plot.plt.clear_data()
        plot.plt.clear_figure()
        rows: list[dict[str, Any]] = []
        if self.charts:
            series = self.charts[self.chart]
            assert self.figures is not None
            if series in self.figures.over_time:
                _draw_line(plot, series)
            else:
                _draw_bars(plot, series)
            rows = [{"label": label, "value": _rounded(value)} for label, value in series.points]
            rows.append({"label": "all" if "%" not in series.unit else "average", "value": _sum(series)})
        plot.refresh()
        table = self.query_one("#numbers", Table)
        along = self.figures is not None and self.chart < len(self.figures.over_time)
        table.columns = _columns("when" if along else "what")
        table.layout_changed()
        self._numbers.set_rows(rows)
        table.view_changed()

    def status(self) -> Sequence[Piece]:
        parts: list[Piece] = []
        if self.error is not None:
            parts.append((error_label(self.error), "warn"))
        if self.charts:
            parts.append((f"{self.chart + 1} of {len(self.charts)}", ""))
        parts.append((age_label(self.read_at), "dim") if self.read_at is not None else ("reading", ""))
        return parts

    # Reasons

    def copy_chart_disabled_reason(self) -> str | None:
        return None if self.charts else "There is no chart."

    def longer_range_disabled_reason(self) -> str | None:
        return None if self._other(1) else "There is no longer range; d takes any dates."

    def shorter_range_disabled_reason(self) -> str | None:
        return None if self._other(-1) else "There is no shorter range; d takes any dates."

    # Actions

    def _other(self, step: int) -> int | None:
        days = list(RANGES.values())
        longer = [each for each in days if (each > self.range.days if step > 0 else each < self.range.days)]
        return (longer[0] if step > 0 else longer[-1]) if longer else None

    def _take(self, wanted: DateRange) -> None:
        self.range = wanted
        self.action_refresh()
        self.refresh_status()

    def action_longer(self) -> None:
        days = self._other(1)
        assert days is not None
        self._take(DateRange.last(days))

    def action_shorter(self) -> None:
        days = self._other(-1)
        assert days is not None
        self._take(DateRange.last(days))

    def action_range(self) -> None:
        def check(values: Values) -> dict[str, str]:
            try:
                DateRange.between(values["start"].strip(), values["end"].strip())
            except UsageError as error:
                return {"end": str(error)}
            return {}

        def taken(values: Values | None) -> None:
            if values is not None:
                self._take(DateRange.between(values["start"].strip(), values["end"].strip()))

        fields = [FormInput("start", "from", str(self.range.start)), FormInput("end", "to", str(self.range.end))]
        self.console.ask(FormDialog("Range, both days included", fields, check=check, verb="show"), taken)

    def _turn(self, step: int) -> None:
        if self.charts:
            self.chart = (self.chart + step) % len(self.charts)
            self._show()
            self.refresh_status()

    def action_next_chart(self) -> None:
        self._turn(1)

    def action_previous_chart(self) -> None:
        self._turn(-1)

    def action_copy(self) -> None:
        series = self.charts[self.chart]
        text = io.StringIO(newline="")
        rows = [("", series.unit), *((label, f"{value:g}") for label, value in series.points)]
        csv.writer(text).writerows([[escape_formula(safe(cell)) for cell in row] for row in rows])
        send_to_clipboard(self.console, text.getvalue(), f"{series.title.lower()} as CSV", lines=True)


def _rounded(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 1)


def _sum(series: Series) -> float | int:
    return _rounded(series.sum / len(series.points) if "%" in series.unit else series.sum)


def _draw_line(plot: PlotextPlot, series: Series) -> None:
    values = [value for _, value in series.points]
    places = list(range(len(values)))
    plt = plot.plt
    plt.title(f"{series.title}: {series.unit} over time")
    plt.plot(places, values, marker="braille", color=_colour(plot))
    step = max(1, -(-len(places) // _DATES))
    ticks = places[::step]
    plt.xticks([float(place) for place in ticks], [safe(series.points[place][0], 10) for place in ticks])
    plt.ylim(0, max(values) or 1)


def _draw_bars(plot: PlotextPlot, series: Series) -> None:
    plt = plot.plt
    plt.title(f"{series.title}: {series.unit}")
    shown = series.points[:12]
    labels = [safe(shorten(label, _LABEL), _LABEL) for label, _ in reversed(shown)]
    plt.xlim(0, max(value for _, value in shown) or 1)
    plt.bar(labels, [value for _, value in reversed(shown)], orientation="horizontal", width=0.6, color=_colour(plot))


def _colour(plot: PlotextPlot) -> tuple[int, int, int] | str:
    """The accent of the theme; nothing where colours are off."""
    console = plot.app
    if console.no_color:
        return "default"
    found = Color.parse(console.theme_variables.get("accent", "#88c0d0"))
    return (found.r, found.g, found.b)
