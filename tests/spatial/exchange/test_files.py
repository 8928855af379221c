"""Plot files: every kind goes out and comes back, bad ones are refused by name, and nothing a stranger sends is a crash."""

from __future__ import annotations

import io
import math
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ezdxf
import geopandas as gpd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from shapely import LineString, Point, Polygon, box

from foundation.problems import Problem
from spatial.crs import SourceCrs, geometry_from_storage, geometry_to_storage
from spatial.exchange.pasted import read_text
from spatial.exchange.reading import READERS, read_file
from spatial.exchange.table_files import angle_deg
from spatial.exchange.values import ExportFeature, ImportedPlot, ReadOptions
from spatial.exchange.writing import WRITERS, write_file
from spatial.geodesy import area_m2
from spatial.plan_layers import PlanLayer

SITE = geometry_to_storage(box(640000, 3457000, 640200, 3457120), SourceCrs.EPSG4549)
PLOT = [
    ExportFeature(key="a", layer=PlanLayer.BOUNDARY, name="工地红线", geometry=SITE, attributes={}),
    ExportFeature(
        key="b", layer=PlanLayer.GATE, name="1号门", geometry=Point(SITE.exterior.coords[0]), attributes={"width_m": 8.0}
    ),
    ExportFeature(
        key="c", layer=PlanLayer.HOARDING, name="围挡", geometry=LineString(list(SITE.exterior.coords)[:3]), attributes={}
    ),
]
ENDING = {"shapefile": "zip", "geopackage": "gpkg"}


def read(name: str, data: bytes, **options: Any) -> ImportedPlot:
    return read_file(name, data, ReadOptions(**options))


def boundary_of(plot: ImportedPlot) -> Any:
    return next(feature.geometry for feature in plot.features if feature.geometry.geom_type.endswith("Polygon"))


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_every_kind_comes_back_within_a_millimetre(kind: str) -> None:
    target = SourceCrs.EPSG4549 if kind == "dxf" else SourceCrs.CGCS2000
    written = write_file(kind, PLOT, target)
    mapping = {layer.value: layer for layer in PlanLayer}
    back = read(f"x.{ENDING.get(kind, kind)}", written.data, source_crs=target, layer_mapping=mapping)
    assert len(back.features) == 3
    frame = geometry_from_storage(boundary_of(back), SourceCrs.EPSG4549)
    assert frame.symmetric_difference(box(640000, 3457000, 640200, 3457120)).area < 640 * 0.001


def test_a_gbk_shapefile_keeps_its_chinese_names() -> None:
    frame = gpd.GeoDataFrame({"name": ["基坑一"]}, geometry=[SITE], crs="EPSG:4490")
    with TemporaryDirectory() as folder:
        frame.to_file(f"{folder}/plot.shp", encoding="GBK")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for ending in ("shp", "shx", "dbf", "prj"):
                archive.write(f"{folder}/plot.{ending}", f"plot.{ending}")
    assert read("x.zip", out.getvalue()).features[0].name == "基坑一"


def test_arcs_of_a_drawing_become_chords_within_a_centimetre() -> None:
    drawing = ezdxf.new()
    drawing.modelspace().add_lwpolyline([(640000, 3457000, 1), (640100, 3457000, 1)], format="xyb", close=True)
    out = io.StringIO()
    drawing.write(out)
    circle = boundary_of(read("x.dxf", out.getvalue().encode(), source_crs=SourceCrs.EPSG4549))
    assert geometry_from_storage(circle, SourceCrs.EPSG4549).area == pytest.approx(math.pi * 50**2, rel=1e-3)


def test_an_open_outline_in_a_drawing_is_refused_with_its_gap() -> None:
    drawing = ezdxf.new()
    drawing.modelspace().add_lwpolyline([(640000, 3457000), (640100, 3457000), (640100, 3457080), (640000, 3457003)])
    out = io.StringIO()
    drawing.write(out)
    with pytest.raises(Problem) as refused:
        read("x.dxf", out.getvalue().encode(), source_crs=SourceCrs.EPSG4549)
    assert refused.value.slug() == "outline-not-closed"
    assert refused.value.members["gap_m"] == pytest.approx(3.0)


