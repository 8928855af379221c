"""From an uploaded file to something that can be drawn: a job that works in a child process and tells how far it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from threading import Timer
from typing import Any

import shapely
from geoalchemy2.shape import from_shape, to_shape
from sqlalchemy import select

from foundation import audit
from foundation.database import Database
from foundation.jobs import defer, long_job
from foundation.log import get_log
from foundation.settings import Settings
from foundation.viewer import SYSTEM
from foundation.work import Work, work
from sites.models import Site
from spatial.crs import PLANE_SRID, STORAGE_SRID, SourceCrs
from spatial.geodesy import distance_m
from tiles.imagery.changes import ImageryReady
from tiles.imagery.errors import TakenInFuture
from tiles.imagery.files import index_path, raster_path, upload_path
from tiles.imagery.models import ImageryItem
from tiles.imagery.receiving import finished_upload
from tiles.imagery.states import ImageryKind, IngestState, RasterFault

#: Farther from its site than this, an image has the wrong reference system or belongs to another site.
FARTHEST_M = 20_000.0
#: Progress is written at most so often.
TELL_EVERY_S = 1.0
ROOT = Path(__file__).parents[2]

Told = Callable[[float], None]


@dataclass(frozen=True, kw_only=True)
class NewImagery:
    """What somebody says of a file that arrived."""

    upload_id: int
    kind: ImageryKind
    title: str
    taken_at: datetime
    flight_id: int | None = None
    #: For a file that does not say; a plane or geographic system.
    source_crs: SourceCrs | None = None


@dataclass(frozen=True, kw_only=True)
class Means:
    """Where files lie and how much reading one may take; a job has no settings of its own."""

    folder: str
    most_pixels: int
    memory_mb: int
    timeout_s: float


def means_of(settings: Settings) -> Means:
    """What the settings allow."""
    limits = settings.imagery
    return Means(
        folder=str(settings.data.folder.resolve()),
        most_pixels=limits.most_megapixels * 1_000_000,
        memory_mb=limits.memory_mb,
        timeout_s=limits.timeout_s,
    )


def register_imagery(work: Work, site_id: int, new: NewImagery, means: Means) -> ImageryItem:
    """Catalogue a file that arrived, and queue making it drawable."""
    work.require("manage_imagery")
    if new.taken_at > work.now:
        raise TakenInFuture(field="/taken_at")
    upload = finished_upload(work, new.upload_id, site_id)
    if new.flight_id is not None:
        from tiles.flights.reading import flight_of

        flight_of(work, new.flight_id, site_id=site_id)
    item = ImageryItem(
        site_id=site_id,
        kind=new.kind.value,
        title=new.title or upload.name,
        taken_at=new.taken_at,
        flight_id=new.flight_id,
        key=upload.key,
        state=IngestState.WAITING.value,
        done_share=0.0,
        fault_members={},
    )
    work.session.add(item)
    work.session.flush()
    audit.record(work, "imagery_registered", "imagery", item.id, site_id=site_id, kind=new.kind.value)
    crs = _crs(new.source_crs)
    # one after the other: each takes a processor and gigabytes
    defer(work, "ingest_imagery", lock="ingest_imagery", imagery_id=item.id, crs=crs, means=asdict(means))
    return item


@long_job("ingest_imagery")
def ingest_imagery(database: Database, *, imagery_id: int, crs: str | None, means: dict[str, Any]) -> None:
    """Have the raster made; what was refused says why, and what was sent is gone either way."""
    with work(database, SYSTEM) as unit:
        item = unit.session.get(ImageryItem, imagery_id)
        if item is None:
            return
        item.state, key, kind = IngestState.RUNNING.value, item.key, item.kind
    given = Means(**means)
    folder = Path(given.folder)
    source, target = upload_path(folder, key), raster_path(folder, key)
    order = {
        "source": str(source), "target": str(target), "index": str(index_path(folder, key)), "kind": kind, "crs": crs,
        "most_pixels": given.most_pixels, "memory_mb": given.memory_mb,
    }  # fmt: skip
    try:
        answer = run_child(order, given.timeout_s, lambda share: _tell(database, imagery_id, share))
        made = answer.get("made")
        if made is None:
            _fail(database, imagery_id, RasterFault(answer["fault"]), answer["members"])
        else:
            _finish(database, imagery_id, made)
    finally:
        source.unlink(missing_ok=True)
        if not _is_ready(database, imagery_id):
            target.unlink(missing_ok=True)
            index_path(folder, key).unlink(missing_ok=True)


def run_child(order: dict[str, Any], timeout_s: float, tell: Told) -> dict[str, Any]:
    """Let the child work; its last line is the answer. One that died or took too long is answered for."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "LANG") if name in os.environ}
    child = subprocess.Popen(
        [sys.executable, "-m", "tiles.imagery.child", json.dumps(order)],
        cwd=ROOT, env=kept, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    late = Timer(timeout_s, child.kill)
    late.start()
    last: dict[str, Any] = {}
    with child:
        assert child.stdout is not None
        assert child.stderr is not None
        for said in _lines(child.stdout):
            if "share" in said:
                tell(float(said["share"]))
            else:
                last = said
        words = child.stderr.read()
    in_time = late.is_alive()
    late.cancel()
    if last:
        return last
    get_log().error("raster_child_failed", code=child.returncode, words=words[-500:])
    return {"fault": (RasterFault.CORRUPT if in_time else RasterFault.TOOK_TOO_LONG).value, "members": {}}


def _lines(stream: Any) -> Iterator[dict[str, Any]]:
    for line in stream:
        with suppress(json.JSONDecodeError):
            said = json.loads(line)
            if isinstance(said, dict):
                yield said


class _Clock:
    told_at = 0.0


def _tell(database: Database, imagery_id: int, share: float) -> None:
    if time.monotonic() - _Clock.told_at < TELL_EVERY_S:
        return
    _Clock.told_at = time.monotonic()
    with work(database, SYSTEM) as unit:
        item = unit.session.get(ImageryItem, imagery_id)
        if item is not None:
            item.done_share = share


def _finish(database: Database, imagery_id: int, made: dict[str, Any]) -> None:
    with work(database, SYSTEM) as unit:
        item = unit.session.get(ImageryItem, imagery_id)
        if item is None:
            return
        footprint = shapely.from_wkb(made.pop("footprint"))
        site = unit.session.execute(select(Site.location).where(Site.id == item.site_id)).scalar_one()
        away_m = 0.0
        if site is not None:
            here = to_shape(site)
            away_m = 0.0 if footprint.covers(here) else distance_m(shapely.ops.nearest_points(footprint, here)[0], here)
        if away_m > FARTHEST_M:
            item.state, item.fault = IngestState.FAILED.value, RasterFault.ELSEWHERE.value
            item.fault_members = {"away_km": round(away_m / 1000)}
            return
        for name, value in made.items():
            setattr(item, name, value)
        item.footprint = from_shape(footprint, srid=STORAGE_SRID)
        item.state, item.done_share = IngestState.READY.value, 1.0
        unit.announce(ImageryReady(site_id=item.site_id, imagery_id=item.id))


def _fail(database: Database, imagery_id: int, fault: RasterFault, members: dict[str, Any]) -> None:
    with work(database, SYSTEM) as unit:
        item = unit.session.get(ImageryItem, imagery_id)
        if item is not None:
            item.state, item.fault, item.fault_members = IngestState.FAILED.value, fault.value, members


def _is_ready(database: Database, imagery_id: int) -> bool:
    with work(database, SYSTEM, read_only=True) as unit:
        item = unit.session.get(ImageryItem, imagery_id)
        return item is not None and item.state == IngestState.READY.value


def _crs(source: SourceCrs | None) -> str | None:
    if source is None:
        return None
    return f"EPSG:{PLANE_SRID.get(source, STORAGE_SRID)}"
