"""What import-linter and ruff cannot say: sizes, raw SQL, system viewers, names, words."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import api.app  # noqa: F401  so that every problem and reaction is known
from access.roles import Role
from coverage import states as coverage_states
from foundation.changes import Change, all_reactions
from foundation.labels import LANGUAGES, labels
from foundation.problems import KINDS, Problem, kind_of
from foundation.settings import Settings, settings_table
from incidents import states as incidents
from insights.search.states import EntryKind
from ops.testing import PACKAGES
from sites import states
from sites.cameras import states as cameras
from spatial.cameras.georeferencing import Grade, GradeReason
from spatial.plan_layers import PlanLayer
from spatial.plots import Severity
from spatial.validity import check_plot  # noqa: F401
from tiles.flights import states as flights
from tiles.imagery import states as imagery
from vision.models.manifest import ModelGrade, Task
from vision.quality.values import Fault
from vision.rules import values as rules
from vision.rules.edge_protection import VehicleMode

ROOT = Path(__file__).parents[2]
MOST_LINES_OF_A_MODULE, MOST_LINES_OF_A_FUNCTION = 400, 50
#: Where SQL as text is allowed, each for its reason.
RAW_SQL = {"foundation/database.py", "foundation/jobs.py", "foundation/migrate.py", "ops/postgres.py"}


def modules() -> Iterator[tuple[str, ast.Module, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "node_modules" not in name:
                source = path.read_text(encoding="utf-8")
                yield name, ast.parse(source), source


def test_no_module_and_no_function_is_too_long() -> None:
    long = []
    for name, tree, source in modules():
        if source.count("\n") > MOST_LINES_OF_A_MODULE:
            long.append(f"{name}: {source.count(chr(10))} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                lines = node.end_lineno - node.lineno + 1
                if lines > MOST_LINES_OF_A_FUNCTION:
                    long.append(f"{name}:{node.lineno} {node.name}: {lines} lines")
    assert long == []


def test_raw_sql_stays_where_it_is_allowed() -> None:
    found = []
    for name, tree, _ in modules():
        if name in RAW_SQL or name.startswith("foundation/migrations/"):
            continue
        for node in ast.walk(tree):
            called = node.func if isinstance(node, ast.Call) else None
            word = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
            if word in {"text", "exec_driver_sql"} and not (isinstance(called, ast.Attribute) and word == "text"):
                found.append(f"{name}:{node.lineno}")
            if isinstance(node, ast.Attribute) and node.attr == "__table__":
                found.append(f"{name}:{node.lineno} __table__")
    assert found == []


def test_no_route_works_as_the_system_or_without_the_rule() -> None:
    found = []
    for name, tree, _ in modules():
        if not name.startswith("api/"):
            continue
        for node in ast.walk(tree):
            system = isinstance(node, ast.Name | ast.alias) and getattr(node, "id", getattr(node, "name", "")) == "SYSTEM"
            if system or (isinstance(node, ast.Attribute) and node.attr == "everything"):
                found.append(f"{name}:{getattr(node, 'lineno', 0)}")
    assert found == []


def test_application_code_never_commits() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree, _ in modules()
        if name != "foundation/work.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert found == []


def test_only_the_clock_tells_the_time() -> None:
    allowed = {"foundation/clock.py", "ops/demo/load.py", "ops/demo/watching.py"}
    found = [name for name, _, source in modules() if "datetime.now(" in source and name not in allowed]
    assert found == []


def test_nobody_took_our_names() -> None:
    taken = importlib.metadata.packages_distributions()
    assert {name: taken[name] for name in PACKAGES if name in taken} == {}


def problems() -> list[type[Problem]]:
    found: set[type[Problem]] = set()
    stack: list[type[Problem]] = list(KINDS)
    while stack:
        for below in stack.pop().__subclasses__():
            found.add(below)
            stack.append(below)
    return sorted(found, key=lambda one: one.__name__)


def test_every_problem_has_one_kind_its_own_name_and_words_in_both_languages() -> None:
    slugs = [problem.slug() for problem in problems()]
    assert sorted(set(slugs)) == sorted(slugs)
    chinese = labels("zh")
    for problem in problems():
        assert kind_of(problem) in KINDS
        assert re.match(r"[A-Z].*\.$", problem.title()), problem
        assert f"problem.{problem.slug()}.title" in chinese, problem.slug()
        assert bool(problem.detail) == (f"problem.{problem.slug()}.detail" in chinese), problem.slug()


ENUMS = {
    "incident_kind": incidents.IncidentKind,
    "incident_severity": incidents.IncidentSeverity,
    "incident_state": incidents.IncidentState,
    "loop_level": incidents.LoopLevel,
    "incident_action": incidents.IncidentAction,
    "incident_source_kind": incidents.IncidentSourceKind,
    "located": incidents.Located,
    "evidence_stage": incidents.EvidenceStage,
    "specialty": states.Specialty,
    "site_type": states.SiteType,
    "site_state": states.SiteState,
    "opening_state": states.OpeningState,
    "plotting_state": states.PlottingState,
    "version_state": states.VersionState,
    "participant_role": states.ParticipantRole,
    "stage": states.Stage,
    "device_class": states.DeviceClass,
    "connectivity": states.Connectivity,
    "device_log_kind": states.DeviceLogKind,
    "device_flag": states.DeviceFlag,
    "quarantine_reason": states.QuarantineReason,
    "camera_kind": cameras.CameraKind,
    "camera_state": cameras.CameraState,
    "stream_protocol": cameras.StreamProtocol,
    "footprint_method": cameras.FootprintMethod,
    "north_given": cameras.NorthGiven,
    "level": cameras.Level,
    "camera_tag": cameras.CameraTag,
    "picture_source": cameras.PictureSource,
    "stale_reason": cameras.StaleReason,
    "calibration_grade": Grade,
    "calibration_reason": GradeReason,
    "measure": coverage_states.Measure,
    "coverage_view": coverage_states.CoverageView,
    "gap_cause": coverage_states.GapCause,
    "plan_state": coverage_states.PlanState,
    "plan_step_kind": coverage_states.PlanStepKind,
    "item_state": coverage_states.ItemState,
    "plan_reminder_kind": coverage_states.PlanReminderKind,
    "place_kind": coverage_states.PlaceKind,
    "unreachable_reason": coverage_states.UnreachableReason,
    "report_state": coverage_states.ReportState,
    "report_scope": coverage_states.ReportScope,
    "imagery_kind": imagery.ImageryKind,
    "ingest_state": imagery.IngestState,
    "raster_fault": imagery.RasterFault,
    "shading": imagery.Shading,
    "telemetry_dialect": flights.TelemetryDialect,
    "flight_flag": flights.FlightFlag,
    "grant_kind": states.GrantKind,
    "plan_layer": PlanLayer,
    "role": Role,
    "algorithm": rules.Algorithm,
    "algorithm_sentence": rules.Algorithm,
    "rule_state": rules.RuleState,
    "finding_phase": rules.Phase,
    "finding_kind": rules.FindingKind,
    "gravity": rules.Gravity,
    "unjudged": rules.Unjudged,
    "remark": rules.Remark,
    "zone_use": rules.ZoneUse,
    "line_use": rules.LineUse,
    "vehicle_mode": VehicleMode,
    "picture_fault": Fault,
    "model_grade": ModelGrade,
    "model_task": Task,
    "search_kind": EntryKind,
}


@pytest.mark.parametrize("table", ENUMS)
def test_every_code_has_words_in_both_languages(table: str) -> None:
    for language in LANGUAGES:
        words = labels(language)
        assert [code for code in ENUMS[table] if f"{table}.{code}" not in words] == []


def test_both_languages_have_the_same_words() -> None:
    chinese, english = ({key for key in labels(language) if not key.startswith("problem.")} for language in LANGUAGES)
    assert chinese == english


def test_every_sentence_of_a_rule_is_there_and_its_placeholders_agree() -> None:
    for rule in [f"P{number:02d}" for number in range(18)]:
        assert any(key.startswith(f"rule.{rule}.") for key in labels("zh")), rule
    for key, sentence in labels("zh").items():
        if key.startswith(("rule.", "import.")):
            assert set(re.findall(r"{(\w+)", sentence)) == set(re.findall(r"{(\w+)", labels("en")[key])), key
    assert len(Severity) == 3


def test_every_announced_change_is_written_in_the_docs_with_its_reactions() -> None:
    page = (ROOT / "docs" / "changes.md").read_text(encoding="utf-8")
    ours = [one for one in Change.__subclasses__() if one.__module__.split(".")[0] in PACKAGES]
    for change in sorted(ours, key=lambda one: one.__name__):
        row = next((line for line in page.splitlines() if line.startswith(f"| {change.__name__} ")), "")
        assert row, f"{change.__name__} is missing in docs/changes.md"
        for reaction in all_reactions().get(change, ()):
            assert reaction.__name__ in row, f"{change.__name__}: {reaction.__name__}"


def test_every_module_that_registers_jobs_or_reactions_is_loaded_with_the_application() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import api.app, json, sys; print(json.dumps(sorted(sys.modules)))"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    registering = re.compile(r"^from foundation\.(changes import .*\bon\b|jobs import .*\b(long_)?job\b)", re.MULTILINE)
    # the demo's own jobs are registered by its own commands
    ours = {
        name.removesuffix(".py").replace("/", ".")
        for name, _, source in modules()
        if registering.search(source) and not name.startswith("ops/")
    }
    assert len(ours) > 5
    assert ours - set(json.loads(loaded.stdout)) == set()


def test_every_setting_is_written_in_the_docs() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [name for name, _, _ in settings_table(Settings()) if f"`{name}`" not in page] == []


def test_the_glossary_names_every_table() -> None:
    from foundation.database import Base

    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    tables = {name.replace("_", " ") for name in Base.metadata.tables}
    assert sorted(name for name in tables if f"`{name.replace(' ', '_')}`" not in page) == []


def test_decisions_are_short() -> None:
    for path in (ROOT / "docs" / "decisions").glob("*.md"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 40, path.name


def test_lock_files_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert text.count("--hash=sha256:") > text.count("==")
    lock = (ROOT / "web_map" / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["name"] == "geowarden"
