"""The present, and the business day. Only ``Work.now`` asks this; tests pass any instant."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    """The present instant, zone-aware."""
    return datetime.now(UTC)


def business_day(at: datetime) -> date:
    """The Shanghai calendar day an instant belongs to."""
    return at.astimezone(SHANGHAI).date()


def end_of_business_day(day: date) -> datetime:
    """The last microsecond of a Shanghai day: what people mean by "at 31 January"."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, 999999, tzinfo=SHANGHAI).astimezone(UTC)
