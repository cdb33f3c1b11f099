"""Reads YAML safely and strictly, and keeps the line and column of every value.

PyYAML's safe loader, tightened: scalars of YAML 1.2; duplicate keys, tags that make objects, and aliases that
refer to themselves or explode are refused; nesting and size are bounded.
"""

from __future__ import annotations

from typing import Any

import yaml

from nlpx.config.document import Document, Mark, Problem
from nlpx.config.scalars import MERGE, PATTERNS, TAG
from nlpx.config.syntax import explain_syntax
from nlpx.config.yaml_values import Values

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 50
MAX_VALUES = 50_000

_BYTE_ORDER_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x00\x00\xfe\xff": "UTF-32"}


class _Loader(yaml.SafeLoader):
    """Composes nodes; never constructs objects."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, Any]]] = {}  # noqa: RUF012 - PyYAML's own name

    depth = 0
    count = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.depth += 1
        self.count += 1
        self._bound(
            self.depth <= MAX_DEPTH, f"came lists or sections in each other; wanted at most {MAX_DEPTH} deep"
        )
        self._bound(self.count <= MAX_VALUES, f"came too many values; wanted at most {MAX_VALUES:,}")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _bound(self, held: bool, problem: str) -> None:
        if not held:
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=self.peek_event().start_mark)


for _tag, _pattern, _first in PATTERNS:
    _Loader.add_implicit_resolver(_tag, _pattern, _first)
_Loader.add_implicit_resolver(TAG + "merge", MERGE, ["<"])


def read_yaml(data: bytes | str) -> Document:
    """The content of a YAML text; what is wrong with it is listed in the document, not raised."""
    if isinstance(data, str):
        data = data.encode(errors="surrogatepass")
    if len(data) > MAX_BYTES:
        return _failed(Mark(1, 1), f"came {len(data):,} bytes; wanted at most {MAX_BYTES:,} (1 MiB)")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _failed(*_explain_encoding(data, error))
    return _read_text(text)


def _read_text(text: str) -> Document:
    try:
        node = _Loader(text).get_single_node()
    except yaml.YAMLError as error:
        return _failed(*explain_syntax(error, text))
    document = Document()
    if node is not None:
        Values(document).read(node)
    return document


def _failed(mark: Mark, message: str) -> Document:
    return Document(problems=[Problem(mark, (), message)])


def _explain_encoding(data: bytes, error: UnicodeDecodeError) -> tuple[Mark, str]:
    for start, name in _BYTE_ORDER_MARKS.items():
        if data.startswith(start):
            return Mark(1, 1), f"the file is {name}; wanted UTF-8: save it as UTF-8"
    # `start` counts from behind a byte order mark; nothing before it is broken, so it decodes.
    body = data.removeprefix(b"\xef\xbb\xbf")
    before = body[: error.start].decode("utf-8", errors="replace")
    mark = Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))
    return (
        mark,
        f"came the byte 0x{body[error.start]:02x}, which is not UTF-8; wanted UTF-8: save it as UTF-8",
    )
