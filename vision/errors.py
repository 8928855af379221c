"""What can be wrong with what vision is given: parameters of rules, and models."""

from __future__ import annotations

from foundation.problems import Invalid


class RuleParameterWrong(Invalid):
    """A parameter of the algorithm is out of bounds."""

    detail = "{value} is not between {lowest} and {highest}."
