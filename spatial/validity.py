"""Running the plot rules, fast enough to do it while somebody draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from spatial.plots import Plot, PlotContext, PlotFeature, Remark, Severity
from spatial.rules import places, relations, shapes

FeatureRule = Callable[[PlotFeature], Iterator[Remark]]
PlotRule = Callable[[Plot, PlotContext], Iterator[Remark]]

#: Rules that must hold before any other can be asked: nothing can be measured off the city.
FIRST: tuple[FeatureRule, ...] = (shapes.wrong_kind, shapes.too_many_vertices, places.outside_shanghai)
ALONE: tuple[FeatureRule, ...] = (
    shapes.no_surface,
    shapes.ring_order,
    shapes.crosses_itself,
    shapes.doubled_vertices,
    shapes.spikes,
    shapes.attributes_out_of_range,
)
TOGETHER: tuple[PlotRule, ...] = (
    places.maybe_shifted,
    places.registered_size,
    relations.overlaps_neighbour,
    relations.leaves_boundary,
    relations.gate_off_the_edge,
    relations.hoarding_gaps,
    relations.zones_overlap,
    relations.missing_layers,
    relations.device_outside,
)
WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.FIXED: 2}


def normalise(plot: Plot) -> Plot:
    """The plot with its rings in order (P16); nothing else is changed silently."""
    return Plot(features=tuple(replace(feature, geometry=shapes.oriented(feature.geometry)) for feature in plot.features))


def check_plot(plot: Plot, context: PlotContext) -> list[Remark]:
    """Every remark about a plot, errors first. A broken shape is told once, by the rule that names its place."""
    remarks: list[Remark] = []
    sound: list[PlotFeature] = []
    for feature in plot.features:
        found = [remark for rule in FIRST for remark in rule(feature)]
        if not found:
            found = [remark for rule in ALONE for remark in rule(feature)]
        remarks += found
        if not any(remark.severity is Severity.ERROR and remark.rule != "P17" for remark in found):
            sound.append(feature)
    remarks += relations.boundary_count(plot)
    whole = Plot(features=tuple(sound))
    for rule in TOGETHER:
        # what is missing is asked of all that was drawn: a broken boundary is broken, not missing
        remarks += rule(plot if rule is relations.missing_layers else whole, context)
    return sorted(remarks, key=lambda remark: (WEIGHT[remark.severity], remark.rule))
