"""From YAML nodes to plain values, noting every place and every problem."""

from __future__ import annotations

from typing import Any

import yaml

from nlpx.config.document import Document, KeyPath, Mark, Problem
from nlpx.config.scalars import TAG, scalar_value

MAX_ALIASED = 10_000
_KINDS = {"str", "null", "bool", "int", "float"}


class Values:
    """Fills a document from its root node."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.open: list[int] = []

    def read(self, root: yaml.Node) -> None:
        """Refuse aliases that never end or explode, then read all values."""
        sizes: dict[int, int] = {}
        if self._measure(root, sizes):
            aliased = sizes[id(root)] - len(sizes)
            if aliased <= MAX_ALIASED:
                self.document.value = self._value(root, (), _mark(root))
            else:
                text = f"aliases (*name) repeat {_count(aliased)} values; wanted at most {MAX_ALIASED:,}"
                self._problem(root, (), text)

    def _measure(self, node: yaml.Node, sizes: dict[int, int]) -> bool:
        """Count the values a node stands for, each node once; False if it contains itself."""
        if id(node) in self.open:
            text = "an alias (*name) refers to the value it is in; wanted an anchor on an earlier value"
            self._problem(node, (), text)
            return False
        if id(node) in sizes:
            return True
        self.open.append(id(node))
        sizes[id(node)] = 1
        for child in _children(node):
            if not self._measure(child, sizes):
                return False
            sizes[id(node)] += sizes[id(child)]
        self.open.pop()
        return True

    def _value(self, node: yaml.Node, path: KeyPath, key: Mark) -> Any:
        self.document.keys[path] = key
        self.document.values[path] = _mark(node)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        wanted = TAG + ("map" if isinstance(node, yaml.MappingNode) else "seq")
        if node.tag != wanted:
            self._tag_problem(node, path)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return [self._value(item, (*path, index), _mark(item)) for index, item in enumerate(node.value)]

    def _scalar(self, node: yaml.ScalarNode, path: KeyPath) -> Any:
        if node.tag == TAG + "merge":
            return node.value
        if node.tag.removeprefix(TAG) not in _KINDS:
            self._tag_problem(node, path)
            return node.value
        try:
            return scalar_value(node.tag, node.value)
        except ValueError as error:
            self._problem(node, path, str(error))
            return None

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = self._key(key, path)
            if name is None:
                continue
            if name in found:
                first = self.document.keys[(*path, name)]
                self._problem(
                    key, (*path, name), f"came twice, first at line {first.line}; wanted each key once"
                )
                continue
            found[name] = self._value(value, (*path, name), _mark(key))
        return found

    def _key(self, node: yaml.Node, path: KeyPath) -> str | None:
        """The text of a key as written: `1`, `no` and `true` are names like any other."""
        if not isinstance(node, yaml.ScalarNode):
            self._problem(node, path, "came a list or section as a key; wanted a text")
        elif node.tag == TAG + "merge":
            self._problem(node, (*path, "<<"), "merge keys are not YAML 1.2; wanted the keys written out")
        elif node.tag.removeprefix(TAG) not in _KINDS:
            self._tag_problem(node, path)
        elif not node.value:
            self._problem(node, path, "came an empty key; wanted a text before ':'")
        else:
            return str(node.value)
        return None

    def _tag_problem(self, node: yaml.Node, path: KeyPath) -> None:
        tag = str(node.tag)
        short = "!!" + tag.removeprefix(TAG) if tag.startswith(TAG) else tag
        self._problem(
            node, path, f"came the tag {short[:40]}; wanted a plain value, a config makes no objects"
        )

    def _problem(self, node: yaml.Node, path: KeyPath, message: str) -> None:
        self.document.problems.append(Problem(_mark(node), path, message))


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [child for pair in node.value for child in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _mark(node: yaml.Node) -> Mark:
    return Mark(node.start_mark.line + 1, node.start_mark.column + 1)


def _count(number: int) -> str:
    return f"{number:,}" if number < 10**9 else "billions of"
