"""Looking into an ONNX file without loading it: versions, operators, and where its weights are.

A model is a Protocol Buffers message. Only the few fields needed are read, with bounds on depth and count, from bytes that may be
hostile; whoever does not parse is no model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from vision.errors import ModelHasCustomOps, ModelHasExternalData, ModelNotOnnx, ModelOpsetUnsupported

LOWEST_OPSET, HIGHEST_OPSET = 9, 22
#: Operators of these sets are part of ONNX.
OWN_SETS = frozenset({"", "ai.onnx", "ai.onnx.ml"})
DEEPEST, MOST_NODES = 12, 200_000
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
_EXTERNAL = 1


@dataclass(frozen=True, kw_only=True)
class GraphFacts:
    """What a file says of itself."""

    opsets: dict[str, int] = field(default_factory=dict)
    #: (set, operator) of every node, of subgraphs too.
    operators: set[tuple[str, str]] = field(default_factory=set)
    external: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)


def graph_facts(data: bytes) -> GraphFacts:
    """Read a model's bytes."""
    facts = GraphFacts()
    found_graph = False
    for number, value in _fields(memoryview(data)):
        if number == 8 and isinstance(value, memoryview):
            domain, version = "", 0
            for key, inner in _fields(value):
                domain = _text(inner) if key == 1 else domain
                version = inner if key == 2 and isinstance(inner, int) else version
            facts.opsets[domain] = version
        elif number == 7 and isinstance(value, memoryview):
            found_graph = True
            _graph(value, facts, 0)
        elif number == 25 and isinstance(value, memoryview):
            facts.functions.append(next((_text(inner) for key, inner in _fields(value) if key == 1), ""))
    if not found_graph or not facts.operators:
        raise ModelNotOnnx
    return facts


def check_graph(facts: GraphFacts) -> None:
    """Refuse what must not be loaded."""
    if facts.external:
        raise ModelHasExternalData
    strange = sorted({f"{domain}.{name}" for domain, name in facts.operators if domain not in OWN_SETS} | set(facts.functions))
    if strange:
        raise ModelHasCustomOps(names=", ".join(strange[:5]))
    version = facts.opsets.get("", facts.opsets.get("ai.onnx", 0))
    if not LOWEST_OPSET <= version <= HIGHEST_OPSET:
        raise ModelOpsetUnsupported(version=version, lowest=LOWEST_OPSET, highest=HIGHEST_OPSET)


def _graph(data: memoryview, facts: GraphFacts, depth: int) -> None:
    if depth > DEEPEST:
        raise ModelNotOnnx
    nodes = 0
    for number, value in _fields(data):
        if not isinstance(value, memoryview):
            continue
        if number == 1:
            nodes += 1
            if nodes > MOST_NODES:
                raise ModelNotOnnx
            _node(value, facts, depth)
        elif number == 5:
            _tensor(value, facts)
        elif number == 15:
            for _, inner in _fields(value):
                if isinstance(inner, memoryview):
                    _tensor(inner, facts)


def _node(data: memoryview, facts: GraphFacts, depth: int) -> None:
    operator, domain = "", ""
    for number, value in _fields(data):
        if number == 4:
            operator = _text(value)
        elif number == 7:
            domain = _text(value)
        elif number == 5 and isinstance(value, memoryview):
            _attribute(value, facts, depth)
    facts.operators.add((domain, operator))


def _attribute(data: memoryview, facts: GraphFacts, depth: int) -> None:
    for number, value in _fields(data):
        if not isinstance(value, memoryview):
            continue
        if number in {5, 10}:
            _tensor(value, facts)
        elif number in {6, 11}:
            _graph(value, facts, depth + 1)


def _tensor(data: memoryview, facts: GraphFacts) -> None:
    name, external = "", False
    for number, value in _fields(data):
        if number == 8:
            name = _text(value)
        external = external or number == 13 or (number == 14 and value == _EXTERNAL)
    if external:
        facts.external.append(name)


def _text(value: int | memoryview) -> str:
    return bytes(value[:200]).decode("utf-8", "replace") if isinstance(value, memoryview) else ""


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Field numbers and values of one message; lengths that do not fit are no message."""
    at, end = 0, len(data)
    while at < end:
        tag, at = _varint(data, at)
        number, kind = tag >> 3, tag & 7
        if number == 0:
            raise ModelNotOnnx
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield number, value
        elif kind == _BYTES:
            length, at = _varint(data, at)
            if length > end - at:
                raise ModelNotOnnx
            yield number, data[at : at + length]
            at += length
        elif kind in {_EIGHT, _FOUR}:
            width = 8 if kind == _EIGHT else 4
            if width > end - at:
                raise ModelNotOnnx
            yield number, data[at : at + width]
            at += width
        else:
            raise ModelNotOnnx


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ModelNotOnnx
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value, at
