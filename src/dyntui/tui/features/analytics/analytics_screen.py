"""The analytics screen: charts of users, sessions and wallets over a date range, each with a table of its values."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from functools import partialmethod
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.color import Color
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.widgets import Static
from textual_plotext import PlotextPlot

from dyntui.core.formula_escaping import escape_formula
from dyntui.core.json_types import Row
from dyntui.core.text import safe, shorten
from dyntui.resources.cell_formats import thousands
from dyntui.resources.resource import Column
from dyntui.services.analytics import RANGES, DateRange, Metrics, Series, read_metrics
from dyntui.tui.features.analytics.actions import ANALYTICS_ACTIONS
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values, check_with
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.kit.widgets.tabs import draw_titles, title_height
from dyntui.tui.shell.read_screen import ReadScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["AnalyticsScreen"]

_MAX_BAR_LABEL_WIDTH = 18
_MAX_STEPS = 5
"""The numbers of an axis above 0 at most."""
_MAX_DATE_LABELS = 5
"""That many dates fit below a chart at 80 columns; plotext drops labels that do not fit."""


def _columns(title: str) -> tuple[Column, ...]:
    return (
        Column("label", title, 12, grow=True, priority=0),
        Column("value", "value", 12, right=True, format=thousands, priority=0),
    )


class _MetricsHeader(LineWidget):
    """The totals, the parts that could not be read, and the titles of the charts."""

    metrics: Metrics | None = None
    chart_index = 0

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        metrics = self.metrics
        if metrics is None:
            return ([("  ···", "dim")] if y == 0 else []), ""
        if y == 0:
            pieces: list[Piece] = [("  in range / all time   ", "dim")]
            for total in metrics.totals:
                pieces += [(f"{safe(total.name, 20)} ", "dim"), (_number_text(total.in_range), "strong")]
                pieces += [(" / ", "dim"), (f"{_number_text(total.all_time)}   ", "")]
            return pieces, ""
        if y == 1 and metrics.unavailable:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in metrics.unavailable.items())
            return [("  ", ""), (safe(f"Not available: {reasons}", width - 3), "warn")], ""
        return draw_titles(self._chart_titles(), self.chart_index, y - 2, width) if y >= 2 else [], ""

    def _chart_titles(self) -> list[str]:
        metrics = self.metrics
        return [safe(series.title, 60) for series in (*metrics.by_date, *metrics.by_name)] if metrics else []

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return 2 + title_height(self._chart_titles(), width)


def _number_text(value: float | None) -> str:
    return "—" if value is None else f"{value:,.0f}"


class AnalyticsScreen(ReadScreen[Metrics]):
    """One chart at a time, at first for the last 30 days."""

    BINDINGS = bindings(ANALYTICS_ACTIONS, "charts")
    shown_resources = frozenset({"analytics"})

    def __init__(self) -> None:
        super().__init__()
        self.range = DateRange.last(RANGES["30 days"])
        self.metrics: Metrics | None = None
        self.chart_index = 0
        self._values = StaticRows(is_loaded=False)

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("analytics", self.range.label)

    def body(self) -> ComposeResult:
        with Vertical():
            yield _MetricsHeader(id="totals")
            yield Static("", id="failure", markup=False)
            with Horizontal(classes="chart"):
                plot = PlotextPlot(id="plot")
                plot.theme = "clear"  # the other themes have a background color of their own
                yield plot
                yield Table(_columns("date"), self._values, empty=lambda: "No data for this date range.", id="numbers")

    # Loading

    async def read(self, connection: Connection) -> Metrics:
        return await read_metrics(connection.client, self.range)

    def show_result(self, result: Metrics) -> None:
        if result.range == self.range:  # the range may have been changed meanwhile
            self.metrics = result
            self.chart_index = min(self.chart_index, max(0, len(self.charts) - 1))
            self._update_chart()

    # Chart and values

    @property
    def charts(self) -> tuple[Series, ...]:
        """All charts, those by date first."""
        return (*self.metrics.by_date, *self.metrics.by_name) if self.metrics is not None else ()

    def _update_chart(self) -> None:
        header = self.query_one(_MetricsHeader)
        header.metrics, header.chart_index = self.metrics, self.chart_index
        header.refresh(layout=True)
        header.repaint()
        plot = self.query_one(PlotextPlot)
        plot.plt.clear_data()
        plot.plt.clear_figure()
        is_by_date = self.metrics is not None and self.chart_index < len(self.metrics.by_date)
        rows: list[Row] = []
        if self.charts:
            series = self.charts[self.chart_index]
            if is_by_date:
                _draw_line(plot, series)
            else:
                _draw_bars(plot, series)
            rows = [{"label": label, "value": _rounded(value)} for label, value in series.points]
            rows += [{"label": name, "value": _rounded(value)} for name, value in series.summary]
        plot.refresh()
        table = self.query_one("#numbers", Table)
        table.columns = _columns("date" if is_by_date else "name")
        table.layout_changed()
        self._values.set_rows(rows)
        table.view_changed()

    def position(self) -> list[Piece]:
        return [(f"{self.chart_index + 1} of {len(self.charts)}", "")] if self.charts else []

    def _show_next_chart(self, direction: int) -> None:
        if self.charts:
            self.chart_index = (self.chart_index + direction) % len(self.charts)
            self._update_chart()
            self.refresh_status()

    action_next_chart = partialmethod(_show_next_chart, 1)
    action_previous_chart = partialmethod(_show_next_chart, -1)

    # Date range

    def longer_range_disabled_reason(self) -> str | None:
        return (
            None
            if self._next_preset(1)
            else f"This is the longest preset range. Press {key_of('charts.range')} to choose dates."
        )

    def shorter_range_disabled_reason(self) -> str | None:
        return (
            None
            if self._next_preset(-1)
            else f"This is the shortest preset range. Press {key_of('charts.range')} to choose dates."
        )

    def _next_preset(self, direction: int) -> int | None:
        """Return the days of the next longer preset, or of the next shorter one for -1; None when there is none."""
        days = self.range.days
        candidates = (preset for preset in RANGES.values() if (preset - days) * direction > 0)
        return min(candidates, key=lambda preset: abs(preset - days), default=None)

    def _go_to_preset(self, direction: int) -> None:
        days = self._next_preset(direction)
        assert days is not None
        self._set_range(DateRange.last(days))

    action_longer_range = partialmethod(_go_to_preset, 1)
    action_shorter_range = partialmethod(_go_to_preset, -1)

    def _set_range(self, date_range: DateRange) -> None:
        self.range = date_range
        self.action_refresh()
        self.refresh_status()

    def action_range(self) -> None:
        def parse(values: Values) -> DateRange:
            return DateRange.between(values["start"].strip(), values["end"].strip())

        fields = [
            FormInput("start", "from", str(self.range.start)),
            FormInput("end", "until", str(self.range.end), help="Both days are included."),
        ]
        form = FormDialog("Date Range", fields, check=check_with(parse, "end"), verb="show")
        self.console.ask_then(form, lambda values: self._set_range(parse(values)))

    # Copying

    def copy_disabled_reason(self) -> str | None:
        return None if self.charts else "There is no chart."

    def action_copy(self) -> None:
        series = self.charts[self.chart_index]
        text = io.StringIO(newline="")
        rows = [("", series.unit), *((label, f"{value:g}") for label, value in series.points)]
        csv.writer(text).writerows([[escape_formula(safe(cell)) for cell in row] for row in rows])
        send_to_clipboard(self.console, text.getvalue(), f"{series.title.lower()} as CSV", lines=True)


def _rounded(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 1)


def _chart_title(series: Series, measure: str) -> str:
    has_values = any(value for _, value in series.points)
    return f"{series.title}: {measure if has_values else f'no {series.unit} in this date range'}"


def _draw_line(plot: PlotextPlot, series: Series) -> None:
    values = [value for _, value in series.points]
    indexes = list(range(len(values)))
    plt = plot.plt
    plt.title(_chart_title(series, f"{series.unit} per {series.period}"))
    plt.plot(indexes, values, marker="braille", color=_chart_color(plot))
    step = max(1, -(-len(indexes) // _MAX_DATE_LABELS))
    ticks = indexes[::step]
    plt.xticks([float(index) for index in ticks], [safe(series.points[index][0], 10) for index in ticks])
    axis = _whole_ticks(max(values))
    plt.ylim(0, axis[-1])
    plt.yticks([float(number) for number in axis], [f"{number:,}" for number in axis])


def _draw_bars(plot: PlotextPlot, series: Series) -> None:
    plt = plot.plt
    plt.title(_chart_title(series, series.unit))
    points = series.points[:12]
    labels = [safe(shorten(label, _MAX_BAR_LABEL_WIDTH), _MAX_BAR_LABEL_WIDTH) for label, _ in reversed(points)]
    axis = _whole_ticks(max(value for _, value in points))
    plt.xlim(0, axis[-1])
    plt.xticks([float(number) for number in axis], [f"{number:,}" for number in axis])
    values = [value for _, value in reversed(points)]
    plt.bar(labels, values, orientation="horizontal", width=0.6, color=_chart_color(plot))


def _whole_ticks(maximum: float) -> list[int]:
    """Return the numbers of an axis from 0 to `maximum` or a little more: whole, because users are counted."""
    step = 1
    while step * _MAX_STEPS < maximum:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return list(range(0, max(step, math.ceil(maximum / step) * step) + 1, step))


def _chart_color(plot: PlotextPlot) -> tuple[int, int, int] | str:
    """Return the accent color of the theme, or the default color when colors are disabled."""
    console = plot.app
    if console.no_color:
        return "default"
    color = Color.parse(console.theme_variables.get("accent", "#88c0d0"))
    return (color.r, color.g, color.b)
