"""Control points: error of the full fit beside the plain homography and OpenCV's solvePnP, on the same cameras.

``python -m bench.georeferencing``
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import cv2
import numpy as np

from bench.measuring import refuse_a_busy_machine, report
from spatial.cameras.georeferencing import Grade, assess
from spatial.cameras.homography import apply, homography
from spatial.cameras.locating import Located, ground_points, locate_pixel
from spatial.cameras.resection import ControlPoint, DeviceRecord, parameters_of, projected
from spatial.cameras.values import Optics, Pose

CAMERAS, CHECKS = 120, 60
WIDTH, HEIGHT = 2560, 1440
K1, K2 = -0.28, 0.08
FARTHEST_M = 90.0


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A true camera, its record, its control points with errors, and exact check points."""

    pose: Pose
    optics: Optics
    record: DeviceRecord
    points: list[ControlPoint]
    check_pixels: np.ndarray
    check_places: np.ndarray


def scene(seed: int, count: int) -> Scene:
    rng = np.random.default_rng(seed)
    pose = Pose(
        x_m=0.0, y_m=0.0, z_m=rng.uniform(6, 15),
        azimuth_deg=rng.uniform(0, 360), tilt_deg=rng.uniform(12, 35), roll_deg=rng.normal(0, 1.5),
    )  # fmt: skip
    hfov = float(rng.choice([62.0, 78.0, 90.0]))
    optics = lens(hfov, K1, K2)
    pixels, places = picked(rng, pose, optics, count)
    check_pixels, check_places = picked(rng, pose, optics, CHECKS)
    clicked, mapped = pixels + rng.normal(0, 2, pixels.shape), places + rng.normal(0, 0.1, places.shape)
    points = [ControlPoint(u_px=u, v_px=v, x_m=x, y_m=y) for (u, v), (x, y) in zip(clicked, mapped, strict=True)]
    focal = WIDTH / 2 / np.tan(np.radians(hfov) / 2) * (1 + rng.normal(0, 0.03))
    record = DeviceRecord(
        pose=Pose(
            x_m=rng.normal(0, 1), y_m=rng.normal(0, 1), z_m=pose.z_m + rng.normal(0, 0.3),
            azimuth_deg=pose.azimuth_deg + rng.normal(0, 5), tilt_deg=pose.tilt_deg + rng.normal(0, 2),
        ),
        optics=lens(float(2 * np.degrees(np.arctan(WIDTH / 2 / focal)))),
    )  # fmt: skip
    return Scene(pose=pose, optics=optics, record=record, points=points, check_pixels=check_pixels, check_places=check_places)


def lens(hfov_deg: float, k1: float = 0.0, k2: float = 0.0) -> Optics:
    vfov = float(2 * np.degrees(np.arctan(np.tan(np.radians(hfov_deg) / 2) * HEIGHT / WIDTH)))
    return Optics(hfov_deg=hfov_deg, vfov_deg=vfov, width_px=WIDTH, height_px=HEIGHT, k1=k1, k2=k2)


def picked(rng: np.random.Generator, pose: Pose, optics: Optics, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Exact places on the ground in the picture, at most 90 m deep, and their pixels."""
    pixels = rng.uniform([100, 200], [WIDTH - 100, HEIGHT - 60], (100 * count, 2))
    places, depth = ground_points(pose, optics, pixels, 0.0)
    kept = places[(depth > 0) & (depth < FARTHEST_M)][:count]
    return projected(parameters_of(pose, optics), WIDTH, HEIGHT, np.column_stack([kept, np.zeros(len(kept))]))[0], kept


def plain_homography(one: Scene) -> float:
    pixels, places = np.array([(p.u_px, p.v_px) for p in one.points]), np.array([(p.x_m, p.y_m) for p in one.points])
    return median_error(apply(homography(pixels, places), one.check_pixels), one)


def solve_pnp(one: Scene) -> float:
    focal = WIDTH / 2 / np.tan(np.radians(one.record.optics.hfov_deg) / 2)
    matrix = np.array([[focal, 0, WIDTH / 2], [0, focal, HEIGHT / 2], [0, 0, 1]])
    places = np.array([(p.x_m, p.y_m, 0.0) for p in one.points])
    pixels = np.array([(p.u_px, p.v_px) for p in one.points])
    _, turn, shift = cv2.solvePnP(places, pixels, matrix, None, flags=cv2.SOLVEPNP_IPPE)
    rotation = cv2.Rodrigues(turn)[0]
    centre = (-rotation.T @ shift).ravel()
    rays = np.column_stack([(one.check_pixels - [WIDTH / 2, HEIGHT / 2]) / focal, np.ones(CHECKS)]) @ rotation
    return median_error(centre[:2] + (-centre[2] / rays[:, 2])[:, None] * rays[:, :2], one)


def median_error(found: np.ndarray, one: Scene) -> float:
    return float(np.nanmedian(np.linalg.norm(found - one.check_places, axis=1)))


def main() -> None:
    """Twelve points with unknown distortion; then four points, and points with one gross error."""
    refuse_a_busy_machine()
    full, plain, pnp, inside, grades, spent = [], [], [], [], [], []
    placed = 0
    for seed in range(CAMERAS):
        one = scene(1000 + seed, 12)
        began = time.process_time()
        found = assess(one.points, one.record)
        spent.append(time.process_time() - began)
        grades.append(found.grade)
        assert found.fit is not None
        fit = found.fit
        full.append(median_error(ground_points(fit.pose, fit.optics, one.check_pixels, 0.0)[0], one))
        for pixel, place in zip(one.check_pixels, one.check_places, strict=True):
            located = locate_pixel(fit.pose, fit.optics, fit.covariance, tuple(pixel))
            placed += isinstance(located, Located)
            if isinstance(located, Located):
                off = np.array([located.x_m, located.y_m]) - place
                inside.append(float(off @ np.linalg.solve(located.covariance_m2, off)) < 5.991)
        plain.append(plain_homography(one))
        pnp.append(solve_pnp(one))
    fours = [assess(one.points, one.record).grade for one in (scene(5000 + seed, 4) for seed in range(CAMERAS))]
    report(
        "georeferencing",
        cameras=CAMERAS,
        full_fit_median_m=round(float(np.median(full)), 3),
        full_fit_p90_m=round(float(np.percentile(full, 90)), 3),
        homography_median_m=round(float(np.median(plain)), 3),
        solve_pnp_median_m=round(float(np.median(pnp)), 3),
        ellipse_holds_percent=round(100 * float(np.mean(inside)), 1),
        check_points_without_position_percent=round(100 * (1 - placed / CAMERAS / CHECKS), 2),
        verified_percent=round(100 * grades.count(Grade.VERIFIED) / CAMERAS, 1),
        four_points_verified=fours.count(Grade.VERIFIED),
        assess_ms=round(1e3 * float(np.median(spent)), 1),
        limit={"full_fit_median_m": 0.12, "ellipse_holds_percent": [92, 98], "four_points_verified": 0},
    )


if __name__ == "__main__":
    main()
