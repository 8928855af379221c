"""Checking the numbers a watch is given. The unit at the end of a name says what is allowed."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

from vision.errors import RuleParameterWrong

#: Ending of a name → lowest and highest value.
BOUNDS = {
    "_share": (0.0, 1.0),
    "_score": (0.0, 1.0),
    "_s": (0.0, 30 * 86_400.0),
    "_m": (0.0, 1_000.0),
    "_m2": (0.0, 1_000_000.0),
    "_m_per_s": (0.0, 100.0),
    "_px": (0.0, 10_000.0),
    "_looks": (1.0, 10_000.0),
    "_days": (1.0, 366.0),
    "_count": (0.0, 100_000.0),
    "_fps": (0.0, 60.0),
    "_factor": (0.0, 1_000.0),
    "_minute": (0.0, 1_440.0),
}


def check_parameters(parameters: Any) -> None:
    """Refuse a number that its unit does not allow, naming the field."""
    for one in fields(parameters):
        value = getattr(parameters, one.name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        ending = next((end for end in sorted(BOUNDS, key=len, reverse=True) if one.name.endswith(end)), None)
        lowest, highest = BOUNDS[ending] if ending else (-math.inf, math.inf)
        if not math.isfinite(value) or not lowest <= value <= highest:
            raise RuleParameterWrong(field=f"/{one.name}", value=value, lowest=lowest, highest=highest)
