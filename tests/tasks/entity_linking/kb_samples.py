"""Small knowledge bases to test with."""

from __future__ import annotations

from hypothesis import strategies as st

from nlpx.tasks.entity_linking.entity import Entity

LETTERS = "ab李娜Ａ·•"

ENTITIES = [
    Entity("1", "李娜", ["娜姐"], "网球运动员", ("Human",), [("国籍", "中国"), ("职业", "运动员")]),
    Entity("2", "李娜", [], "歌手", ("Human",)),
    Entity("3", "李娜娜", ["李娜"], "演员", ("Human",)),
    Entity("4", "Angel", ["ＡＮＧＥＬ", "安琪"], "", ("Thing",)),
    Entity("5", "《长城》", ["长城", "长城"], "电影", ("Movie",)),
    Entity("6", "长", [], "", ()),
]

NAMES = st.text(LETTERS, min_size=1, max_size=4).filter(str.strip)


@st.composite
def entity_lists(draw: st.DrawFn, ids: str = "pqrstuvw", least: int = 1) -> list[Entity]:
    """Entities with distinct ids, and names that often collide."""
    chosen = draw(st.lists(st.sampled_from(ids), unique=True, min_size=least, max_size=len(ids)))
    return [Entity(id, draw(NAMES), draw(st.lists(NAMES, max_size=2))) for id in chosen]
