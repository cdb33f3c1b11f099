"""An entity of a knowledge base."""

from __future__ import annotations

from dataclasses import dataclass, field

NIL = "NIL"
"""What files write instead of an id where a mention means nothing in the knowledge base."""


@dataclass(slots=True)
class Entity:
    """One entry of a knowledge base.

    Args:
        id: what links name; unique within a knowledge base and never `NIL`.
        name: its main name.
        aliases: further names; may be empty, may or may not repeat `name`.
        description: free text about it; empty where there is none, or where `attributes` tell all.
        type: its classes, such as ``("Human",)``.
        attributes: (predicate, object) pairs in the file's order; predicates may repeat.
    """

    id: str
    name: str
    aliases: list[str] = field(default_factory=list)
    description: str = ""
    type: tuple[str, ...] = ()
    attributes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The name and the aliases, each once, in order; blank ones left out."""
        return [name for name in dict.fromkeys([self.name, *self.aliases]) if name.strip()]

    def text(self) -> str:
        """Everything told about it in one string: the description, then a line per attribute."""
        lines = [f"{predicate}:{value}" for predicate, value in self.attributes]
        return "\n".join([*([self.description] if self.description else []), *lines])
