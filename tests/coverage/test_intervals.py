"""How sure a share is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapely import box

from coverage.intervals import KEYS, drawn, share_intervals
from coverage.kernel.cameras import camera_row
from coverage.watching import measure_site
from spatial.cameras.values import Optics, Pose, Projection
from spatial.cameras.views import ExactView, NominalView
from tests.coverage.golden import catalogue, element, referee, scene, surroundings, watcher

LENS = Optics(hfov_deg=60, vfov_deg=36, width_px=1920, height_px=1080, range_max_m=150)
POSE = Pose(x_m=3, y_m=-40, z_m=8, azimuth_deg=10, tilt_deg=20, roll_deg=2)
ASKED = catalogue([element("E10", 25.0)])
SHARP = dict.fromkeys(KEYS, 1e-4)


def test_every_share_of_the_referees_site_lies_in_its_band_and_the_bands_are_wide() -> None:
    around, scenes, watchers, asked, _ = referee()
    found = measure_site(around, scenes, watchers, asked, live=False)
    bands = share_intervals(around, watchers, {}, asked, found)
    assert len(bands) == len(found)
    for one in found:
        band = bands[one.scene.scene_id, one.element.code]
        assert one.share is not None
        assert 0.0 <= band.p05 <= one.share <= band.p95 <= 1.0
    partly = [one for one in found if one.share and 0.05 < one.share < 0.95]
    widths = [bands[one.scene.scene_id, one.element.code] for one in partly]
    assert np.median([band.p95 - band.p05 for band in widths]) > 0.1


def test_a_calibrated_camera_is_surer_than_an_installers() -> None:
    eye = watcher(7, ExactView(pose=POSE, optics=LENS), "gate")
    here = [scene(1, box(-20, -20, 20, 10))]
    found = measure_site(surroundings(), here, [eye], ASKED, live=False)
    rough = share_intervals(surroundings(), [eye], {}, ASKED, found)[1, "E10"]
    sharp = share_intervals(surroundings(), [eye], {7: SHARP}, ASKED, found)[1, "E10"]
    assert sharp.p95 - sharp.p05 < 0.001
    assert rough.p95 - rough.p05 > 0.02
    assert sharp.p50 == pytest.approx(found[0].share, abs=0.001)


def test_the_band_is_the_same_every_time_and_moves_with_the_view() -> None:
    eye = watcher(7, ExactView(pose=POSE, optics=LENS), "gate", online=False)
    here = [scene(1, box(-20, -20, 20, 10))]
    found = measure_site(surroundings(), here, [eye], ASKED, live=False)
    assert share_intervals(surroundings(), [eye], {}, ASKED, found) == share_intervals(surroundings(), [eye], {}, ASKED, found)
    dark = measure_site(surroundings(), here, [eye], ASKED, live=True)
    band = share_intervals(surroundings(), [eye], {}, ASKED, dark, live=True)[1, "E10"]
    assert (band.p05, band.p50, band.p95) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    "view",
    [
        ExactView(pose=POSE, optics=LENS),
        ExactView(pose=POSE, optics=Optics(hfov_deg=62, vfov_deg=37, width_px=1920, height_px=1080, k1=-0.12)),
        ExactView(
            pose=POSE, optics=Optics(hfov_deg=180, vfov_deg=180, width_px=2000, height_px=2000, projection=Projection.EQUIDISTANT)
        ),
        NominalView(x_m=1, y_m=2, azimuth_deg=200, hfov_deg=80, range_m=50, width_px=1920),
    ],
)
def test_a_draw_without_error_is_the_camera_and_one_with_is_the_camera_so_aimed(view: ExactView | NominalView) -> None:
    row = camera_row(view)[None]
    assert drawn(row, np.zeros((1, 1, len(KEYS))))[0] == pytest.approx(row, abs=1e-12)
    error = np.array([[[4.0, 1.0, 0.5, 1.0, -2.0, 0.2, 0.0]]])
    if isinstance(view, ExactView):
        pose = Pose(x_m=4, y_m=-42, z_m=8.2, azimuth_deg=14, tilt_deg=21, roll_deg=2.5)
        expected = camera_row(ExactView(pose=pose, optics=view.optics))
    else:
        expected = camera_row(NominalView(x_m=2, y_m=0, azimuth_deg=204, hfov_deg=80, range_m=50, width_px=1920))
    assert drawn(row, error)[0, 0] == pytest.approx(expected, abs=1e-12)


def test_a_longer_lens_sees_less_and_denser() -> None:
    row = camera_row(ExactView(pose=POSE, optics=LENS))[None]
    longer = drawn(row, np.array([[[0, 0, 0, 0, 0, 0, 0.1]]]))[0, 0]
    hfov, vfov = (float(2 * np.degrees(np.arctan(np.tan(np.radians(half)) / 1.1))) for half in (30, 18))
    expected = camera_row(ExactView(pose=POSE, optics=replace(LENS, hfov_deg=hfov, vfov_deg=vfov)))
    assert longer[13:16] == pytest.approx(expected[13:16], rel=1e-9)
