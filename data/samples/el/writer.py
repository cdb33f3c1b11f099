"""Write texts of one split: frames filled with facts, and the marks that annotators would leave on them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

from frames import SLOT, by_kind, deal, lines, unknown
from knowledge import Entity, by_name, plain

KEPT_SHARE = 0.24
"""Share of the surfaces that never occur in train."""
UNSEEN = 0.23
"""How often dev and test take a kept surface."""
AMBIGUOUS = 0.72
"""How often the surface drawn has several entities."""
FAME = (6, 2.5, 1.5, 1, 1)
"""How often the first, second, … namesake is meant."""
UNKNOWN = 0.12
"""Share of the texts about something that the knowledge base lacks."""
UNMARKED, FRIVOLOUS = 0.04, 0.03
"""What annotators do: leave an entity unmarked; mark a common word."""
TWO = 0.3
"""Share of the texts that speak of two things."""
PLAIN = 0.62
"""Share of the texts with a plain clause of fillers.txt."""
CARELESS = 0.3
"""How often a name's case and dots are typed carelessly."""
LONGEST = 40
PEOPLE = {"歌曲原唱", "作曲", "导演", "主演", "作者"}
"""Predicates whose values are marked NIL where the knowledge base lacks them."""
NOT_TOLD = ("", "佚名", "不详")
Piece = tuple[str, str]
"""Some text and what it is: an id, "NIL", "" for plain, "w" for a filler whose words may be marked."""
NAMESAKES = {"athlete", "singer", "host", "business", "actor", "writer"}
"""Kinds with ordinary names, which a neighbour may bear."""


def fold(text: str) -> str:
    """The text as a dictionary sees it: without case, with one sort of dot."""
    return text.lower().replace("•", "·")


def tells_apart(frame: str, entity: Entity, rivals: list[Entity]) -> bool:
    """Whether a frame leaves room for something that namesakes of the same kind do not share."""
    slots = set(SLOT.findall(frame)) - {"e", "other"}
    mine = {entity.values[slot] for slot in slots if slot in entity.values}
    return not rivals or "cue" in slots or any(mine - set(one.values.values()) for one in rivals)


