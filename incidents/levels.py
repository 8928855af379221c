"""At which level a loop begins (domain.md §4.1)."""

from __future__ import annotations

from incidents.states import IncidentSeverity, LoopLevel

START_LEVEL = {
    IncidentSeverity.CRITICAL: LoopLevel.LARGE,
    IncidentSeverity.MAJOR: LoopLevel.MEDIUM,
    IncidentSeverity.MODERATE: LoopLevel.SMALL,
    IncidentSeverity.MINOR: LoopLevel.SMALL,
}
