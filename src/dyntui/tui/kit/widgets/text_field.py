"""A text field of one line, underlined over its whole width, so that it is seen as a field without colors too."""

from __future__ import annotations

from textual.strip import Strip
from textual.widgets import Input

__all__ = ["TextField"]


class TextField(Input):
    """A text field. Its cursor does not blink, and its text is not selected when it gets the focus."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        password: bool = False,
        disabled: bool = False,
        id: str | None = None,
    ) -> None:
        """password: whether the text is hidden."""
        super().__init__(
            value, placeholder=placeholder, password=password, disabled=disabled, id=id, select_on_focus=False
        )
        self.cursor_blink = False

    def render_line(self, y: int) -> Strip:
        # The line of an empty field has no cells, which would not be underlined.
        return super().render_line(y).extend_cell_length(self.scrollable_content_region.width + 1, self.rich_style)