def table(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def test_a_survey_table_with_x_north_is_understood_and_said() -> None:
    rows = ["点号,X,Y"] + [
        f"J{n},{y},{40_000_000 + x}"
        for n, (x, y) in enumerate([(640000, 3457000), (640200, 3457000), (640200, 3457120), (640000, 3457120)], 1)
    ]
    back = read("界址点.csv", table(*rows))
    assert {finding.code for finding in back.detected} == {"axes_survey", "zone_prefix"}
    assert back.source_crs is SourceCrs.EPSG4528
    assert area_m2(boundary_of(back)) == pytest.approx(24_000, rel=0.002)


def test_six_digit_eastings_are_asked_about_unless_only_one_zone_falls_into_shanghai() -> None:
    with pytest.raises(Problem) as asked:
        read("x.csv", table("x,y", "500000,3457000", "500200,3457000", "500200,3457120"))
    assert asked.value.slug() == "source-crs-needed"
    told = read("x.csv", table("x,y", "640000,3457000", "640200,3457000", "640200,3457120"))
    assert [finding.code for finding in told.detected] == ["only_plane"]


def test_mixed_zones_are_refused_with_their_row() -> None:
    with pytest.raises(Problem) as refused:
        read("x.csv", table("x,y", "40640000,3457000", "40640200,3457000", "41358000,3457120"))
    assert (refused.value.slug(), refused.value.members["row"]) == ("zones-mixed", 3)


def test_gcj02_is_converted_when_it_is_declared_and_only_then() -> None:
    shifted = geometry_from_storage(SITE, SourceCrs.GCJ02)
    text = "\n".join(f"{x:.10f},{y:.10f}" for x, y in list(shifted.exterior.coords)[:-1])
    declared = read_text(text, ReadOptions(source_crs=SourceCrs.GCJ02))
    assert boundary_of(declared).hausdorff_distance(SITE) * 111_000 < 0.001
    silent = read_text(text, ReadOptions())
    assert silent.source_crs is SourceCrs.CGCS2000


def test_degrees_minutes_and_seconds_are_read() -> None:
    assert angle_deg("121°28'25.32\"") == pytest.approx(121.4737)
    assert angle_deg("31度13分49.44秒") == pytest.approx(31.2304)
    with pytest.raises(ValueError, match="121"):
        angle_deg("121°75'00\"")


def test_latitude_before_longitude_is_swapped_and_said() -> None:
    back = read_text("31.22,121.47\n31.22,121.48\n31.23,121.48", ReadOptions())
    assert "axes_degrees" in {finding.code for finding in back.detected}
    assert boundary_of(back).centroid.x > 121


def test_old_datums_are_refused_with_what_to_do() -> None:
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[box(500000, 3450000, 500100, 3450100)], crs="EPSG:2437")
    with TemporaryDirectory() as folder:
        frame.to_file(f"{folder}/plot.gpkg", driver="GPKG")
        data = Path(f"{folder}/plot.gpkg").read_bytes()
    with pytest.raises(Problem) as refused:
        read("x.gpkg", data)
    assert refused.value.slug() == "source-crs-refused"


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("plot.shp", b"\x00" * 70 * 1024 * 1024)
    return out.getvalue()


def workbook() -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active.append(["lon", "lat"])
    for row in ([121.47, 31.22], [121.48, 31.22], [121.48, 31.23]):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "slug"),
    [
        ("x.doc", b"abc", "file-kind-unknown"),
        ("x.kml", b"", "nothing-in-file"),
        ("x.kml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><kml/>", "file-not-understood"),
        ("x.kml", b"<kml><Document/></kml>", "nothing-in-file"),
        ("x.zip", bomb(), "file-too-big"),
        ("x.zip", b"PK\x03\x04 damaged", "file-not-understood"),
        ("x.geojson", b"{", "file-not-understood"),
        ("x.geojson", workbook(), "file-not-understood"),
        ("x.xlsx", b"{}", "file-not-understood"),
        ("x.gpkg", b"SQLite format 3\x00 no more", "file-not-understood"),
        ("x.dxf", b"hello", "file-not-understood"),
        ("x.csv", b"lon,lat\n121.4,here", "row-not-understood"),
        ("x.csv", b"\x00\x01\x02", "file-not-understood"),
    ],
)
def test_bad_files_are_refused_by_name(name: str, data: bytes, slug: str) -> None:
    with pytest.raises(Problem) as refused:
        read(name, data)
    assert refused.value.slug() == slug


def test_a_workbook_is_read() -> None:
    assert len(read("x.xlsx", workbook()).features) == 1


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(st.sampled_from(sorted(READERS)), st.binary(max_size=400), st.integers(0, 3000))
def test_random_and_truncated_files_are_a_problem_or_a_result_and_nothing_else(ending: str, noise: bytes, cut: int) -> None:
    kind = {"zip": "shapefile", "gpkg": "geopackage", "json": "geojson", "txt": "csv"}.get(ending, ending)
    whole = write_file(kind, PLOT, SourceCrs.EPSG4549).data
    for data in (noise, whole[: min(cut, len(whole))], whole[:200] + noise + whole[200:]):
        try:
            read(f"x.{ending}", data, source_crs=SourceCrs.EPSG4549)
        except Problem:
            continue


def test_pasted_well_known_text_and_geojson_are_understood() -> None:
    for text in (
        "POLYGON((121.47 31.22,121.48 31.22,121.48 31.23,121.47 31.22))",
        '{"type":"Point","coordinates":[121.47,31.22]}',
    ):
        assert len(read_text(text, ReadOptions()).features) == 1
    assert isinstance(boundary_of(read_text("121.47,31.22;121.48,31.22;121.48,31.23", ReadOptions())), Polygon)
