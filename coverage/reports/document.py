"""The printed document as HTML: title block, key numbers, and a section for each site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coverage.reports.advice import suggestions
from coverage.reports.maps import other_swatches, site_map, swatch
from coverage.reports.markup import Markup, join, tag
from coverage.reports.tables import code_cell, num, row, table
from coverage.reports.values import CameraLine, Contents, RequirementLine, SiteContents, SiteLine, Summary
from coverage.reports.wording import NOTHING, Words, percent, place, printed_causes
from coverage.states import GapCause, Measure, ReportScope
from sites.states import Connectivity

#: Longest gap list of a site's own report, and of a site's section in a longer one; the files hold every gap.
MOST_GAPS, MOST_GAPS_OF_A_SECTION = 40, 10
LANG = {"zh": "zh-Hans", "en": "en"}


def document(contents: Contents, css: str) -> Markup:
    """The whole page."""
    words, about = Words(contents.about.language), contents.about
    alone = about.scope is ReportScope.SITE
    body = [_title_block(contents, words)]
    if not alone:
        body += [_totals(contents, words), _ranking(contents, words)]
    for number, site in enumerate(contents.sites, start=1):
        body.append(_site(site, words, None if alone else number))
    body.append(_method(words))
    head = tag(
        "head",
        Markup('<meta charset="utf-8">'),
        tag("title", about.title),
        Markup(f'<meta name="author" content="{tag("x", about.asked_by)[3:-4]}">'),
        tag("style", Markup(css), Markup(_running_words(contents, words))),
    )
    return join(Markup("<!doctype html>"), tag("html", head, tag("body", body), lang=LANG[about.language]))


def _running_words(contents: Contents, words: Words) -> str:
    """The words of header and footer; CSS strings, with everything but plain characters escaped."""
    title, day = _css(contents.about.title), _css(words.day(contents.about.made_at))
    page, of, after = (_css(words(f"page.{part}")) for part in ("before", "between", "after"))
    foot = _css(words("footer", number=contents.about.catalogue_number))
    return (
        f"@page{{@top-left{{content:{title}}}@top-right{{content:{day}}}@bottom-left{{content:{foot}}}"
        f"@bottom-right{{content:{page} counter(page) {of} counter(pages) {after}}}}}"
    )


def _css(text: str) -> str:
    return '"' + "".join(one if one.isalnum() else f"\\{ord(one):06x}" for one in text) + '"'


def _title_block(contents: Contents, words: Words) -> Markup:
    about = contents.about
    facts = [
        (words("fact.scope"), words.code("report_scope", about.scope.value)),
        (words("fact.made_on"), words.minute(about.made_at)),
        (words("fact.catalogue"), words("catalogue_number", number=about.catalogue_number)),
        (words("fact.asked_by"), about.asked_by),
    ]
    if about.scope is ReportScope.SITE:
        site = contents.sites[0]
        summary = site.line.summary
        facts += [
            (words("fact.code"), site.line.code or NOTHING),
            (words("fact.districts"), words.listed(site.districts)),
            (words("fact.address"), site.address),
            (words("fact.measured_at"), words.minute(summary.measured_at) if summary else words("never_measured")),
        ]
    cells = [tag("div", tag("dt", name), tag("dd", value)) for name, value in facts]
    return tag(
        "header", tag("p", words("kind"), class_="kind"), tag("h1", about.area), tag("dl", cells, class_="facts"), class_="title"
    )


def _totals(contents: Contents, words: Words) -> Markup:
    measured = [line.summary for line in contents.lines if line.summary is not None]
    required, met, unknown = (sum(getattr(one, name) for one in measured) for name in ("required", "met", "unknown"))
    unmeasured = len(contents.lines) - len(measured)
    boxes = [
        _figure(
            str(len(contents.lines)), words("key.sites"), words("key.sites_note", measured=len(measured), unknown=unmeasured)
        ),
        _figure(
            f"{met} / {required}" if measured else words("unknown"),
            words("key.met"),
            words("key.met_note", unmet=required - met - unknown, unknown=unknown),
        ),
        _figure(
            str(sum(1 for one in measured if one.required and one.met == one.required)),
            words("key.sites_met"),
            words("key.sites_met_note"),
        ),
        _figure(
            str(sum(one.cameras for one in measured)),
            words("key.cameras"),
            words("key.cameras_city_note", incomplete=sum(one.incomplete for one in measured)),
        ),
    ]
    return tag("section", tag("div", boxes, class_="figures"))


def _ranking(contents: Contents, words: Words) -> Markup:
    unmeasured = [line for line in contents.lines if line.summary is None]
    rows = [_ranked(rank, line, line.summary, words) for rank, line in enumerate(contents.measured, 1) if line.summary]
    rows += [_unranked(line, words) for line in unmeasured]
    heads = ["rank", "site", "code", "met_of", "unmet", "unknown_count", "share", "interval", "cameras"]
    note = words("ranking_note", sections=len(contents.sites), unknown=len(unmeasured))
    return tag(
        "section", tag("h2", words("heading.ranking")), tag("p", note, class_="note"), table(words, heads, rows, "ranking")
    )


def _ranked(rank: int, line: SiteLine, summary: Summary, words: Words) -> Markup:
    return row(
        num(rank),
        line.name,
        code_cell(line.code),
        num(f"{summary.met} / {summary.required}"),
        num(summary.unmet),
        num(summary.unknown),
        num(words.share(summary.band.share)),
        num(words.band(summary.band)),
        num(summary.cameras),
    )


def _unranked(line: SiteLine, words: Words) -> Markup:
    unknown = tag("td", words("never_measured"), colspan=6, class_="unknown")
    return tag("tr", tag("td", NOTHING, class_="num"), tag("td", line.name), code_cell(line.code), unknown)


def _site(site: SiteContents, words: Words, number: int | None) -> Markup:
    level = "h3" if number else "h2"
    most = MOST_GAPS_OF_A_SECTION if number else MOST_GAPS
    parts: list[Markup] = []
    if number:
        where = words.listed(site.districts)
        parts.append(tag("h2", f"{number}. {site.line.name}"))
        parts.append(tag("p", f"{site.line.code or NOTHING} · {where} · {site.address}", class_="note"))
    parts += [_key_numbers(site, words), _map(site, words)]
    parts += [
        _section(level, words("heading.requirements"), _requirements(site, words)),
        _section(level, words("heading.causes"), *_causes(site.requirements, words)),
        _section(level, words("heading.gaps"), *_gaps(site, words, most)),
        _section(level, words("heading.suggestions"), suggestions(site, words)),
        _section(level, words("heading.cameras"), *_cameras(site.cameras, words)),
    ]
    return tag("section", parts, class_="site chapter" if number else "site")


def _section(level: str, heading: str, *parts: Markup) -> Markup:
    return tag("section", tag(level, heading), *parts)


def _key_numbers(site: SiteContents, words: Words) -> Markup:
    summary = site.line.summary
    offline = sum(1 for one in site.cameras if one.connectivity is Connectivity.OFFLINE)
    if summary is None:
        return tag("p", words("never_measured_note"), class_="unknown")
    interval = words.band(summary.band)
    boxes = [
        _figure(
            f"{summary.met} / {summary.required}",
            words("key.met"),
            words("key.met_note", unmet=summary.unmet, unknown=summary.unknown),
        ),
        _figure(words.share(summary.band.share), words("key.share"), words("key.interval", interval=interval)),
        _figure(
            str(len(site.gaps)), words("key.gaps"), words("key.gaps_note", mandatory=sum(1 for gap in site.gaps if gap.mandatory))
        ),
        _figure(
            str(summary.cameras), words("key.cameras"), words("key.cameras_note", incomplete=summary.incomplete, offline=offline)
        ),
    ]
    return tag("div", boxes, class_="figures")


def _figure(value: str, name: str, note: str) -> Markup:
    return tag(
        "div", tag("p", name, class_="name"), tag("p", value, class_="value"), tag("p", note, class_="under"), class_="figure"
    )


def _map(site: SiteContents, words: Words) -> Markup:
    causes = [cause for cause in GapCause if any(gap.cause is cause for gap in site.gaps)]
    entries = [(picture, words(f"legend.{key}")) for key, picture in other_swatches().items()]
    entries += [(swatch(cause), words.code("gap_cause", cause.value)) for cause in causes]
    legend = tag("div", [tag("span", picture, " ", name, class_="entry") for picture, name in entries], class_="legend")
    return tag("figure", site_map(site, words("north")), legend, tag("figcaption", words("map_caption")))


def _requirements(site: SiteContents, words: Words) -> Markup:
    if not site.requirements:
        return tag("p", words("no_requirements"), class_="unknown")
    heads = ["scene", "element", "total", "share", "interval", "required", "verdict", "live"]
    rows = []
    for line, span in _grouped(site.requirements):
        scene = tag("td", line.scene, rowspan=span if span > 1 else None, class_="scene") if span else None
        name = join(line.element_name, None if line.mandatory else tag("span", words("optional"), class_="optional"))
        verdict = "unknown" if line.met is None else "met" if line.met else "unmet"
        rows.append(
            tag(
                "tr",
                scene,
                tag("td", name),
                num(words.size(line.total, line.measure)),
                num(words.share(line.band.share)),
                num(words.band(line.band)),
                num(percent(line.required_share)),
                tag("td", words.met(line.met), class_=f"verdict {verdict}"),
                num(words.share(line.live_share)),
            )
        )
    return table(words, heads, rows, "requirements")


def _grouped(lines: Sequence[RequirementLine]) -> Iterable[tuple[RequirementLine, int]]:
    """Each line with the number of rows its scene spans, 0 for all but the first. Long groups say the scene on every row."""
    counts: dict[int, int] = {}
    for line in lines:
        counts[line.scene_id] = counts.get(line.scene_id, 0) + 1
    seen: set[int] = set()
    for line in lines:
        span = counts[line.scene_id]
        # a cell over many rows cannot be broken over pages
        yield (line, 1) if span > 6 else (line, 0 if line.scene_id in seen else span)
        seen.add(line.scene_id)


def _causes(lines: Sequence[RequirementLine], words: Words) -> list[Markup]:
    """One table for each measure: square metres and metres are not added up."""
    made = []
    for measure in Measure:
        of_measure = [line for line in lines if line.measure is measure and line.causes]
        if not of_measure:
            continue
        heads = ["scene_element", *(f"cause.{cause.value}" for cause in GapCause), "unwatched"]
        sums: dict[str, float] = {}
        rows = []
        for line in of_measure:
            sizes, total = printed_causes(line)
            for cause, size in sizes.items():
                sums[cause] = sums.get(cause, 0.0) + size
            rows.append(row(f"{line.scene} · {line.element_name}", *_sizes(sizes, total, measure)))
        foot = tag("tfoot", row(words("sum"), *_sizes(sums, sum(sums.values()), measure)))
        unit = words("unit_note", unit=words(f"unit.{measure.value}"), measure=words.code("measure", measure.value))
        made += [tag("p", unit, class_="note keep"), table(words, heads, rows, "causes", foot)]
    return made or [tag("p", words("no_gaps"), class_="note")]


def _sizes(sizes: dict[str, float], total: float, measure: Measure) -> list[Markup]:
    digits = 1 if measure is Measure.LENGTH else 0
    cells = [num(f"{sizes[cause.value]:,.{digits}f}" if sizes.get(cause.value) else NOTHING) for cause in GapCause]
    return [*cells, tag("td", f"{total:,.{digits}f}", class_="num total")]


def _gaps(site: SiteContents, words: Words, most: int) -> list[Markup]:
    if not site.gaps:
        return [tag("p", words("no_gaps") if site.requirements else words("no_requirements"), class_="note")]
    heads = ["number", "scene", "element", "cause", "size", "place"]
    rows = [
        row(
            num(gap.number),
            gap.scene,
            gap.element_name if gap.mandatory else join(gap.element_name, tag("span", words("optional"), class_="optional")),
            words.code("gap_cause", gap.cause.value),
            num(words.size(gap.size, gap.measure)),
            tag("td", place(gap.at), class_="num place"),
        )
        for gap in site.gaps[:most]
    ]
    made = [table(words, heads, rows, "gaps")]
    if len(site.gaps) > most:
        made.append(tag("p", words("more_gaps", count=len(site.gaps) - most), class_="note"))
    return made


def _cameras(cameras: Sequence[CameraLine], words: Words) -> list[Markup]:
    """The cameras that need attention, and in a sentence those that do not."""
    lacking = [one for one in cameras if one.missing or one.connectivity is not Connectivity.ONLINE]
    well = len(cameras) - len(lacking)
    if not cameras:
        return [tag("p", words("no_cameras"), class_="note")]
    note = tag("p", words("cameras_note", total=len(cameras), well=well), class_="note keep")
    if not lacking:
        return [note]
    heads = ["camera_code", "camera", "connectivity", "method", "missing"]
    rows = [
        row(
            code_cell(one.code),
            one.name,
            words.code("connectivity", one.connectivity.value),
            words.code("footprint_method", one.method.value),
            words.listed([words(f"member.{name}") for name in one.missing]),
        )
        for one in lacking
    ]
    return [note, table(words, heads, rows, "cameras")]


def _method(words: Words) -> Markup:
    notes = [tag("li", words(f"method.{key}")) for key in ("view", "methods", "interval", "causes", "unknown", "place")]
    return tag("section", tag("h2", words("heading.method")), tag("ul", notes), class_="method")
