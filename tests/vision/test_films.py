"""From pixels to findings: drawn films through the demo network, the tracker and the rule, against what truly happened."""

from __future__ import annotations

import pytest

from tests.vision.playing import BEGIN_S
from vision.demo import FOLDER
from vision.demo.films import Film, films, frames, view
from vision.models.runtime import Detector, become_model_process
from vision.rules.registry import make_rule
from vision.rules.values import Finding, Phase, Surroundings
from vision.tracking import GroundTracker


@pytest.fixture(scope="module")
def detector() -> Detector:
    become_model_process()
    return Detector(FOLDER)


def played(film: Film, detector: Detector) -> list[Finding]:
    rule = make_rule(film.algorithm, Surroundings(view=view(), kinds=detector.kinds, zones=film.zones))
    tracker, found = GroundTracker(view()), []
    for at_s, image in frames(film):
        look = tracker.look(BEGIN_S + at_s, detector.detect(image))
        found += rule.update(look).findings
    return [one for one in found if one.phase in {Phase.START, Phase.SINGLE}]


@pytest.mark.parametrize("film", films(), ids=lambda one: one.name)
def test_a_film_gives_the_one_finding_that_is_true_or_none(film: Film, detector: Detector) -> None:
    assert len(played(film, detector)) == (1 if film.raises else 0)


def test_a_finding_of_a_film_lies_where_it_happened(detector: Detector) -> None:
    (film,) = [one for one in films() if one.name == "a bare head beside a lorry"]
    (finding,) = played(film, detector)
    assert finding.place.x_m == pytest.approx(-1.2, abs=0.6)
    assert finding.place.y_m == pytest.approx(8.0, abs=0.8)


def test_a_film_is_the_same_every_time() -> None:
    film = films()[0]
    first, second = (next(iter(frames(film)))[1] for _ in range(2))
    assert (first == second).all()
