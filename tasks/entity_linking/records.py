"""The lines of a predictions file."""

from __future__ import annotations

from typing import Any

from nlpx.tasks.entity_linking.example import Example, Link, Prediction

TOP = 5
"""Candidates that a line tells."""


def record(example: Example, prediction: Prediction) -> dict[str, Any]:
    """A text with its links, and what was considered and dropped, with the reason."""
    return {
        "id": example.id,
        "text": example.text,
        "links": [_link(example, link) for link in prediction.links if link.kept],
        "dropped": [
            {**_link(example, link), "reason": link.reason or "nil"}
            for link in prediction.links
            if not link.kept
        ],
    }


def _link(example: Example, link: Link) -> dict[str, Any]:
    candidates = [
        {"entity_id": one.entity_id, "score": round(one.score, 4), **_parts(one.parts)}
        for one in link.candidates[:TOP]
    ]
    return {
        "start": link.start,
        "end": link.end,
        "surface": example.text[link.start : link.end],
        "entity_id": link.entity_id,
        "score": round(link.score, 4),
        "candidates": candidates,
    }


def _parts(parts: dict[str, float]) -> dict[str, Any]:
    """Those that are not 0."""
    told = {name: round(value, 4) for name, value in parts.items() if value}
    return {"parts": told} if told else {}
