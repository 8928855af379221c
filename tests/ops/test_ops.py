"""The private cluster and the supervisor, on the real thing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from foundation.database import Database
from foundation.settings import Settings
from ops.commands import require_free_port
from ops.demo.districts import schematic_districts
from ops.demo.load import SEED, seed_city
from ops.demo.plan import demo_sites, fingerprint
from ops.home import MARK, Account, Home, OpsError, database_account, prepare, reachable, socket_folder
from ops.postgres import PostgresCluster
from ops.supervisor import Service, read_state
from sites.mandatory_layers import mandatory_layers
from sites.states import PlottingState
from spatial.plots import Plot, PlotContext, PlotFeature, Severity
from spatial.validity import check_plot

ROOT = Path(__file__).parents[2]


def home_in(folder: Path) -> Home:
    folder.chmod(0o755)
    return Home(folder=folder / "home", data=folder / "data", sockets=folder / "data" / "run", account=database_account())


def test_a_folder_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    home.data.mkdir()
    (home.data / "somebody").write_text("elses")
    with pytest.raises(OpsError, match="was not made by geowarden"):
        prepare(home)
    (home.data / "somebody").unlink()
    prepare(home)
    prepare(home)
    assert (home.data / MARK).exists()


def test_long_socket_paths_move_to_a_short_folder(tmp_path: Path) -> None:
    assert socket_folder(tmp_path / "data") == tmp_path / "data" / "run"
    moved = socket_folder(tmp_path / ("long" * 30))
    assert len(str(moved)) < 40
    assert moved == socket_folder(tmp_path / ("long" * 30))


def test_a_folder_under_a_closed_one_is_not_reachable(tmp_path: Path) -> None:
    stranger = Account(name="nobody", uid=65534, gid=65534)
    tmp_path.chmod(0o700)
    assert not reachable(tmp_path / "data", stranger)


def test_a_taken_port_is_one_clear_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OpsError, match=f"Port {port} on 127.0.0.1 is taken"):
            require_free_port("127.0.0.1", port)


def test_the_cluster_comes_back_after_being_killed(cluster: PostgresCluster, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents:
        if parent.owner() == "root" and str(parent).startswith("/tmp/"):
            parent.chmod(0o755)
    account = database_account()
    from ops.home import private_folder

    private_folder(tmp_path / "run", account)
    own = PostgresCluster(folder=tmp_path / "pg", sockets=tmp_path / "run", account=account)
    own.initialise()
    own.initialise()
    service = Service(
        name="postgres", command=own.command(), log=tmp_path / "log", popen=own.as_account(), stop_signal=signal.SIGINT
    )
    service.start()
    own.wait_ready()
    own.ensure_database()
    assert service.process is not None
    os.killpg(service.process.pid, signal.SIGKILL)
    service.process.wait()
    own.stop_stray()
    service.start()
    own.wait_ready()
    with psycopg.connect(own.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    service.stop()


def wait_until(true: object, seconds: float = 8.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_the_supervisor_restarts_what_ends_and_ends_whole_groups(tmp_path: Path) -> None:
    script = "import subprocess, sys, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    log = tmp_path / "log"
    runner = (
        "import sys; from pathlib import Path; from ops.supervisor import Service, Supervisor\n"
        f"s = Service(name='x', command=[sys.executable, '-c', {script!r}], log=Path({str(log)!r}))\n"
        f"Supervisor([s], Path({str(tmp_path / 'state')!r}), {{}}).run()  # supervise\n"
    )
    process = subprocess.Popen([sys.executable, "-c", runner], cwd=ROOT)
    state = tmp_path / "state"
    try:
        wait_until(lambda: read_state(state) and log.exists() and log.read_text().strip())
        first = read_state(state)["services"]["x"]["pid"]  # type: ignore[index]
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: read_state(state)["services"]["x"]["restarts"] == 1 and len(log.read_text().split()) == 2)  # type: ignore[index]
        grandchild = int(log.read_text().split()[1])
    finally:
        process.terminate()
        process.wait(10)
    wait_until(lambda: not Path(f"/proc/{grandchild}").exists() or "Z" in Path(f"/proc/{grandchild}/stat").read_text())
    assert read_state(state) is None


def test_the_demo_city_is_the_same_for_the_same_seed() -> None:
    assert fingerprint(demo_sites(40, 7)) == fingerprint(demo_sites(40, 7)) != fingerprint(demo_sites(40, 8))


def test_the_sixteen_districts_are_there_and_marked_schematic() -> None:
    districts = schematic_districts()
    assert len(districts) == 16
    assert all(one.schematic and one.outline.is_valid for one in districts)


def test_every_demo_camera_has_an_azimuth_that_can_be_stored() -> None:
    poses = [one.pose for site in demo_sites(500, SEED) for one in site.devices]
    azimuths = [one.azimuth_deg for one in poses if one.azimuth_deg is not None]
    assert len(azimuths) > 4000
    assert all(0 <= azimuth < 360 for azimuth in azimuths)


def test_every_complete_demo_site_keeps_every_rule() -> None:
    for site in demo_sites(120, 20261101):
        if site.plotting_state in {PlottingState.ACCEPTED, PlottingState.SUBMITTED}:
            plot = Plot(
                features=tuple(
                    PlotFeature(key=str(n), layer=one.layer, geometry=one.geometry, attributes=one.attributes)
                    for n, one in enumerate(site.features)
                )
            )
            found = check_plot(plot, PlotContext(mandatory_layers=mandatory_layers(site.works.site_type)))
            assert [remark for remark in found if remark.severity is Severity.ERROR] == []


def test_seeding_twice_writes_once_and_another_size_is_refused(database: Database, settings: Settings) -> None:
    assert not seed_city(database, settings, sites=30).already
    assert seed_city(database, settings, sites=30).already
    with pytest.raises(OpsError, match="30 sites already"):
        seed_city(database, settings, sites=31)


def test_the_command_line_says_what_is_wrong_in_one_sentence(tmp_path: Path) -> None:
    environment = os.environ | {"GEOWARDEN_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "ops", "logs", "nothing"], capture_output=True, text=True, env=environment, check=False, cwd=ROOT
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("geowarden: There is no log of “nothing”")
