"""Exports that the server makes."""

from __future__ import annotations

from datetime import datetime

from dyntui.api.models.common import Model, OpenEnum

__all__ = ["Export", "ExportStatus"]


class ExportStatus(OpenEnum):
    COMPLETED = "completed"
    FAILED = "failed"
    PENDING = "pending"


class Export(Model):
    """A CSV file of all users or visits."""

    id: str = ""
    model: str = ""
    status: ExportStatus = ExportStatus("")
    created_at: datetime | None = None
    download_url: str | None = None
    error: str | None = None

    @property
    def is_pending(self) -> bool:
        """Whether the export is not finished. An unknown status counts as finished."""
        return self.status is ExportStatus.PENDING

    @property
    def is_failed(self) -> bool:
        return self.status is ExportStatus.FAILED

    @property
    def error_line(self) -> str:
        """The first line of the error, without its stack trace."""
        lines = (self.error or "no reason given").splitlines()
        return lines[0].rstrip(".") if lines else ""
