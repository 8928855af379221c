"""Six walkers at one look a second: how many identities the tracker makes of them, with a right pose and with wrong ones.

``python -m bench.vision_tracking``. Walkers turn at random in a yard of 28 × 20 m, 10 % of boxes are missed, every edge is off by
1.5 px. The goal is at most 1.2 identities for each true one, and 1.5 with a pose a degree off (vision.md, V3).
"""

from __future__ import annotations

import itertools
import math
import time
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np

from bench.measuring import refuse_a_busy_machine, report
from spatial.cameras.locating import diagonal_covariance
from spatial.cameras.values import Optics, Pose
from vision.demo.stage import Body, box_of, jittered
from vision.locating import CameraView
from vision.looks import Detection
from vision.tracking import GroundTracker

PEOPLE, LONG_S, SEEDS = 6, 120, 4
MISSED_SHARE, OFF_PX = 0.1, 1.5
WALK_M_PER_S = 1.3
#: One degree of azimuth, tilt and roll, as the fit of a camera would give it.
DEGREE_OFF = diagonal_covariance({"azimuth_deg": 1.0, "tilt_deg": 1.0, "roll_deg": 0.3})
TRUE = CameraView(
    pose=Pose(x_m=0.0, y_m=0.0, z_m=7.0, azimuth_deg=90.0, tilt_deg=17.0),
    optics=Optics(hfov_deg=70.0, vfov_deg=43.0, width_px=1280, height_px=720),
)
Frame = list[tuple[int, Detection]]


def walk(seed: int, fps: float, people: int = PEOPLE) -> list[Frame]:
    """Frames of (true person, detection)."""
    rng = np.random.default_rng(seed)
    places = [[rng.uniform(12, 38), rng.uniform(-9, 9), rng.uniform(0, 2 * math.pi)] for _ in range(people)]
    steps = max(1, round(10 / fps))
    frames = []
    for _ in range(int(LONG_S * fps)):
        frame: Frame = []
        for person, place in enumerate(places):
            for _ in range(steps):
                _step(rng, place, 1 / fps / steps)
            box = box_of(TRUE, Body(kind="person", x_m=place[0], y_m=place[1]))
            found = [Detection(kind="person", score=0.9, box=box)] if box else []
            frame += [(person, one) for one in jittered(rng, found, missed_share=MISSED_SHARE, off_px=OFF_PX)]
        frames.append(frame)
    return frames


def _step(rng: np.random.Generator, place: list[float], seconds: float) -> None:
    place[2] += rng.normal(0, 0.375) * math.sqrt(seconds)
    place[0] += WALK_M_PER_S * seconds * math.cos(place[2])
    place[1] += WALK_M_PER_S * seconds * math.sin(place[2])
    if not 11 < place[0] < 39:
        place[2], place[0] = math.pi - place[2], min(39.0, max(11.0, place[0]))
    if not -10 < place[1] < 10:
        place[2], place[1] = -place[2], min(10.0, max(-10.0, place[1]))


def follow(view: CameraView | None, frames: list[Frame], fps: float) -> dict[str, float]:
    """Identities, switches, and the share of looks that carry a person's most usual identity."""
    tracker, seen = GroundTracker(view), defaultdict(list)
    began = time.process_time()
    for number, frame in enumerate(frames):
        look = tracker.look(number / fps, [one for _, one in frame])
        track_of = {thing.box: thing.track for thing in look.things}
        for person, one in frame:
            seen[person].append(track_of[one.box])
    spent = time.process_time() - began
    return {
        "identities": len({track for tracks in seen.values() for track in tracks}),
        "switches": sum(a != b for tracks in seen.values() for a, b in itertools.pairwise(tracks)),
        "majority_share": float(np.mean([Counter(tracks).most_common(1)[0][1] / len(tracks) for tracks in seen.values()])),
        "ms_per_look": spent / len(frames) * 1e3,
    }


def figures(view: CameraView | None, fps: float) -> dict[str, float]:
    """The means over the seeds."""
    runs = [follow(view, walk(seed, fps), fps) for seed in range(SEEDS)]
    mean = {name: round(float(np.mean([run[name] for run in runs])), 3) for name in runs[0]}
    return mean | {"per_true_identity": round(mean["identities"] / PEOPLE, 3)}


def tilted(azimuth_deg: float, tilt_deg: float) -> CameraView:
    """A camera that believes to be aimed a little differently from what it is."""
    pose = replace(TRUE.pose, azimuth_deg=TRUE.pose.azimuth_deg + azimuth_deg, tilt_deg=TRUE.pose.tilt_deg + tilt_deg)
    return replace(TRUE, pose=pose, covariance=DEGREE_OFF)


def main() -> None:
    refuse_a_busy_machine()
    by_rate = {f"{fps}_per_s": figures(TRUE, fps) for fps in (1, 2, 5)}
    off = {f"azimuth {a:+} tilt {t:+}": figures(tilted(a, t), 1) for a, t in ((1, 0), (-1, 0), (0, 1), (0, -1))}
    report("vision_tracking", people=PEOPLE, **by_rate, degree_off=off, without_pose=figures(None, 1))


if __name__ == "__main__":
    main()
