"""Rows of groups, best first."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nlpx.tasks.entity_linking.linker.ranked import ranked


@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=4), max_size=5))
def test_groups_stay_together_and_equals_in_order(lists):
    group = np.repeat(np.arange(len(lists)) * 2, [len(one) for one in lists]).astype(np.int32)
    values = np.array([value for one in lists for value in one], float)
    rows = ranked(group, values)
    wanted = sorted(range(len(values)), key=lambda row: (group[row], -values[row], row))
    assert rows.order.tolist() == wanted
    assert rows.sizes.tolist() == [len(one) for one in lists]
    assert rows.place.tolist() == [place for one in lists for place in range(len(one))]
    assert [values[row] for row in rows.best] == [max(one) for one in lists]
