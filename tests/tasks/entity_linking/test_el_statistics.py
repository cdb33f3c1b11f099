"""Link statistics: counts, priors, and no text that hears of itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.tasks.entity_linking.statistics import FoldedStatistics, LinkStatistics, fold_of
from tests.tasks.entity_linking.el_samples import text

TEXTS = [
    text("李娜唱歌", ("李娜", "1")),
    text("李娜打球", ("李娜", "2")),
    text("李娜再唱", ("李娜", "1")),
    text("有个ＡBC", ("ＡBC", None)),
    text("李娜走了"),
]
MATCHES = [[(0, 2)], [(0, 2)], [(0, 2)], [(2, 5)], [(0, 2)]]


def test_counts_and_what_is_linked_most():
    statistics = LinkStatistics.fit(TEXTS, MATCHES)
    counts = statistics.counts("李娜")
    assert (counts.matched, counts.linked, counts.nil, counts.texts_linked, counts.texts_left) == (
        4,
        3,
        0,
        3,
        1,
    )
    assert statistics.most_linked("李娜") == "1"
    assert (statistics.entity_count("1"), statistics.entity_count("9")) == (2, 0)
    assert statistics.counts("abc").nil == 1  # width and case make no difference
    assert statistics.most_linked("没见过") is None


def test_link_rates_are_drawn_to_the_prior_where_a_surface_is_rare():
    statistics = LinkStatistics.fit(TEXTS, MATCHES)
    assert statistics.link_rate("没见过", prior=0.3) == pytest.approx(0.3)
    assert 0.3 < statistics.link_rate("李娜", prior=0.3) < 3 / 4
    assert statistics.link_rate("ABC") < 0.3


@pytest.mark.parametrize(
    ("left", "linked", "pruned"), [(4, 0, True), (3, 0, False), (9, 1, True), (8, 1, False)]
)
def test_surfaces_that_annotators_leave_alone_are_pruned(left, linked, pruned):
    texts = [text(f"我们{number}") for number in range(left)]
    texts += [text(f"我们看{number}", ("我们", "1")) for number in range(linked)]
    statistics = LinkStatistics.fit(texts, [[(0, 2)] for _ in texts])
    assert statistics.is_pruned("我们", ratio=5) is pruned


def test_links_at_once():
    both = text("左膝", ("左膝", "1"), ("左膝", "2"))
    assert LinkStatistics.fit([both]).links_at_once("左膝") == 2
    assert LinkStatistics.fit(TEXTS).links_at_once("李娜") == 1
    assert LinkStatistics.fit(TEXTS).links_at_once("没见过") == 1


def test_links_to_what_may_not_be_answered_do_not_count():
    statistics = LinkStatistics.fit(TEXTS, MATCHES, known={"2"})
    assert statistics.most_linked("李娜") == "2"


@given(
    st.lists(st.tuples(st.sampled_from("甲乙丙"), st.sampled_from(["1", "2", None])), min_size=1, max_size=30)
)
def test_a_training_text_is_described_by_the_other_folds_only(rows):
    texts = [text(f"{surface}{number}", (surface, id)) for number, (surface, id) in enumerate(rows)]
    matches = [[(0, 1)] for _ in texts]
    folded = FoldedStatistics.fit(texts, matches, folds=3)
    for example in texts:
        others = [other for other in texts if fold_of(other.text, 3) != fold_of(example.text, 3)]
        expected = LinkStatistics.fit(others, [[(0, 1)] for _ in others])
        for surface in "甲乙丙":
            assert folded.of(example).counts(surface) == expected.counts(surface)
            assert folded.of(example).most_linked(surface) == expected.most_linked(surface)
        assert folded.of(example).entity_count("1") == expected.entity_count("1")


def test_repeated_texts_share_a_fold():
    assert fold_of("李娜 Ａ", 5) == fold_of("李娜a", 5)
    assert len({fold_of(str(number), 5) for number in range(50)}) == 5


def test_links_to_what_the_file_does_not_name_count_as_links_to_nothing_in_particular():
    statistics = LinkStatistics.fit([text("李娜", ("李娜", ""))])
    assert statistics.counts("李娜").linked == 1
    assert statistics.most_linked("李娜") is None
    assert not statistics.is_pruned("李娜", ratio=2)


def test_rows_say_everything():
    statistics = LinkStatistics.fit(TEXTS, MATCHES)
    again = LinkStatistics.from_rows(statistics.as_rows())
    assert again.surfaces == statistics.surfaces
    assert again.entities == statistics.entities
