"""Vector tiles: what is drawn where, ETags, TileJSON, versions; base maps behind the proxy."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import mapbox_vector_tile
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from foundation.settings import Basemap
from tests.make import City, Person
from tiles.basemaps import GREY_PNG, TiandituNotConfigured, tianditu_tile
from tiles.layers import LAYERS

SignIn = Callable[[Person], TestClient]


def address(lon: float, lat: float, z: int) -> tuple[int, int]:
    import math

    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * 2**z), int(y * 2**z)


@pytest.fixture
def client(city: City, signed_in: SignIn) -> TestClient:
    city.plotted_site()
    return signed_in(city.officer())


def features(client: TestClient, layer: str, z: int, lon: float = 121.4704, lat: float = 31.2269) -> list[dict[str, object]]:
    x, y = address(lon, lat, z)
    answer = client.get(f"/tiles/{layer}/{z}/{x}/{y}.mvt")
    assert answer.status_code in {200, 204}, answer.text
    return mapbox_vector_tile.decode(answer.content)[layer]["features"] if answer.status_code == 200 else []


def test_a_site_in_force_is_drawn_with_its_id_and_codes(client: TestClient) -> None:
    [site] = features(client, "sites", 15)
    assert site["id"] == 1
    assert site["properties"]["plotting_state"] == "accepted"  # type: ignore[index]
    assert site["geometry"]["type"] == "Polygon"  # type: ignore[index]


def test_every_layer_tells_the_fields_its_tiles_hold(client: TestClient) -> None:
    for name, layer in LAYERS.items():
        described = client.get(f"/tiles/{name}.json").json()
        assert described["tilejson"] == "3.0.0"
        assert described["vector_layers"][0]["fields"] == dict(layer.fields)
        zoom = min(16, layer.max_zoom)
        for feature in features(client, name, zoom):
            assert set(feature["properties"]) <= set(layer.fields)  # type: ignore[call-overload]


def test_plan_layers_are_drawn_and_the_boundary_is_not_among_them(client: TestClient) -> None:
    assert {feature["properties"]["layer"] for feature in features(client, "plan_layers", 15)} == {"gate", "water_edge"}  # type: ignore[index]


def test_an_unplotted_site_is_a_label_and_no_surface(city: City, signed_in: SignIn) -> None:
    city.site()
    client = signed_in(city.officer())
    assert features(client, "sites", 15) == []
    [label] = features(client, "site_labels", 15)
    assert label["properties"]["plotted"] == 0  # type: ignore[index]


def test_an_etag_spares_the_body_and_an_empty_tile_has_none(client: TestClient) -> None:
    x, y = address(121.4704, 31.2269, 15)
    first = client.get(f"/tiles/sites/15/{x}/{y}.mvt")
    tag = first.headers["etag"]
    for header in (tag, f'"other", W/{tag}', "*"):
        assert client.get(f"/tiles/sites/15/{x}/{y}.mvt", headers={"If-None-Match": header}).status_code == 304
    assert client.get(f"/tiles/sites/15/{x}/{y}.mvt", headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.get("/tiles/sites/15/0/0.mvt").status_code == 204
    assert first.headers["cache-control"].startswith("private")


@pytest.mark.parametrize(
    ("path", "status"),
    [("roads/3/1/1", 404), ("sites/3/9/1", 422), ("sites/40/1/1", 422), ("sites/3/-1/1", 422), ("sites/a/1/1", 422)],
)
def test_bad_addresses_are_refused(client: TestClient, path: str, status: int) -> None:
    assert client.get(f"/tiles/{path}.mvt").status_code == status


def test_an_accepted_plot_gives_its_layers_a_new_address(city: City, signed_in: SignIn) -> None:
    site_id, client = city.site(), signed_in(city.officer())
    before = client.get("/tiles/sites.json").json()["tiles"]
    from tests.make import complete_plot

    city.plot(site_id, complete_plot())
    assert client.get("/tiles/sites.json").json()["tiles"] != before


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(10, 16))
def test_a_visible_site_is_in_a_tile_of_every_zoom(client: TestClient, zoom: int) -> None:
    assert [feature["id"] for feature in features(client, "sites", zoom)] == [1]


class Tianditu(BaseHTTPRequestHandler):
    """A simulator of the tile service: answers pictures, or fails as it is told to."""

    answer: tuple[int, str, bytes] = (200, "image/png", GREY_PNG)
    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.asked.append(self.path)
        status, media_type, body = self.answer
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def tianditu() -> Iterator[Basemap]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tianditu)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Basemap(
        tianditu_token=SecretStr("secret-token"), tianditu_hosts=(f"127.0.0.1:{server.server_port}",), tianditu_timeout_s=1.0
    )
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        ((200, "image/png", GREY_PNG), False),
        ((500, "text/html", b"no"), True),
        ((200, "text/html", b"login"), True),
        ((302, "text/html", b""), True),
    ],
)
def test_the_proxy_answers_a_grey_tile_when_the_service_fails(
    tianditu: Basemap, answer: tuple[int, str, bytes], failed: bool
) -> None:
    Tianditu.answer = answer
    tile = tianditu_tile(tianditu, "vec", 10, 857, 418, scheme="http")
    assert (tile.failed, tile.body) == (failed, GREY_PNG)
    assert "TILEMATRIX=10&TILEROW=418&TILECOL=857" in Tianditu.asked[-1]


def test_without_a_token_there_is_no_proxy(client: TestClient) -> None:
    answer = client.get("/basemap/tianditu/vec/10/857/418")
    assert (answer.status_code, answer.json()["type"]) == (503, f"/problems/{TiandituNotConfigured.slug()}")


def test_a_dropped_pmtiles_file_is_served_by_ranges_and_nothing_else_is(
    app: FastAPI, client: TestClient, settings: object, tmp_path: Path
) -> None:
    folder = tmp_path / "basemaps"
    folder.mkdir()
    (folder / "shanghai.pmtiles").write_bytes(b"PMTiles" + bytes(1000))
    (tmp_path / "secret.pmtiles").write_bytes(b"secret")
    (folder / "link.pmtiles").symlink_to(tmp_path / "secret.pmtiles")
    assert "pmtiles:shanghai" in [one["id"] for one in client.get("/api/v1/map/config").json()["base_maps"]]
    part = client.get("/basemap/pmtiles/shanghai.pmtiles", headers={"Range": "bytes=0-6"})
    assert (part.status_code, part.content) == (206, b"PMTiles")
    for name in ("link", "..%2fsecret", "nothing"):
        assert client.get(f"/basemap/pmtiles/{name}.pmtiles").status_code == 404
