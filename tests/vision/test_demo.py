from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vision.demo import FOLDER
from vision.demo.catalogue import CLASSES, NUMBER_OF
from vision.demo.drawing import SceneCamera
from vision.demo.scenes import render
from vision.demo.scoring import average_precision, score_detector
from vision.errors import ModelForSyntheticCamerasOnly
from vision.looks import Box, Detection
from vision.models.manifest import ModelGrade
from vision.models.probing import probe
from vision.models.runtime import Detector, become_model_process
from vision.models.store import check_binding, checked_file

SCENES = [render(seed) for seed in range(60)]


def test_a_seed_draws_one_scene() -> None:
    again = render(7)
    assert (again.image == SCENES[7].image).all()
    assert (again.boxes == SCENES[7].boxes).all()
    assert (again.image != SCENES[8].image).any()


def test_labels_lie_in_the_picture_and_are_large_enough_to_be_found() -> None:
    for scene in SCENES:
        corners = scene.boxes[:, 1:]
        assert corners.min(initial=0) >= 0
        assert corners.max(initial=0) <= 416
        assert np.minimum(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]).min(initial=99) >= 6


def test_every_class_is_drawn() -> None:
    seen = {int(number) for seed in range(400) for number in render(1000 + seed, 208).boxes[:, 0]}
    assert {CLASSES[number] for number in seen} == set(CLASSES)


def test_a_helmet_belongs_to_a_person() -> None:
    person, helmet = NUMBER_OF["person"], NUMBER_OF["helmet"]
    for scene in SCENES:
        everything = np.concatenate([scene.boxes, scene.ignored])
        people = [Box(x1=r[1], y1=r[2], x2=r[3], y2=r[4]) for r in everything if r[0] == person]
        for row in scene.boxes[scene.boxes[:, 0] == helmet]:
            box = Box(x1=row[1], y1=row[2], x2=row[3], y2=row[4])
            assert max(box.share_inside(one) for one in people) > 0.9


def test_a_place_on_the_ground_comes_back_from_its_pixel() -> None:
    camera = SceneCamera.drawn(np.random.default_rng(1), 416)
    (pixel,), _ = camera.project([[1.5, 9.0, 0.0]])
    assert camera.ground(*pixel) == pytest.approx([1.5, 9.0])
    assert camera.ground(200, camera.horizon_px - 5) is None


def test_a_detector_that_finds_everything_scores_one_and_one_that_finds_nothing_zero() -> None:
    def perfect(number: int) -> list[list[Detection]]:
        return [
            [
                Detection(kind=CLASSES[number], score=0.9, box=Box(x1=r[1], y1=r[2], x2=r[3], y2=r[4]))
                for r in scene.boxes
                if r[0] == number
            ]
            for scene in SCENES
        ]

    number = NUMBER_OF["person"]
    assert average_precision(number, "person", SCENES, perfect(number)) == pytest.approx(1.0)
    assert average_precision(number, "person", SCENES, [[] for _ in SCENES]) == 0.0
    twice = [one + one for one in perfect(number)]
    assert average_precision(number, "person", SCENES, twice) < 1.0
    assert average_precision(number, "person", [SCENES[0]][:0], []) is None


def test_the_demo_model_finds_four_of_five_things_on_scenes_it_never_saw() -> None:
    become_model_process()
    detector = Detector(FOLDER)
    detector._limits[:] = 0.02
    assert score_detector(detector.detect, 60).map50 >= 0.80
    manifest = detector.manifest
    assert manifest.eval.mAP50 >= 0.80
    assert manifest.training.seed == 0
    assert tuple(one.name for one in manifest.classes) == CLASSES


def test_the_demo_model_is_small_and_is_the_file_of_its_manifest() -> None:
    manifest, data = checked_file(FOLDER)
    assert len(data) < 3_000_000
    assert manifest.grade is ModelGrade.DEMO_SYNTHETIC
    with pytest.raises(ModelForSyntheticCamerasOnly):
        check_binding(manifest, synthetic_camera=False)


def test_the_demo_model_passes_its_probe() -> None:
    assert probe(Path(FOLDER)).kinds == tuple(sorted(CLASSES))
