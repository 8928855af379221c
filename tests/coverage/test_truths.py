"""Truths that every measuring of coverage keeps (spatial-maths.md §7), on sites as they might be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from shapely import LineString
from shapely.affinity import rotate, translate
from shapely.ops import split

from coverage.kernel.measuring import measure_packed
from coverage.kernel.packing import pack
from coverage.states import Measure
from tests.coverage.golden import scene
from tests.coverage.strategies import (
    ROWS,
    Given,
    cameras,
    changed,
    enlarged,
    moved,
    scaled,
    shifted,
    sites,
    things,
    turned,
    with_elements,
)

often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def shares(site: Given, **asked: bool) -> dict[tuple[int, str], float | None]:
    return {key: one.share for key, one in site.measure(**asked).items()}


def differences(one: dict[tuple[int, str], float | None], other: dict[tuple[int, str], float | None]) -> float:
    assert one.keys() == other.keys()
    pairs = [(one[key], other[key]) for key in one]
    assert all((a is None) == (b is None) for a, b in pairs)
    return max((abs(a - b) for a, b in pairs if a is not None and b is not None), default=0.0)


def assert_same(site: Given, elsewhere: Given) -> None:
    before, after = ({key: share for key, share in shares(one).items() if key[1] != "E14"} for one in (site, elsewhere))
    assert differences(before, after) <= ROWS
    # which point stands for a bent area is not said
    places = [one.scene_id for one in site.scenes if one.shape.geom_type == "MultiPoint"]
    assert all(shares(site)[number, "E14"] == shares(elsewhere)[number, "E14"] for number in places)


@given(sites, some.booleans())
@often
def test_both_twins_say_the_same(site: Given, live: bool) -> None:
    packed = pack(site.surroundings, site.scenes, site.watchers, site.catalogue, live=live)
    one, other = (measure_packed(packed.site, compiled=compiled) for compiled in (True, False))
    assert one.total == pytest.approx(other.total, rel=1e-12)
    for stage in range(one.stages.shape[1]):
        apart = np.abs(one.stages[:, stage] - other.stages[:, stage])
        assert (apart <= 0.002 * one.total).all()
        assert apart.mean() <= 1e-4 * max(one.total.mean(), 1.0)
    assert (one.adds == other.adds).mean() > 0.99


@given(sites, some.booleans())
@often
def test_what_is_watched_and_the_causes_of_the_rest_add_up(site: Given, live: bool) -> None:
    for one in site.measure(live=live).values():
        assert one.covered + sum(one.causes.values()) == pytest.approx(one.total, rel=1e-6, abs=1e-6)
        assert all(size > 0 for size in one.causes.values())
        assert 0 <= one.covered <= one.total
        assert bool(one.camera_ids) >= (one.covered > 1e-3)


@given(sites, some.booleans())
@settings(often, max_examples=30)
def test_the_shapes_drawn_are_as_large_as_the_sizes_told(site: Given, live: bool) -> None:
    for one in site.measure(live=live).values():
        if one.element.measure is Measure.COUNT:
            continue
        drawn = one.covered_shape.area if one.element.measure is Measure.AREA else one.covered_shape.length
        assert drawn == pytest.approx(one.covered, abs=2 * ROWS * one.total + 0.1)
        for gap in one.gaps:
            size = gap.shape.area if one.element.measure is Measure.AREA else gap.shape.length
            assert size == pytest.approx(gap.size, abs=2 * ROWS * one.total + 0.1)


@given(sites, some.floats(0, 360))
@often
def test_turning_a_site_with_its_azimuths_changes_nothing(site: Given, turn_deg: float) -> None:
    elsewhere = moved(site, lambda shape: rotate(shape, -turn_deg, origin=(0, 0)), lambda view: turned(view, turn_deg))
    assert_same(site, elsewhere)


@given(sites)
@often
def test_moving_a_site_by_a_hundred_kilometres_changes_nothing(site: Given) -> None:
    elsewhere = moved(site, lambda shape: translate(shape, 1e5, -3e4), lambda view: shifted(view, 1e5, -3e4))
    assert_same(site, elsewhere)


@given(sites)
@often
def test_twice_the_size_at_half_the_demand_changes_nothing(site: Given) -> None:
    # strips along lines and discs around places keep their metres
    site = changed(site, scenes=tuple(one for one in site.scenes if one.shape.geom_type.endswith("Polygon")))
    larger = moved(site, lambda shape: scaled(shape, 2.0), lambda view: enlarged(view, 2.0))
    things = tuple(
        replace(one, obstacle=replace(one.obstacle, bottom_m=2 * one.obstacle.bottom_m, top_m=2 * one.obstacle.top_m))
        for one in larger.standing
    )
    larger = with_elements(
        changed(larger, standing=things),
        lambda one: one.model_copy(
            update={
                "plane_z_m": 2 * one.plane_z_m,
                "across_px_per_m": one.across_px_per_m / 2,
                "along_px_per_m": one.along_px_per_m / 2,
            }
        ),
    )
    assert differences(shares(site), shares(larger)) <= 2 * ROWS


@given(sites, things)
@often
def test_another_obstacle_never_raises_what_is_covered(site: Given, another: object) -> None:
    before = site.measure()
    after = changed(site, standing=(*site.standing, replace(another, plan_key="another"))).measure()  # type: ignore[type-var]
    assert all(after[key].covered <= before[key].covered + ROWS * before[key].total for key in before)


@given(sites, cameras)
@often
def test_another_camera_never_lowers_coverage(site: Given, another: object) -> None:
    before = site.measure()
    after = changed(site, watchers=(*site.watchers, replace(another, camera_id=99))).measure()  # type: ignore[type-var]
    # another camera's edges may end rows elsewhere
    assert all(after[key].covered >= before[key].covered - ROWS * before[key].total for key in before)


@given(sites)
@often
def test_the_same_camera_twice_adds_nothing_where_one_is_enough(site: Given) -> None:
    before = site.measure()
    again = tuple(replace(one, camera_id=one.camera_id + 50) for one in site.watchers)
    after = changed(site, watchers=(*site.watchers, *again)).measure()
    once = [key for key in before if before[key].element.cameras_needed == 1]
    assert all(after[key].covered == pytest.approx(before[key].covered, abs=1e-6) for key in once)


@given(sites)
@often
def test_a_higher_demand_never_raises_coverage(site: Given) -> None:
    before = site.measure()
    after = with_elements(site, lambda one: one.model_copy(update={"across_px_per_m": 1.5 * one.across_px_per_m + 5})).measure()
    assert all(after[key].covered <= before[key].covered + ROWS * before[key].total for key in before)


@given(sites, some.data())
@often
def test_removing_a_tag_touches_only_its_elements(site: Given, data: some.DataObject) -> None:
    number = data.draw(some.integers(0, len(site.watchers) - 1))
    watchers = list(site.watchers)
    watchers[number] = replace(watchers[number], tags=watchers[number].tags - {"gate"})
    before, after = site.measure(), changed(site, watchers=tuple(watchers)).measure()
    for key, one in after.items():
        if key[1] not in {"E10", "E11", "E13", "E15"}:
            assert (one.covered, one.causes, one.camera_ids) == (before[key].covered, before[key].causes, before[key].camera_ids)
        assert one.covered <= before[key].covered + 1e-6


@given(sites)
@often
def test_what_is_on_line_never_covers_more_than_what_stands(site: Given) -> None:
    live, nominal = site.measure(live=True), site.measure()
    assert all(live[key].covered <= nominal[key].covered + 1e-6 for key in live)


@given(sites, some.floats(0, 180))
@often
def test_splitting_a_scene_keeps_the_mean_weighted_by_area(site: Given, turn_deg: float) -> None:
    whole = changed(site, standing=(), scenes=site.scenes[:1])
    shape = whole.scenes[0].shape
    if not shape.geom_type.endswith("Polygon"):
        return
    middle = shape.centroid
    knife = rotate(LineString([(middle.x - 500, middle.y), (middle.x + 500, middle.y)]), turn_deg, origin=(middle.x, middle.y))
    pieces = [part for polygon in getattr(shape, "geoms", [shape]) for part in split(polygon, knife).geoms]
    parts = changed(whole, scenes=tuple(scene(number, piece) for number, piece in enumerate(pieces))).measure()
    for (_, code), one in whole.measure().items():
        if one.element.measure is Measure.AREA:
            covered = sum(part.covered for (_, other), part in parts.items() if other == code)
            assert covered == pytest.approx(one.covered, abs=2 * ROWS * one.total)
