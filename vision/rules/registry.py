"""All algorithms, with the tender's numbers, what they need, and the parameters a watch may set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from foundation.labels import Language, label
from vision.looks import PEOPLE
from vision.rules import few_people, picture_abnormal
from vision.rules.crowd import Crowd
from vision.rules.crowd import Parameters as CrowdParameters
from vision.rules.ebike_in_work_zone import EbikeInWorkZone
from vision.rules.ebike_in_work_zone import Parameters as EbikeParameters
from vision.rules.edge_protection import EdgeProtection
from vision.rules.edge_protection import Parameters as EdgeParameters
from vision.rules.engineering_vehicle import EngineeringVehicle
from vision.rules.engineering_vehicle import Parameters as EngineeringParameters
from vision.rules.fire_or_smoke import FireOrSmoke
from vision.rules.fire_or_smoke import Parameters as FireParameters
from vision.rules.illegal_entry import IllegalEntry
from vision.rules.illegal_entry import Parameters as EntryParameters
from vision.rules.intrusion import Intrusion
from vision.rules.intrusion import Parameters as IntrusionParameters
from vision.rules.no_harness import NoHarness
from vision.rules.no_harness import Parameters as HarnessParameters
from vision.rules.no_helmet import NoHelmet
from vision.rules.no_helmet import Parameters as HelmetParameters
from vision.rules.no_helmet_near_vehicle import NoHelmetNearVehicle
from vision.rules.no_helmet_near_vehicle import Parameters as NearVehicleParameters
from vision.rules.no_life_jacket import NoLifeJacket
from vision.rules.no_life_jacket import Parameters as JacketParameters
from vision.rules.ponding import Parameters as PondingParameters
from vision.rules.ponding import Ponding
from vision.rules.rule import Rule
from vision.rules.scaffold_overhang import Parameters as OverhangParameters
from vision.rules.scaffold_overhang import ScaffoldOverhang
from vision.rules.special_vehicle import Parameters as SpecialParameters
from vision.rules.special_vehicle import SpecialVehicle
from vision.rules.stack_too_high import Parameters as StackParameters
from vision.rules.stack_too_high import StackTooHigh
from vision.rules.values import Algorithm, Needs, Surroundings


@dataclass(frozen=True, kw_only=True)
class RuleEntry:
    """One algorithm. ``rule`` is None for those that look at days or at picture quality instead of frames."""

    algorithm: Algorithm
    #: The tender's module; empty for the base set.
    module: str
    #: Raised when the same looks would give other findings than before.
    version: int
    parameters: type[Any]
    needs: Needs
    rule: type[Rule] | None = None

    def words(self, language: Language) -> str:
        """Its name for people."""
        return label(f"algorithm.{self.algorithm}", language)

    def explained(self, language: Language) -> str:
        """What it watches for, in a sentence."""
        return label(f"algorithm_sentence.{self.algorithm}", language)


def _entry(module: str, rule: type[Rule], parameters: type[Any]) -> RuleEntry:
    return RuleEntry(algorithm=rule.algorithm, module=module, version=1, parameters=parameters, rule=rule, needs=rule.needs)


PEOPLE_ONLY, NOTHING = Needs(kinds=(PEOPLE,), pose=False), Needs(pose=False)
RULES: tuple[RuleEntry, ...] = (
    _entry("30", NoHelmetNearVehicle, NearVehicleParameters),
    _entry("31", IllegalEntry, EntryParameters),
    _entry("32", NoLifeJacket, JacketParameters),
    _entry("33", EbikeInWorkZone, EbikeParameters),
    _entry("34", EngineeringVehicle, EngineeringParameters),
    _entry("35", EdgeProtection, EdgeParameters),
    _entry("36", FireOrSmoke, FireParameters),
    _entry("37", Ponding, PondingParameters),
    _entry("38", StackTooHigh, StackParameters),
    _entry("39", ScaffoldOverhang, OverhangParameters),
    _entry("40", SpecialVehicle, SpecialParameters),
    RuleEntry(algorithm=Algorithm.FEW_PEOPLE, module="41a", version=1, parameters=few_people.Parameters, needs=PEOPLE_ONLY),
    RuleEntry(
        algorithm=Algorithm.PICTURE_ABNORMAL, module="41b", version=1, parameters=picture_abnormal.Parameters, needs=NOTHING
    ),
    _entry("", NoHelmet, HelmetParameters),
    _entry("", NoHarness, HarnessParameters),
    _entry("", Crowd, CrowdParameters),
    _entry("", Intrusion, IntrusionParameters),
)
RULE_OF = {one.algorithm: one for one in RULES}


def make_rule(algorithm: Algorithm, surroundings: Surroundings, parameters: Any | None = None) -> Rule:
    """The rule of an algorithm that looks at frames, for one camera."""
    kind = RULE_OF[algorithm].rule
    if kind is None:
        raise ValueError(f"{algorithm} does not look at frames")
    return kind(surroundings, parameters or RULE_OF[algorithm].parameters())