class Writer:
    """Writes texts of one split."""

    def __init__(self, split: str, entities: list[Entity]) -> None:
        self.split, self.rng = split, random.Random(f"write {split}")
        self.names = by_name(entities)
        keys = Counter(entity.key for entity in entities)
        self.keys = {entity.key: entity for entity in entities if keys[entity.key] == 1}
        self.words = {name for entity in entities if entity.kind == "word" for name in entity.names}
        self.kinds: dict[str, list[Entity]] = {}
        for entity in entities:
            if entity.key in self.keys:
                self.kinds.setdefault(entity.kind, []).append(entity)
        self.frames = by_kind()[split]
        self.titles, self.fillers = (deal(lines(f), f)[split] for f in ("titles.txt", "fillers.txt"))
        nil, self.parts = unknown()
        self.nil = nil[split]
        self.kept = kept_surfaces(self.names, self.words)
        self.pools = self._pools()
        self.people = self._people()

    def _pools(self) -> dict[tuple[bool, bool], list[str]]:
        """Surfaces by (kept, ambiguous)."""
        pools: dict[tuple[bool, bool], list[str]] = {}
        for name, entities in self.names.items():
            if any(entity.kind != "word" for entity in entities):
                pools.setdefault((fold(name) in self.kept, len(entities) > 1), []).append(name)
        return pools

    def _people(self) -> list[str]:
        """Names of the famous that a neighbour may bear."""
        named = [name for name, found in self.names.items() if found[0].kind in NAMESAKES]
        return [name for name in named if name[0] in self.parts["surnames"]]

    def text(self) -> list[Piece] | None:
        """The pieces of one text, or None where the draw came to nothing."""
        rng = self.rng
        pieces = self._unknown() if rng.random() < UNKNOWN else self._known()
        if pieces is None:
            return None
        if rng.random() < TWO and (more := self._known()):
            pieces = [*pieces, (rng.choice(["，", "；", " ", "。"]), ""), *more]
        if rng.random() < 0.5:
            before, after = rng.choice(self.titles).split("{f}")
            pieces = [(before, ""), *pieces, (after, "")]
        if rng.random() < PLAIN:
            filler = rng.choice(self.fillers)
            pieces = [(filler + "，", "w"), *pieces] if rng.random() < 0.4 else [*pieces, (" " + filler, "w")]
        whole = "".join(piece for piece, _ in pieces)
        if not 6 <= len(whole) <= LONGEST or (
            self.split == "train" and any(name in fold(whole) for name in self.kept)
        ):
            return None
        return pieces

    def _known(self) -> list[Piece] | None:
        rng = self.rng
        kept = self.split != "train" and rng.random() < UNSEEN
        surface = rng.choice(self.pools[kept, rng.random() < AMBIGUOUS])
        entity = self._meant(surface)
        frame = rng.choice(self.frames[entity.kind])
        rivals = [one for one in self.names[surface] if one.kind == entity.kind and one is not entity]
        if not tells_apart(frame, entity, rivals):
            return None
        cues = [cue for cue in entity.cues if all(cue not in plain(one.abstract) for one in rivals)]
        return self._fill(frame, replace(entity, cues=cues), self._as_typed(surface))

    def _as_typed(self, surface: str) -> str:
        """Writers do not care for case or for the sort of dot."""
        if self.rng.random() >= CARELESS:
            return surface
        return surface.lower().replace("·", "•")

    def _meant(self, surface: str) -> Entity:
        """One of the namesakes, the more famous more often; fame is drawn by name, not by order."""
        entities = [entity for entity in self.names[surface] if entity.kind != "word"]
        entities.sort(key=lambda entity: random.Random(f"fame {surface} {entity.id}").random())
        return self.rng.choices(entities, [*FAME, *[1] * len(entities)][: len(entities)])[0]

    def _fill(self, frame: str, entity: Entity, surface: str) -> list[Piece] | None:
        pieces: list[Piece] = []
        end = 0
        for slot in SLOT.finditer(frame):
            pieces.append((frame[end : slot.start()], ""))
            end = slot.end()
            filling = [(surface, entity.id)] if slot[1] == "e" else self._slot(slot[1], entity)
            if not filling or (slot[1] != "e" and any(surface in text for text, _ in filling)):
                return None
            pieces += filling
        return [*pieces, (frame[end:], "")]

    def _slot(self, slot: str, entity: Entity) -> list[Piece] | None:
        if slot == "cue":
            return self._phrase(self.rng.choice(entity.cues), entity)
        if slot == "other":
            other = self.rng.choice([one for one in self.kinds[entity.kind] if one.id != entity.id])
            return [(other.subject, other.id)]
        value = entity.values.get(slot, "")
        if value in NOT_TOLD:
            return None
        if slot in PEOPLE and plain(value) not in self.names:
            return [(value, "NIL")]
        return self._phrase(value, entity)

    def _phrase(self, phrase: str, entity: Entity) -> list[Piece] | None:
        """A cue or value cut into the names it holds and the rest; None where a name stays ambiguous."""
        if "#" in phrase:
            return [(plain(phrase), self.keys[phrase].id)]
        pieces: list[Piece] = []
        at = 0
        while at < len(phrase):
            ends = range(len(phrase), at + 1, -1)
            name = next((phrase[at:e] for e in ends if phrase[at:e] in self.names), phrase[at])
            at += len(name)
            found = self.names.get(name, []) if len(name) > 1 and name not in self.words else []
            told = [one for one in found if len(found) == 1 or entity.subject in one.abstract]
            if found and len(told) != 1:
                return None
            pieces.append((name, told[0].id if told else ""))
        return pieces

    def _unknown(self) -> list[Piece]:
        rng, parts = self.rng, self.parts
        frame = rng.choice(self.nil)
        slot = SLOT.search(frame)
        if slot is None:
            raise ValueError(f"nil.txt: no slot in {frame!r}")
        person = rng.choice(parts["surnames"]) + rng.choice(parts["given"])
        if rng.random() < 0.5:
            person = rng.choice(self.people)
        invented = {
            "person": person,
            "shop": rng.choice(parts["surnames"]) + "记" + rng.choice(parts["shops"]),
            "work": rng.choice(parts["heads"]) + rng.choice(parts["tails"]),
        }
        return [(frame[: slot.start()], ""), (invented[slot[1]], "NIL"), (frame[slot.end() :], "")]

    def mentions(self, pieces: list[Piece]) -> list[dict[str, str]]:
        """The marks on a text, as annotators would leave them."""
        found: list[dict[str, str]] = []
        offset = 0
        for text, meaning in pieces:
            if meaning == "w":
                found += self._common_word(text, offset)
            elif meaning and self.rng.random() >= UNMARKED:
                found.append({"kb_id": meaning, "mention": text, "offset": str(offset)})
            offset += len(text)
        return found

    def _common_word(self, filler: str, offset: int) -> list[dict[str, str]]:
        """Now and then a common word of the filler is marked."""
        words = [word for word in sorted(self.words) if len(word) > 1 and word in filler]
        if not words or self.rng.random() >= FRIVOLOUS:
            return []
        word = self.rng.choice(words)
        meant = next(entity for entity in self.names[word] if entity.kind == "word")
        return [{"kb_id": meant.id, "mention": word, "offset": str(offset + filler.index(word))}]


def kept_surfaces(names: dict[str, list[Entity]], words: set[str]) -> set[str]:
    """Surfaces kept from train: a share by their own hash, none that plain sentences use."""
    used = "\n".join("\n".join(lines(f"{f}.txt")) for f in ("frames", "titles", "fillers", "nil"))
    free = [fold(name) for name in names if len(name) > 1 and name not in words and name not in used]
    return {name for name in free if random.Random(f"kept {name}").random() < KEPT_SHARE}
