"""T5: an orthophoto in any known system becomes tiles of the map, is found by place and time, and is only ever its viewers'."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import morecantile
import numpy as np
import pystac
import pytest
import rasterio
from fastapi.testclient import TestClient
from PIL import Image
from pyproj import Transformer
from rio_cogeo.cogeo import cog_validate
from shapely import box
from shapely.geometry import shape
from sqlalchemy import text

from foundation.database import Database
from foundation.settings import Settings
from spatial.geodesy import area_m2
from tests.imagery_files import NORTH, WEST, colours, ingested, registered, uploaded, write_raster
from tests.make import City, Person, rectangle
from tiles.imagery.files import raster_path
from tiles.imagery.models import ImageryItem

SignIn = Callable[[Person], TestClient]
GRID = morecantile.tms.get("WebMercatorQuad")
PIXEL_M = 0.1


class Store:
    """A site, an officer who uploads, and how files are made drawable."""

    def __init__(self, city: City, signed_in: SignIn, database: Database, settings: Settings, tmp_path: Path) -> None:
        self.city, self.database, self.folder, self.tmp = city, database, settings.data.folder, tmp_path
        self.site = city.plotted_site()
        self.officer = signed_in(city.officer())

    def take(
        self, pixels: Any, *, taken_at: str = "2026-05-01T10:00:00+08:00", kind: str = "orthophoto", **more: Any
    ) -> dict[str, Any]:
        limits = {name: more.pop(name) for name in ("most_pixels", "memory_mb", "timeout_s", "source_crs") if name in more}
        path = write_raster(self.tmp / "a.tif", pixels, **more)
        return ingested(self.officer, self.database, self.folder, self.site, path, kind=kind, taken_at=taken_at, **limits)

    def take_file(self, data: bytes, **more: Any) -> dict[str, Any]:
        path = self.tmp / "b.tif"
        path.write_bytes(data)
        return ingested(self.officer, self.database, self.folder, self.site, path, **more)

    def tile(self, item: dict[str, Any], z: int, x: int, y: int, **query: Any) -> Any:
        answer = self.officer.get(f"/api/v1/imagery/{item['id']}/tiles/{z}/{x}/{y}", params=query)
        assert answer.status_code == 200, answer.text
        return answer

    def pixels(self, item: dict[str, Any], z: int, x: int, y: int, **query: Any) -> np.ndarray[Any, Any]:
        with Image.open(io.BytesIO(self.tile(item, z, x, y, **query).content)) as picture:
            return np.asarray(picture.convert("RGBA")).astype(int)


@pytest.fixture
def store(city: City, signed_in: SignIn, database: Database, settings: Settings, tmp_path: Path) -> Store:
    return Store(city, signed_in, database, settings, tmp_path)


def tiles_of(item: dict[str, Any], zoom: int) -> list[tuple[int, int, int]]:
    return [(one.z, one.x, one.y) for one in GRID.tiles(*item["bounds"], zooms=zoom)]


@pytest.mark.parametrize("crs", ["EPSG:4549", "EPSG:32651", "EPSG:4490"])
def test_an_orthophoto_in_any_known_system_lies_where_it_was_taken(store: Store, crs: str) -> None:
    to = Transformer.from_crs("EPSG:4549", crs, always_xy=True)
    west, north = to.transform(WEST, NORTH)
    east, south = to.transform(WEST + 200, NORTH - 120)
    size = {"transform": rasterio.transform.from_bounds(west, south, east, north, 1000, 600)}
    item = store.take(colours(1000, 600), crs=crs, georeferenced=False, **size)
    assert (item["state"], item["fault"], item["source_crs"]) == ("ready", None, crs)
    assert item["resolution_m"] == pytest.approx(0.2, rel=0.02)
    ground = shape(item["footprint"])
    golden = rectangle(0, 0)
    # a frame that is upright in one system leans a little in another
    assert area_m2(ground.symmetric_difference(golden)) / area_m2(golden) < 0.08
    assert area_m2(ground) == pytest.approx(24_000, rel=0.04)


def test_the_colour_of_a_place_is_the_colour_it_has_in_the_file(store: Store) -> None:
    pixels = colours(1600, 1000, step=64)
    item = store.take(pixels, pixel_m=PIXEL_M)
    to_plane = Transformer.from_crs("EPSG:3857", "EPSG:4549", always_xy=True)
    rng = np.random.default_rng(7)
    compared = 0
    for z, x, y in tiles_of(item, item["max_zoom"])[::2]:
        found = store.pixels(item, z, x, y)
        bounds = GRID.xy_bounds(x, y, z)
        for column, row in rng.integers(0, 256, (24, 2)):
            step = (bounds.right - bounds.left) / 256
            east, north = to_plane.transform(bounds.left + (column + 0.5) * step, bounds.top - (row + 0.5) * step)
            across, down = (east - WEST) / PIXEL_M, (NORTH - north) / PIXEL_M
            # away from the borders of the pattern, where neighbours are mixed
            if 0 <= across < 1600 and 0 <= down < 1000 and all(6 < one % 64 < 58 for one in (across, down)):
                assert found[row, column, 3] == 255
                assert found[row, column, :3] == pytest.approx(pixels[:, int(down), int(across)], abs=14)
                compared += 1
    assert compared > 50


def test_the_raster_is_a_cog_whose_blocks_are_the_tiles_and_whole_ones_are_copied(store: Store) -> None:
    item = store.take(colours(1600, 1000), pixel_m=PIXEL_M)
    with store.city.work() as unit:
        key = unit.session.get_one(ImageryItem, item["id"]).key
    path = raster_path(store.folder, key)
    valid, errors, _ = cog_validate(path)
    assert (valid, errors) == (True, [])
    raw = path.read_bytes()
    kinds = {"image/jpeg": 0, "image/png": 0}
    for zoom in range(item["min_zoom"], item["max_zoom"] + 1):
        for z, x, y in tiles_of(item, zoom):
            answer = store.tile(item, z, x, y)
            kinds[answer.headers["content-type"]] += 1
            if answer.headers["content-type"] == "image/jpeg":
                with Image.open(io.BytesIO(answer.content)) as picture:
                    picture.load()
                    assert picture.size == (256, 256)
                # what comes after the tables stands in the file byte for byte
                assert answer.content[-400:] in raw
    assert kinds["image/jpeg"] > 4
    assert kinds["image/png"] > 10


def test_a_copied_tile_is_what_drawing_it_would_have_given(store: Store) -> None:
    from rio_tiler.io import Reader

    item = store.take(colours(1600, 1000), pixel_m=PIXEL_M)
    with store.city.work() as unit:
        key = unit.session.get_one(ImageryItem, item["id"]).key
    with Reader(str(raster_path(store.folder, key))) as reader:
        for zoom in range(item["min_zoom"], item["max_zoom"] + 1):
            for z, x, y in tiles_of(item, zoom)[:12]:
                drawn, ours = reader.tile(x, y, z), store.pixels(item, z, x, y)
                there = drawn.mask > 0
                assert np.array_equal(there, ours[..., 3] > 0)
                if there.any():
                    apart = np.abs(np.moveaxis(np.asarray(drawn.data).astype(int), 0, 2) - ours[..., :3])[there]
                    assert apart.mean() <= 1


def test_outside_is_transparent_and_beyond_the_grid_there_is_nothing(store: Store) -> None:
    item = store.take(colours(400, 400), pixel_m=PIXEL_M)
    z, x, y = tiles_of(item, item["max_zoom"])[0]
    assert store.pixels(item, z, x - 40, y).max() == 0
    assert store.pixels(item, 3, *(one >> (z - 3) for one in (x, y)))[..., 3].any() in {True, False}
    answer = store.officer.get(f"/api/v1/imagery/{item['id']}/tiles/2/9/0")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-such-tile")


def test_a_file_arrives_in_parts_and_a_part_out_of_step_is_told_where_to_go_on(store: Store) -> None:
    begun = store.officer.post(f"/api/v1/sites/{store.site}/uploads", json={"name": "a.tif", "size_bytes": 10}).json()
    address = f"/api/v1/uploads/{begun['id']}"
    raw = {"Content-Type": "application/octet-stream"}
    assert store.officer.put(f"{address}?offset=0", content=b"12345", headers=raw).json()["received_bytes"] == 5
    answer = store.officer.put(f"{address}?offset=2", content=b"345", headers=raw)
    assert (answer.status_code, answer.json()["type"], answer.json()["received_bytes"]) == (
        409,
        "/problems/upload-out-of-step",
        5,
    )
    assert store.officer.put(f"{address}?offset=5", content=b"678901", headers=raw).status_code == 422
    early = store.officer.post(
        f"/api/v1/sites/{store.site}/imagery", json={"upload_id": begun["id"], "taken_at": "2026-05-01T10:00:00+08:00"}
    )
    assert (early.status_code, early.json()["type"]) == (409, "/problems/upload-incomplete")
    assert store.officer.put(f"{address}?offset=5", content=b"67890", headers=raw).json()["received_bytes"] == 10


def test_an_upload_is_its_senders_alone(store: Store, signed_in: SignIn) -> None:
    upload = uploaded(store.officer, store.site, b"x")
    other = signed_in(store.city.officer())
    assert other.get(f"/api/v1/uploads/{upload}").status_code == 404
    assert other.delete(f"/api/v1/uploads/{upload}").status_code == 404
    taken = {"upload_id": upload, "taken_at": "2026-05-01T10:00:00+08:00"}
    assert other.post(f"/api/v1/sites/{store.site}/imagery", json=taken).status_code == 404


def _refused(item: dict[str, Any]) -> tuple[str, str]:
    assert item["failure"]
    assert item["tiles"] is None
    return item["state"], item["fault"]


def test_what_cannot_be_drawn_is_refused_with_its_reason(store: Store, tmp_path: Path) -> None:
    good = colours(300, 200)
    assert _refused(store.take(good, georeferenced=False)) == ("failed", "unreferenced")
    assert _refused(store.take(good, crs=None)) == ("failed", "crs_unknown")
    engineering = 'LOCAL_CS["site grid",UNIT["metre",1]]'
    assert _refused(store.take(good, crs=engineering)) == ("failed", "crs_unknown")
    assert _refused(store.take(good, most_pixels=50_000)) == ("failed", "too_many_pixels")
    assert _refused(store.take(good.astype(np.uint16))) == ("failed", "bands_not_drawable")
    assert _refused(store.take(good, kind="surface_model")) == ("failed", "not_heights")
    assert _refused(store.take_file(b"%PDF-1.7 this is none")) == ("failed", "not_geotiff")
    assert _refused(store.take_file(b"II*\0 and then nothing that makes sense")) == ("failed", "corrupt")
    assert _refused(store.take(good, crs="EPSG:4550")) == ("failed", "elsewhere")
    whole = write_raster(tmp_path / "c.tif", colours(2000, 2000), compress="jpeg").read_bytes()
    broken = bytearray(whole)
    broken[len(broken) // 2 : len(broken) // 2 + 20_000] = b"\xff" * 20_000
    assert _refused(store.take_file(bytes(broken))) == ("failed", "corrupt")
    assert store.officer.get("/api/v1/imagery?ready=true").json()["total"] == 0


def test_a_bomb_of_empty_pixels_is_refused_by_its_size_before_it_is_unpacked(store: Store) -> None:
    path = store.tmp / "bomb.tif"
    layout = {"driver": "GTiff", "width": 60_000, "height": 60_000, "count": 3, "dtype": "uint8", "crs": "EPSG:4549"}
    with rasterio.open(
        path, "w", **layout, transform=rasterio.transform.from_origin(WEST, NORTH, 0.01, 0.01), sparse_ok=True, tiled=True
    ):
        pass
    assert path.stat().st_size < 2_000_000
    item = store.take_file(path.read_bytes(), most_pixels=2_500_000_000)
    assert _refused(item) == ("failed", "too_many_pixels")
    assert "60000" in item["failure"]


def test_a_virtual_file_that_names_other_files_is_no_geotiff(store: Store) -> None:
    virtual = b'<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
    virtual += b"<SourceFilename>/etc/passwd</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
    assert _refused(store.take_file(virtual)) == ("failed", "not_geotiff")


def test_what_was_sent_is_gone_whatever_came_of_it(store: Store) -> None:
    store.take(colours(300, 200))
    store.take_file(b"nothing")
    assert [one.name for one in (store.folder / "uploads").iterdir()] == []


def test_the_system_of_a_file_that_does_not_say_can_be_named(store: Store) -> None:
    item = store.take(colours(300, 200), crs=None, source_crs="epsg4549")
    assert (item["state"], item["source_crs"]) == ("ready", "EPSG:4549")


def test_stac_finds_by_place_time_and_site_what_pystac_reads(store: Store) -> None:
    early = store.take(colours(300, 200), taken_at="2026-04-01T10:00:00+08:00")
    late = store.take(colours(300, 200), taken_at="2026-05-01T10:00:00+08:00")

    def found(**query: Any) -> list[int]:
        answer = store.officer.get("/stac/search", params=query)
        assert answer.status_code == 200, answer.text
        return [int(one["id"]) for one in answer.json()["features"]]

    assert found() == [late["id"], early["id"]]
    assert found(datetime="2026-04-20T00:00:00Z/..") == [late["id"]]
    assert found(datetime="../2026-04-20T00:00:00Z") == [early["id"]]
    assert found(bbox="121,31,122,32", site_id=store.site, limit=1) == [late["id"]]
    assert found(bbox="120,31,120.5,32") == []
    assert found(ids=f"{early['id']},abc") == [early["id"]]
    assert found(collections="surface_model") == []
    posted = store.officer.post("/stac/search", json={"bbox": [121, 31, 122, 32], "ids": [str(late["id"])]}).json()
    assert (posted["numberMatched"], posted["numberReturned"]) == (1, 1)
    item = pystac.Item.from_dict(store.officer.get(f"/stac/collections/orthophoto/items/{late['id']}").json())
    assert item.datetime is not None
    assert (item.datetime.isoformat(), item.properties["gsd"]) == ("2026-05-01T02:00:00+00:00", pytest.approx(0.1, rel=0.01))
    assert pystac.Catalog.from_dict(store.officer.get("/stac").json()).id == "geowarden"
    assert pystac.Collection.from_dict(store.officer.get("/stac/collections/orthophoto").json()).id == "orthophoto"
    paged = store.officer.get("/stac/search?limit=1").json()
    following = next(one["href"] for one in paged["links"] if one["rel"] == "next")
    assert [int(one["id"]) for one in store.officer.get(following).json()["features"]] == [early["id"]]


@pytest.mark.parametrize(
    ("query", "field"),
    [("bbox=1,2,3", "/bbox"), ("bbox=a,b,c,d", "/bbox"), ("bbox=5,0,4,1", "/bbox"), ("datetime=yesterday", "/datetime"),
     ("datetime=2026-01-01T00:00:00Z/2025-01-01T00:00:00Z", "/datetime"), ("limit=0", "/limit")],
)  # fmt: skip
def test_a_search_that_makes_no_sense_names_the_field(store: Store, query: str, field: str) -> None:
    answer = store.officer.get(f"/stac/search?{query}")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_of_two_dates_the_mosaic_shows_the_one_that_was_the_latest_then(store: Store) -> None:
    red, blue = np.zeros((3, 400, 400), np.uint8), np.zeros((3, 400, 400), np.uint8)
    red[0], blue[2] = 220, 220
    early = store.take(red, taken_at="2026-04-01T10:00:00+08:00")
    # the later one covers the west half alone
    store.take(blue[:, :, :200], taken_at="2026-05-01T10:00:00+08:00")
    z, x, y = tiles_of(early, early["max_zoom"] - 2)[0]

    def seen(**query: str) -> tuple[int, int]:
        answer = store.officer.get(f"/api/v1/imagery/mosaic/tiles/{z}/{x}/{y}", params=query)
        with Image.open(io.BytesIO(answer.content)) as picture:
            found = np.asarray(picture.convert("RGBA")).astype(int)
        there = found[..., 3] > 0
        return int((there & (found[..., 0] > 128)).sum()), int((there & (found[..., 2] > 128)).sum())

    reds, blues = seen()
    assert reds > 0
    assert blues == pytest.approx(reds, rel=0.15)
    assert seen(at="2026-04-15T00:00:00Z")[1] == 0
    assert seen(at="2026-03-01T00:00:00Z") == (0, 0)


def test_nobody_draws_or_finds_what_is_another_sites(store: Store, signed_in: SignIn) -> None:
    item = store.take(colours(300, 200))
    elsewhere = store.city.plotted_site("乙", 400, 0)
    stranger = store.city.person("station_officer")
    store.city.grant(stranger, kind="sites", site_ids=(elsewhere,))
    client = signed_in(stranger)
    z, x, y = tiles_of(item, item["max_zoom"])[0]
    for address in (f"imagery/{item['id']}", f"imagery/{item['id']}/tiles/{z}/{x}/{y}", f"imagery/{item['id']}/tilejson"):
        assert client.get(f"/api/v1/{address}").status_code == 404
    assert client.get("/api/v1/imagery").json()["total"] == 0
    assert client.get("/stac/search").json()["numberMatched"] == 0
    with Image.open(io.BytesIO(client.get(f"/api/v1/imagery/mosaic/tiles/{z}/{x}/{y}").content)) as picture:
        assert np.asarray(picture.convert("RGBA")).max() == 0
    assert client.delete(f"/api/v1/imagery/{item['id']}").status_code == 404


def test_no_route_of_imagery_takes_an_address(store: Store) -> None:
    paths = store.officer.get("/api/v1/openapi.json").json()["paths"]
    named = {
        one["name"]
        for path, methods in paths.items()
        if "imagery" in path or "stac" in path
        for method in methods.values()
        for one in method.get("parameters", [])
    }
    assert not named & {"url", "path", "file", "href", "src"}
    assert store.officer.get("/api/v1/imagery/..%2f..%2fetc/tiles/1/1/1").status_code in {404, 422}


def test_what_was_removed_is_gone_with_its_files(store: Store) -> None:
    item = store.take(colours(300, 200))
    assert len(list((store.folder / "imagery").iterdir())) == 2
    assert store.officer.delete(f"/api/v1/imagery/{item['id']}").status_code == 204
    assert store.officer.get(f"/api/v1/imagery/{item['id']}").status_code == 404
    assert list((store.folder / "imagery").iterdir()) == []


def test_making_it_drawable_is_a_job_of_the_transaction_that_registers_it(store: Store) -> None:
    path = write_raster(store.tmp / "a.tif", colours(300, 200))
    item = registered(store.officer, store.site, path.read_bytes())
    assert (item["state"], item["done_share"]) == ("waiting", 0.0)
    with store.database.engine.connect() as connection:
        jobs = connection.execute(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'ingest_imagery'")).scalars().all()
    assert [one["imagery_id"] for one in jobs] == [item["id"]]
    drawn = store.officer.get(f"/api/v1/imagery/{item['id']}/tiles/1/1/1")
    assert (drawn.status_code, drawn.json()["type"]) == (409, "/problems/imagery-not-ready")


def _heights(change: float = 0.0) -> np.ndarray[Any, Any]:
    x = np.mgrid[0:400, 0:600][1]
    ground = (4 + 0.01 * x).astype(np.float32)
    ground[100:200, 100:300] += change
    return ground[None]


def test_what_was_filled_between_two_surface_models_is_measured_and_drawn(store: Store) -> None:
    before = store.take(_heights(), kind="surface_model", pixel_m=0.2)
    after = store.take(_heights(3.0), kind="surface_model", pixel_m=0.2, taken_at="2026-06-01T10:00:00+08:00")
    assert (before["lowest_m"], before["highest_m"]) == (pytest.approx(4, abs=0.02), pytest.approx(9.99, abs=0.02))
    change = store.officer.get(f"/api/v1/imagery/{before['id']}/changes/{after['id']}").json()
    # 40 m × 20 m, three metres high
    assert change["filled_m3"] == pytest.approx(2400, rel=0.02)
    assert change["filled_m2"] == pytest.approx(800, rel=0.03)
    assert change["dug_m3"] == pytest.approx(0, abs=1)
    assert change["compared_m2"] == pytest.approx(120 * 80, rel=0.02)
    back = store.officer.get(f"/api/v1/imagery/{after['id']}/changes/{before['id']}").json()
    assert back["dug_m3"] == pytest.approx(2400, rel=0.02)
    z, x, y = tiles_of(before, before["min_zoom"])[0]
    answer = store.officer.get(f"/api/v1/imagery/{before['id']}/changes/{after['id']}/tiles/{z}/{x}/{y}")
    with Image.open(io.BytesIO(answer.content)) as picture:
        found = np.asarray(picture.convert("RGBA")).astype(int)
    there = found[..., 3] > 0
    assert there.any()
    assert (found[there][:, 0] > found[there][:, 2]).all()
    assert store.pixels(before, z, x, y, shading="height")[..., 3].any()
    assert store.pixels(before, z, x, y)[..., 3].any()


def test_an_orthophoto_has_no_heights_to_compare(store: Store) -> None:
    ortho = store.take(colours(300, 200))
    answer = store.officer.get(f"/api/v1/imagery/{ortho['id']}/changes/{ortho['id']}")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/not-a-surface-model")
    assert shape(ortho["footprint"]).intersects(box(*ortho["bounds"]))
