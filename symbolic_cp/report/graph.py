"""The dependency graph of a book as a drawing: statements in layers, what they rest on to the left of them.

Main names: Node, drawing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

HEIGHT, GAP, ROW = 26, 64, 38
"""Of a box, of the space between layers, and from one box to the one beneath it."""
LETTER, MARGIN = 7, 44
"""A box is as wide as its longest name: so much a letter, and beside it."""
SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Node:
    """A statement: its id, where its page is, a class for its colour and shape, a mark, a title, what it rests on."""

    id: str
    address: str
    look: str
    mark: str
    title: str
    rests_on: tuple[str, ...]


def drawing(nodes: Sequence[Node]) -> str:
    """An SVG with a link for each node. Cost: linear in the edges, for a few sweeps.

    Layers are longest paths; within a layer a node stands near the mean of its neighbours (Sugiyama's heuristic).
    """
    by_id = {node.id: node for node in nodes}
    edges = {node.id: [one for one in node.rests_on if one in by_id and one != node.id] for node in nodes}
    layers = _layers(edges)
    order = _ordered(layers, edges)
    box = MARGIN + LETTER * max((len(node.id) for node in nodes), default=0)
    place = {
        name: (column * (box + GAP) + 4, row * ROW + 4)
        for column, names in enumerate(order)
        for row, name in enumerate(names)
    }
    width = len(order) * (box + GAP) - GAP + 8
    height = max((len(names) for names in order), default=1) * ROW + 8
    lines = [_edge(place[one], place[name], box) for name, below in edges.items() for one in below]
    boxes = [_box(by_id[name], place[name], box) for names in order for name in names]
    head = f'<svg class="graph" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
    return f'{head} height="{height}" role="img" aria-label="dependency graph">{"".join(lines + boxes)}</svg>'


def _layers(edges: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Every node behind all that it rests on. Nodes of a circle, which a book refuses, would stand in layer 0."""
    depth: dict[str, int] = {}

    def of(name: str) -> int:
        if name not in depth:
            depth[name] = 0
            depth[name] = max((of(one) + 1 for one in edges[name]), default=0)
        return depth[name]

    for name in edges:
        of(name)
    found: list[list[str]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for name in edges:
        found[depth[name]].append(name)
    return found


def _ordered(layers: list[list[str]], edges: Mapping[str, Sequence[str]]) -> list[list[str]]:
    above: dict[str, list[str]] = {name: [] for name in edges}
    for name, below in edges.items():
        for one in below:
            above[one].append(name)
    order = [list(names) for names in layers]
    for sweep in range(SWEEPS):
        place = {name: row - len(names) / 2 for names in order for row, name in enumerate(names)}
        near = edges if sweep % 2 == 0 else above
        for names in order:
            mean = {
                name: sum(place[one] for one in near[name]) / len(near[name]) if near[name] else place[name]
                for name in names
            }
            names.sort(key=lambda name: mean[name])
    return order


def _edge(start: tuple[int, int], end: tuple[int, int], box: int) -> str:
    x1, y1, x2, y2 = start[0] + box, start[1] + HEIGHT // 2, end[0], end[1] + HEIGHT // 2
    bend = max(20, (x2 - x1) // 2)
    return f'<path d="M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"/>'


def _box(node: Node, place: tuple[int, int], width: int) -> str:
    x, y = place
    corner = {"whole": 13, "proved": 4}.get(node.look, 0)
    shape = f'<rect x="{x}" y="{y}" width="{width}" height="{HEIGHT}" rx="{corner}"/>'
    label = f'<text x="{x + width // 2}" y="{y + 17}">{escape(node.mark)} {escape(node.id)}</text>'
    title = f"<title>{escape(f'{node.id}: {node.title}')}</title>"
    return f'<a href="{escape(node.address)}" class="{node.look}">{title}{shape}{label}</a>'
