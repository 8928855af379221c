"""A million entries, words of two characters: how long the one box takes, with exact counts, beside what a ``LIKE`` takes.

``python -m bench.search``: a private PostGIS with a seeded city and a million incidents said of its sites, thrown away
afterwards. Sentences are put together from words that come up as unevenly as in real life; the words looked for are common
(about one entry in ten), usual (one in a hundred) and rare (one in a thousand).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import psycopg
from sqlalchemy import select

from access.models import UserAccount
from access.viewers import viewer_of_user
from bench.measuring import percentiles_ms, refuse_a_busy_machine, report
from foundation.database import Database, open_database
from foundation.settings import Database as DatabaseSettings
from foundation.settings import Settings
from foundation.viewer import SYSTEM, Viewer
from foundation.work import work
from insights.search.indexing import rebuild_search
from insights.search.postgres import PostgresEngine
from insights.search.reading import Wanted, search
from insights.search.tokens import pieces, spaced, tokens
from ops.demo.load import seed_city
from ops.throwaway import TEMPLATE, throwaway_cluster
from sites.models import Site
from sites.visibility import visible_sites

PLACES = "基坑东侧 南门出入口 三号塔吊下方 钢筋加工区 盾构始发井 材料堆场 二层脚手架 西侧围挡 泵房旁 便道 临边通道 办公区后方".split()
THINGS = "积水 扬尘 裸土 钢管 模板 配电箱 消防器材 安全网 护栏 吊钩 泥浆 电缆 氧气瓶 渣土车 挖掘机 支撑轴力 监测点 井盖".split()
FAULTS = "未覆盖 超过限高 松动 缺失 未按方案布置 无人看管 渗漏 破损 未验收 摆放混乱 超标 未佩戴防护用品".split()
DEEDS = "已通知班组长 现场整改中 限期两日 要求停工 拍照留存 报监理复核 夜间巡查发现 例行检查发现".split()
STATES = ["closed"] * 7 + ["rectifying", "dispatched", "detected"]
WORDS = {"common": ["积水", "基坑"], "usual": ["泥浆", "便道", "吊钩"], "rare": ["岩溶", "管涌"]}
COPY = (
    "COPY search_entry (kind, subject_id, site_id, state, at, word, title, text, head, folded, tokens, geom) FROM STDIN"
)


def main() -> None:
    """Fill, index, look, and compare."""
    options = argparse.ArgumentParser()
    options.add_argument("--entries", type=int, default=1_000_000)
    options.add_argument("--sites", type=int, default=500)
    options.add_argument("--anyway", action="store_true")
    chosen = options.parse_args()
    refuse_a_busy_machine()
    with throwaway_cluster() as cluster:
        settings = Settings(database=DatabaseSettings(url=cluster.url(TEMPLATE)))
        database = open_database(settings.database, visible_sites)
        seed_city(database, settings, sites=chosen.sites)
        rebuild_search(database)
        with psycopg.connect(cluster.url(TEMPLATE), autocommit=True) as connection:
            filled = _fill(connection, database, chosen.entries)
            figures = {login: _measured(database, login) for login in ("director", "pudong")}
            report(
                "search", **filled, figures=figures, like=_peer(connection), like_with_pg_trgm=_with_trigrams(connection),
                limit={"p95_ms": 50},
            )  # fmt: skip
        database.engine.dispose()


def _fill(connection: psycopg.Connection[Any], database: Database, count: int) -> dict[str, Any]:
    """The entries as the reactions would have written them; the incidents themselves are not needed for what is measured."""
    with work(database, SYSTEM) as unit:
        sites = [(one.id, one.name) for one in unit.session.scalars(select(Site))]
    began = time.perf_counter()
    connection.execute("SET session_replication_role = replica")
    connection.execute("DROP INDEX ix_search_entry_tokens")
    with connection.cursor().copy(COPY) as copy:
        for row in _rows(sites, count):
            copy.write_row(row)
    connection.execute("SET maintenance_work_mem = '512MB'")
    connection.execute("CREATE INDEX ix_search_entry_tokens ON search_entry USING gin (tokens) WITH (fastupdate = off)")
    connection.execute("VACUUM (ANALYZE) search_entry")
    sizes = connection.execute(
        "SELECT count(*), pg_relation_size('search_entry') >> 20, pg_total_relation_size('search_entry') >> 20,"
        " pg_relation_size('ix_search_entry_tokens') >> 20 FROM search_entry"
    ).fetchone()
    assert sizes is not None
    names = ("entries", "heap_mb", "all_mb", "index_mb")
    return dict(zip(names, sizes, strict=True)) | {"fill_s": round(time.perf_counter() - began, 1)}


def _rows(sites: list[tuple[int, str]], count: int) -> Iterator[tuple[Any, ...]]:
    rng = np.random.default_rng(6)
    folded: dict[str, Any] = {}

    def apart(text: str) -> Any:
        if text not in folded:
            folded[text] = pieces(text)
        return folded[text]

    def chosen(words: list[str]) -> Any:
        weight = 1 / np.arange(1, len(words) + 1) ** 1.1
        return rng.choice(len(words), size=count, p=weight / weight.sum())

    places, things, faults, deeds = (chosen(words) for words in (PLACES, THINGS, FAULTS, DEEDS))
    site, state, rare = rng.integers(len(sites), size=count), rng.integers(len(STATES), size=count), rng.integers(1000, size=count)
    lon, lat = rng.uniform(121.0, 121.9, size=count), rng.uniform(30.9, 31.4, size=count)
    for n in range(count):
        site_id, name = sites[site[n]]
        extra = "发现岩溶" if rare[n] == 0 else "疑似管涌" if rare[n] == 1 else ""
        words = [PLACES[places[n]], THINGS[things[n]] + FAULTS[faults[n]] + extra, DEEDS[deeds[n]]]
        head = [*apart(name), *apart(str(n)), *apart("扬尘"), *apart("dust")]
        found = [*head, *(piece for word in words for piece in apart(word)), *apart("一般")]
        vector = " ".join(f"'{token}'" for token in tokens(found))
        yield (
            "incident", 10_000_000 + n, site_id, STATES[state[n]], f"2026-{1 + n % 12:02d}-{1 + n % 28:02d}", "incident_kind.dust",
            name, "，".join(words), spaced(head), spaced(found), vector, f"SRID=4490;POINT({lon[n]:.6f} {lat[n]:.6f})",
        )  # fmt: skip


def _measured(database: Database, login: str) -> dict[str, Any]:
    viewer = _viewer(database, login)
    engine = PostgresEngine()
    figures: dict[str, Any] = {}

    def look(word: str, **more: Any) -> Callable[[], int]:
        def looked() -> int:
            with work(database, viewer, read_only=True) as unit:
                return search(unit, Wanted(words=word, **more), engine, limit=20, offset=0, language="zh").total

        return looked

    for kind, words in WORDS.items():
        for word in words:
            figures[f"{kind} {word}"] = {"found": look(word)(), **percentiles_ms(look(word), runs=20)}
    figures["box, best of each kind, 泥浆"] = percentiles_ms(look("泥浆", each=4), runs=20)
    figures["in a view of the map, 积水"] = percentiles_ms(look("积水", bbox=(121.4, 31.1, 121.5, 31.2)), runs=20)
    figures["two words, 泥浆 便道"] = percentiles_ms(look("泥浆 便道"), runs=20)
    return figures


def _viewer(database: Database, login: str) -> Viewer:
    with work(database, SYSTEM) as unit:
        user = unit.session.scalars(select(UserAccount).where(UserAccount.login == login)).unique().one()
        return viewer_of_user(unit, user, None)


def _peer(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    """Counting what is like the word; no rights, no facets, no order."""
    figures = {}
    for word in ("积水", "泥浆", "岩溶"):
        statement = f"SELECT count(*) FROM search_entry WHERE folded LIKE '%{word}%'"
        figures[word] = percentiles_ms(lambda statement=statement: connection.execute(statement).fetchone(), runs=3)["p50_ms"]
    return figures


def _with_trigrams(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    began = time.perf_counter()
    connection.execute("CREATE INDEX peer ON search_entry USING gin (folded gin_trgm_ops)")
    connection.execute("SET enable_seqscan = off")
    size = connection.execute("SELECT pg_relation_size('peer') >> 20").fetchone()
    assert size is not None
    return {**_peer(connection), "index_mb": size[0], "index_s": round(time.perf_counter() - began, 1)}


if __name__ == "__main__":
    main()
