"""Picture diagnosis on drawn scenes with faults made on purpose: recall of every fault, false faults on good pictures, time.

``python -m bench.vision_quality [scenes]``. The baseline is taken from other pictures of the same view. The goals are a recall of
0.95 for each fault and 8 ms a picture (vision.md, V10); ``absolute`` is the same
with one baseline for all cameras. Two good pictures are taken of each view: a moment later, and at another hour.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict

import numpy as np

from bench.measuring import refuse_a_busy_machine, report
from vision.demo.faults import MAKERS, another_hour, lively
from vision.demo.scenes import render
from vision.quality.judging import Baseline, baseline_of, faults_of
from vision.quality.measuring import made_small, measure
from vision.quality.values import Fault

SCENES, SIZE_PX, FROM_SEED, OTHER_SEED = 60, 640, 700_000, 800_000
#: What a camera nobody knows might show.
ANY_CAMERA = Baseline(mean=110, noise=2, sharpness=0.5, colour=(1.0, 1.0, 1.0))
#: A lens that is covered in the dark is both; either word sends somebody to look.
SAME = {Fault.DARK: {Fault.DARK, Fault.COVERED}, Fault.COVERED: {Fault.DARK, Fault.COVERED}}


def recalls(scenes: int, *, absolute: bool = False) -> tuple[dict[str, float], dict[str, int], float]:
    """Recall by way of making it, false faults on good pictures by name, and milliseconds a picture."""
    hit: dict[str, list[bool]] = defaultdict(list)
    false: Counter[str] = Counter()
    spent = []
    for i in range(scenes):
        rng = np.random.default_rng(i)
        view = render(FROM_SEED + i, SIZE_PX).image
        healthy = [made_small(lively(rng, view)) for _ in range(6)]
        reference, before = healthy[0].grey, healthy[-1]
        own = baseline_of([measure(one, reference=reference) for one in healthy[1:]])
        baseline = ANY_CAMERA if absolute or own is None else own

        def judged(picture, before=before, reference=reference, baseline=baseline):
            began = time.thread_time()
            found = faults_of(measure(made_small(picture), before=before, reference=reference), baseline)
            spent.append(time.thread_time() - began)
            return found

        false.update(judged(lively(rng, view)))
        false.update(judged(another_hour(rng, view)))
        for fault, make in MAKERS:
            hit[make.__name__].append(bool(judged(make(rng, lively(rng, view))) & SAME.get(fault, {fault})))
        hit["frozen"].append(Fault.FROZEN in faults_of(measure(before, before=before, reference=reference), baseline))
        hit["scene_moved"].append(Fault.SCENE_MOVED in judged(lively(rng, render(OTHER_SEED + i, SIZE_PX).image)))
    recall = {name: round(float(np.mean(found)), 3) for name, found in hit.items()}
    return recall, dict(false), round(float(np.median(spent)) * 1e3, 2)


def main() -> None:
    refuse_a_busy_machine()
    scenes = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else SCENES
    recall, false, ms = recalls(scenes)
    absolute, absolute_false, _ = recalls(scenes, absolute=True)
    without = {"recall": absolute, "false_on_good": absolute_false}
    report("vision_quality", scenes=scenes, recall=recall, false_on_good=false, ms_per_picture=ms, absolute=without)


if __name__ == "__main__":
    main()
