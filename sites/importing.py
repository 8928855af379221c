"""Files and pasted coordinates become features somebody can look at before they are taken over. Nothing is saved here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from geoalchemy2.shape import to_shape

from foundation.work import Work
from sites.checking import PlotCheck, check_features
from sites.errors import NoBoundaryInFile
from sites.models import Site
from sites.plots import DrawnFeature, features_at, version_of
from sites.queries import site_of
from spatial.crs import SourceCrs
from spatial.exchange.reading import read_file
from spatial.exchange.values import ExportedFile, ExportFeature, ImportedPlot, ReadOptions
from spatial.exchange.writing import write_file
from spatial.plan_layers import PlanLayer


@dataclass(frozen=True, kw_only=True)
class ImportPreview:
    """What a file holds, in the storage system, with what the rules say about it."""

    features: tuple[DrawnFeature, ...]
    imported: ImportedPlot
    check: PlotCheck


def preview_import(work: Work, site_id: int, name: str, data: bytes, options: ReadOptions) -> ImportPreview:
    """Read a file as features of this site; layers nobody mapped become the default layer."""
    work.require("plot")
    site = site_of(work, site_id)
    imported = read_file(name, data, options)
    features = tuple(
        DrawnFeature(
            key=uuid4(),
            layer=feature.layer or options.default_layer,
            name=feature.name,
            attributes=dict(feature.attributes),
            geometry=feature.geometry,
            source_crs=imported.source_crs,
        )
        for feature in imported.features
    )
    return ImportPreview(features=features, imported=imported, check=check_features(work, site, features, submitting=False))


def export_plot(work: Work, site_id: int, format_name: str, target: SourceCrs, number: int | None) -> ExportedFile:
    """A version of the plot as a file; the latest when none is named."""
    work.require("read_sites")
    site = site_of(work, site_id)
    wanted = site.plot_number if number is None else version_of(work, site.id, number).number
    features = _exported(work, site, wanted)
    if not features:
        raise NoBoundaryInFile(field="/version")
    return write_file(format_name, features, target)


def _exported(work: Work, site: Site, number: int) -> Sequence[ExportFeature]:
    return [
        ExportFeature(
            key=str(row.key),
            layer=PlanLayer(row.layer),
            name=row.name,
            geometry=to_shape(row.geom),
            attributes=row.attributes,
        )
        for row in features_at(work, site.id, number)
    ]
