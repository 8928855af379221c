"""The engine that is always there: bigram tokens under a GIN index, written with what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY

from foundation.work import Work
from insights.search.models import SearchEntry
from insights.search.port import ORDER, Asked, Counted, Hits
from insights.search.states import EntryKind
from insights.search.tokens import LONGEST_WORD, Piece, grams, spaced
from sites.models import Participant
from spatial.crs import STORAGE_SRID


class PostgresEngine:
    """Entries of the database itself, always in step."""

    name = "postgresql"

    def find(self, work: Work, asked: Asked) -> Hits:
        """One statement: the rows that match are read once, then counted, and the best of them are chosen."""
        hit = (
            select(
                SearchEntry.id,
                SearchEntry.kind,
                SearchEntry.site_id,
                SearchEntry.state,
                SearchEntry.at,
                _rank(asked.pieces).label("rank"),
            )
            .where(*_matching(asked), _organisations(work))
            .cte("hit")
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        some = (
            select(hit.c.kind, hit.c.state, hit.c.site_id, func.count().label("count"))
            .group_by(hit.c.kind, hit.c.state, hit.c.site_id)
            .subquery()
        )
        groups = select(some.c.kind, some.c.state, func.array_agg(some.c.site_id), func.array_agg(some.c["count"])).group_by(
            some.c.kind, some.c.state
        )
        counted_rows = select(func.jsonb_agg(func.jsonb_build_array(*groups.subquery().c))).scalar_subquery()
        counted, *pages = work.session.execute(select(counted_rows, *_pages(hit, asked))).one()
        return Hits(
            entry_ids=[entry_id for page in pages for entry_id in page],
            counted=[
                Counted(kind=EntryKind(kind), state=state, site_id=site_id, count=count)
                for kind, state, site_ids, counts in counted or []
                for site_id, count in zip(site_ids, counts, strict=True)
            ],
        )


def _matching(asked: Asked) -> list[ColumnElement[bool]]:
    """Words and view. The index answers for pairs and beginnings; what is longer than its tokens is compared as it stands."""
    conditions: list[ColumnElement[bool]] = [SearchEntry.tokens.bool_op("@@")(_query(asked.pieces))]
    for one in asked.pieces:
        if one.han and len(one.text) > 2:
            conditions.append(func.strpos(SearchEntry.folded, one.text) > 0)
        elif len(one.text) > LONGEST_WORD:
            conditions.append(func.strpos(SearchEntry.folded, f" {one.text}") > 0)
    if asked.bbox is not None:
        conditions.append(SearchEntry.geom.op("&&")(func.ST_MakeEnvelope(*asked.bbox, STORAGE_SRID)))
    return conditions


def _query(wanted: Sequence[Piece]) -> Any:
    """All tokens; a single character and a word may go on. Pieces hold letters, digits and characters only: nothing to escape."""
    terms: list[str] = []
    for one in wanted:
        if one.han and len(one.text) > 1:
            terms += [f"'{gram}'" for gram in grams(one)[:-1]]
        else:
            terms.append(f"'{one.text[:LONGEST_WORD]}':*")
    return cast(literal(" & ".join(dict.fromkeys(terms))), TSQUERY)


def _rank(wanted: Sequence[Piece]) -> ColumnElement[int]:
    """2: called so from the start; 1: all of it is in its name or codes; 0: elsewhere in what is said of it."""
    begins = func.starts_with(SearchEntry.head, spaced(wanted))
    inside = and_(*(func.strpos(SearchEntry.head, one.text if one.han else f" {one.text}") > 0 for one in wanted))
    return case((begins, 2), (inside, 1), else_=0)


def _organisations(work: Work) -> ColumnElement[bool]:
    """Who may not read the register of organisations finds those that work on the sites they see."""
    if work.viewer.may("read_organisations"):
        return literal(value=True)
    here = select(Participant.organisation_id)
    return SearchEntry.site_id.is_not(None) | SearchEntry.organisation_id.in_(here)


def _pages(hit: Any, asked: Asked) -> list[Any]:
    """The ids of the page: one list, or the best of each kind."""
    order = [hit.c.rank.desc(), _place_of_kind(hit), hit.c.at.desc(), hit.c.id.desc()]
    chosen = select(hit.c.id).where(*_filters(hit, asked))
    if not asked.each:
        return [func.array(chosen.order_by(*order).limit(asked.limit).offset(asked.offset).scalar_subquery())]
    return [
        func.array(chosen.where(hit.c.kind == kind.value).order_by(*order).limit(asked.each).scalar_subquery()) for kind in ORDER
    ]


def _place_of_kind(hit: Any) -> ColumnElement[int]:
    return case({kind.value: place for place, kind in enumerate(ORDER)}, value=hit.c.kind)


def _filters(hit: Any, asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.kinds is not None:
        found.append(hit.c.kind.in_([kind.value for kind in asked.kinds]))
    if asked.states is not None:
        found.append(or_(*(and_(hit.c.kind == kind.value, hit.c.state == state) for kind, state in asked.states)))
    if asked.site_ids is not None:
        found.append(hit.c.site_id.in_(asked.site_ids))
    return found
