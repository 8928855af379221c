"""What the demo shows of planning: some cameras calibrated on painted pictures, and digital plans at several stages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
from shapely import Point
from sqlalchemy import func, select

from coverage.models import SiteCoverage
from coverage.placement.suggesting import suggest_cameras
from coverage.placement.values import PlacementRequest
from coverage.plans.drafting import draft_plan, submit_plan
from coverage.plans.reviewing import approve_plan
from coverage.plans.values import items_from
from coverage.states import CoverageView
from foundation.work import Work
from ops.demo.pictured import HEIGHT, PIXELS, WIDTH, Truth, truth_of
from ops.demo.watching import AUTHOR
from sites.cameras.aiming import pose_now
from sites.cameras.calibrating import PointGiven, calibrate_camera
from sites.cameras.models import Camera, CameraPose
from sites.cameras.pictures import keep_picture
from sites.cameras.poses import given_of
from sites.cameras.states import CameraKind, FootprintMethod, PictureSource
from sites.cameras.surroundings import surroundings_of
from sites.models import Site
from spatial.cameras.georeferencing import Grade

CALIBRATED = 3
#: Sites with a plan: approved, handed in, drafted.
PLANNED = 3
#: How far a person's click is off, pixels.
CLICK_PX = 0.6
#: The best share a site may have and still be worth a plan.
WELL_WATCHED = 0.8
NAMES = {"new_camera": "规划摄像机{number}", "re_aim": "调整摄像机{number}"}


def show_planning(unit: Work) -> None:
    """Calibrate some cameras and plan some sites, with the product's own use cases."""
    shown = replace(unit, viewer=replace(unit.viewer, name=AUTHOR))
    _calibrate(shown)
    _plan(shown)


def _calibrate(unit: Work) -> None:
    posed = (
        select(Camera)
        .join(CameraPose, CameraPose.camera_id == Camera.id)
        .where(
            Camera.kind == CameraKind.FIXED.value,
            CameraPose.method == FootprintMethod.PINHOLE.value,
            func.upper_inf(CameraPose.valid),
            # one that looks too flat or too steep has no good points on the ground
            CameraPose.tilt_deg.between(15, 30),
        )
        .order_by(Camera.id)
    )
    done = 0
    for camera in unit.session.scalars(posed):
        if done == CALIBRATED:
            return
        truth = _truth(unit, camera)
        points = _clicked(truth, camera.id)
        with unit.attempt():
            keep_picture(unit, camera, truth.picture(), PictureSource.UPLOAD, unit.now)
            found = calibrate_camera(unit, camera.id, points, width_px=WIDTH, height_px=HEIGHT, version=camera.version)
        done += found.row.grade == Grade.VERIFIED.value


def _truth(unit: Work, camera: Camera) -> Truth:
    given = given_of(pose_now(unit, camera.id))
    assert given.location is not None
    frame = surroundings_of(unit, unit.session.get_one(Site, camera.site_id)).frame
    return truth_of(
        frame,
        given.location,
        height_m=given.height_m or 6.0,
        azimuth_deg=given.azimuth_deg or 0.0,
        tilt_deg=given.tilt_deg or 20.0,
        hfov_deg=given.hfov_deg or 60.0,
        range_m=given.range_m or 100.0,
    )


def _clicked(truth: Truth, seed: int) -> list[PointGiven]:
    off = np.random.default_rng(seed).normal(0.0, CLICK_PX, (len(PIXELS), 2))
    return [
        PointGiven(u_px=u + float(du), v_px=v + float(dv), location=Point(truth.place((u, v))))
        for (u, v), (du, dv) in zip(PIXELS, off, strict=True)
    ]


def _plan(unit: Work) -> None:
    """The worst watched sites that cameras can do something for."""
    worst = (
        select(SiteCoverage.site_id)
        .where(
            SiteCoverage.view == CoverageView.NOMINAL.value, SiteCoverage.share < WELL_WATCHED, SiteCoverage.required >= PLANNED
        )
        .order_by(SiteCoverage.share.desc(), SiteCoverage.site_id)
        .limit(PLANNED)
    )
    for stage, site_id in enumerate(unit.session.scalars(worst).all()):
        suggestion = suggest_cameras(unit, site_id, PlacementRequest(most_cameras=6))
        items = items_from(
            suggestion,
            lambda kind, number: NAMES[kind].format(number=number),
            due_on=(unit.now + timedelta(days=30)).date(),
            responsible="项目机电负责人",
        )
        if not items:
            continue
        plan = draft_plan(unit, site_id, items, "按缺口补设摄像机")
        unit.session.flush()
        if stage < PLANNED - 1:
            submit_plan(unit, site_id, plan.number, version=plan.version)
            unit.session.flush()
        if stage == 0:
            approve_plan(unit, site_id, plan.number, "同意，到期前安装到位", version=plan.version)
