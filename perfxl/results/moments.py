"""When was something: dates as results hold them (ISO 8601), made comparable."""

from datetime import UTC, datetime, timedelta

ONE_DAY = timedelta(days=1)
NEVER = datetime.min.replace(tzinfo=UTC)


def moment(stated: str) -> datetime:
    """The moment that a text states; without time zone it counts as UTC, unreadable as the earliest of all."""
    try:
        found = datetime.fromisoformat(stated)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return NEVER
