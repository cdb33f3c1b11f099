"""Make the synthetic entity-linking sample: ``python data/samples/el/make.py`` rewrites kb_data and the three splits.

Facts come from entities/, sentences from frames.txt filled with them, so that a text carries evidence for the entity
meant: a word of its description, the value of one of its predicates, or the manner of speaking of its kind. Frames,
titles and fillers are dealt to the splits as whole lines, and some surfaces are kept from train altogether.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from frames import SLOT, by_kind, deal, lines, unknown
from knowledge import Entity, by_name, load, plain, row

HERE = Path(__file__).parent
SIZES = {"train": 2000, "dev": 400, "test": 400}
KEPT_SHARE = 0.24
"""Share of the surfaces that never occur in train."""
UNSEEN = 0.26
"""How often dev and test take a kept surface."""
AMBIGUOUS = 0.72
"""How often the surface drawn has several entities."""
FAME = (6, 2.5, 1.5, 1, 1)
"""How often the first, second, … namesake is meant."""
UNKNOWN = 0.12
"""Share of the texts about something that the knowledge base lacks."""
UNMARKED, FRIVOLOUS = 0.04, 0.03
"""What annotators do: leave an entity unmarked; mark a common word."""
LONGEST = 40
PEOPLE = {"歌曲原唱", "作曲", "导演", "主演", "作者"}
"""Predicates whose values are marked NIL where the knowledge base lacks them."""
Piece = tuple[str, str]
"""Some text and what it is: an id, "NIL", "" for plain, or "?" for a phrase that may hold names."""


class Writer:
    """Writes texts of one split."""

    def __init__(self, split: str, entities: list[Entity]) -> None:
        self.split, self.rng = split, random.Random(f"write {split}")
        self.names = by_name(entities)
        self.keys = {entity.key: entity for entity in entities}
        self.words = {name for entity in entities if entity.kind == "word" for name in entity.names}
        self.kinds: dict[str, list[Entity]] = {}
        for entity in entities:
            self.kinds.setdefault(entity.kind, []).append(entity)
        self.frames = by_kind()[split]
        self.titles, self.fillers = (deal(lines(f), f)[split] for f in ("titles.txt", "fillers.txt"))
        nil, self.parts = unknown()
        self.nil = nil[split]
        self.kept = kept_surfaces(self.names, self.words)
        self.pools = self._pools()

    def _pools(self) -> dict[tuple[bool, bool], list[str]]:
        """Surfaces by (kept, ambiguous)."""
        pools: dict[tuple[bool, bool], list[str]] = {}
        for name, entities in self.names.items():
            if any(entity.kind != "word" for entity in entities):
                pools.setdefault((name in self.kept, len(entities) > 1), []).append(name)
        return pools

    def text(self) -> list[Piece] | None:
        """The pieces of one text, or None where the draw came to nothing."""
        rng = self.rng
        pieces = self._unknown() if rng.random() < UNKNOWN else self._known()
        if pieces is None:
            return None
        if rng.random() < 0.5:
            before, after = rng.choice(self.titles).split("{f}")
            pieces = [(before, ""), *pieces, (after, "")]
        if rng.random() < 0.75:
            filler = rng.choice(self.fillers)
            pieces = [(filler + "，", "w"), *pieces] if rng.random() < 0.4 else [*pieces, (" " + filler, "w")]
        whole = "".join(piece for piece, _ in pieces)
        if not 6 <= len(whole) <= LONGEST or (self.split == "train" and any(k in whole for k in self.kept)):
            return None
        return pieces

    def _known(self) -> list[Piece] | None:
        rng = self.rng
        kept = self.split != "train" and rng.random() < UNSEEN
        surface = rng.choice(self.pools[kept, rng.random() < AMBIGUOUS])
        entity = self._meant(surface)
        frame = rng.choice(self.frames[entity.kind])
        rivals = [other for other in self.names[surface] if other.kind == entity.kind]
        if len(rivals) > 1 and set(SLOT.findall(frame)) <= {"e", "other", "所属地区"}:
            return None
        if rng.random() < 0.3 and surface.isascii():
            surface = surface.lower()
        return self._fill(frame, entity, surface)

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
            other = self.rng.choice([one for one in self.kinds[entity.kind] if one is not entity])
            return [(other.subject, other.id)]
        value = entity.values.get(slot, "")
        if slot in PEOPLE and value and value != "佚名" and plain(value) not in self.names:
            return [(value, "NIL")]
        return self._phrase(value, entity) if value else None

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
            people = [n for n in self.names if 2 <= len(n) <= 3 and self.names[n][0].kind in NAMESAKES]
            person = rng.choice(people)
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


NAMESAKES = {"athlete", "singer", "host", "business", "actor", "writer"}
"""Kinds with ordinary names, which a neighbour may bear."""


def kept_surfaces(names: dict[str, list[Entity]], words: set[str]) -> set[str]:
    """Surfaces kept from train: a share by their own hash, none that plain sentences use."""
    used = "\n".join("\n".join(lines(f"{f}.txt")) for f in ("frames", "titles", "fillers", "nil"))
    free = [name for name in names if len(name) > 1 and name not in words and name not in used]
    return {name for name in free if random.Random(f"kept {name}").random() < KEPT_SHARE}


def make(split: str, entities: list[Entity], seen: set[str]) -> list[dict[str, object]]:
    """Texts of one split, none of which is in `seen`."""
    writer = Writer(split, entities)
    rows: list[dict[str, object]] = []
    while len(rows) < SIZES[split]:
        pieces = writer.text()
        text = "".join(piece for piece, _ in pieces or [])
        if pieces and text not in seen:
            seen.add(text)
            rows.append(
                {"text_id": str(len(rows) + 1), "text": text, "mention_data": writer.mentions(pieces)}
            )
    return rows


def main(out: Path = HERE) -> None:
    entities = load()
    names = by_name(entities)
    files = {"kb_data": [row(one, alone=all(len(names[n]) == 1 for n in one.names)) for one in entities]}
    seen: set[str] = set()
    for split in SIZES:
        files[f"{split}.json"] = make(split, entities, seen)
    for name, rows in files.items():
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in rows)
        (out / name).write_bytes(text.encode("utf-8"))


if __name__ == "__main__":
    main(*[Path(argument) for argument in sys.argv[1:]])
