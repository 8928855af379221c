from __future__ import annotations

import numpy as np
import pytest

from bench.vision_quality import recalls
from vision.demo.faults import MAKERS, another_hour, blurred, card, dark, lively
from vision.demo.scenes import render
from vision.quality.judging import Baseline, baseline_of, faults_of
from vision.quality.measuring import made_small, measure
from vision.quality.values import Fault

VIEW = render(700_000, 640).image


def own_baseline() -> tuple[Baseline, np.ndarray]:
    rng = np.random.default_rng(0)
    healthy = [made_small(lively(rng, VIEW)) for _ in range(8)]
    reference = healthy[0].grey
    found = baseline_of([measure(one, reference=reference) for one in healthy])
    assert found
    return found, reference


def judged(image: np.ndarray) -> frozenset[Fault]:
    baseline, reference = own_baseline()
    return faults_of(measure(made_small(image), reference=reference), baseline)


@pytest.fixture(scope="module")
def found() -> tuple[dict[str, float], dict[str, int], float]:
    return recalls(25)


@pytest.mark.parametrize("way", [*(make.__name__ for _, make in MAKERS), "frozen", "scene_moved"])
def test_every_fault_is_found_nineteen_times_of_twenty(way: str, found: tuple[dict[str, float], dict[str, int], float]) -> None:
    assert found[0][way] >= 0.95


def test_good_pictures_are_left_alone(found: tuple[dict[str, float], dict[str, int], float]) -> None:
    assert found[1] == {}


@pytest.mark.parametrize("seed", range(5))
def test_the_same_view_at_another_hour_is_healthy(seed: int) -> None:
    assert judged(another_hour(np.random.default_rng(seed), VIEW)) == frozenset()


def test_a_picture_that_did_not_change_is_frozen_and_one_that_did_is_not() -> None:
    baseline, _ = own_baseline()
    rng = np.random.default_rng(1)
    first, second = made_small(lively(rng, VIEW)), made_small(lively(rng, VIEW))
    assert Fault.FROZEN in faults_of(measure(first, before=first), baseline)
    assert Fault.FROZEN not in faults_of(measure(second, before=first), baseline)


def test_without_a_picture_before_nobody_says_that_it_froze() -> None:
    assert measure(made_small(VIEW)).changed_share is None


def test_a_blurred_picture_is_not_said_to_show_another_scene() -> None:
    assert judged(blurred(np.random.default_rng(2), VIEW)) == {Fault.BLURRED}


def test_a_dark_picture_is_not_said_to_show_another_scene() -> None:
    assert Fault.SCENE_MOVED not in judged(dark(np.random.default_rng(2), VIEW))


def test_a_baseline_needs_some_healthy_pictures() -> None:
    one = measure(made_small(VIEW))
    assert baseline_of([one] * 4) is None
    assert baseline_of([one] * 5) is not None


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((480, 640), np.uint8),
        np.full((360, 640, 4), 90, np.uint8),
        np.full((2, 4000, 3), 255, np.uint8),
        np.zeros((720, 1280, 3), np.uint8),
    ],
    ids=["a pixel", "grey", "with alpha", "a strip", "black"],
)
def test_odd_pictures_are_measured_and_not_called_healthy(image: np.ndarray) -> None:
    assert judged(image)


def test_the_card_of_a_recorder_is_no_healthy_picture() -> None:
    for seed in range(4):
        assert Fault.COVERED in judged(card(np.random.default_rng(seed), VIEW)) or Fault.DARK in judged(VIEW * 0)
