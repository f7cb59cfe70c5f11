import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.report.policy import chart_library, json_block, policy, unused_style


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_a_block_holds_its_value_and_nothing_ends_it(value):
    block = str(json_block({"value": value}))
    assert json.loads(block) == {"value": value}
    assert not set("<>&\u2028\u2029") & set(block)


def test_numbers_that_json_lacks_become_null():
    block = json_block({"share": float("nan"), "n": np.int64(3), "low": np.array([0.5, np.inf])})
    assert json.loads(block) == {"share": None, "n": 3, "low": [0.5, None]}


def test_nothing_is_allowed_but_what_is_named():
    allowed = policy(["p{}"], ["a()", "b()"])
    assert allowed.count("sha256-") == 4
    assert re.match(r"default-src 'none'; script-src 'sha256-[^ ]+ 'sha256-[^ ]+; style-src", allowed)
    assert "unsafe" not in allowed
    assert "http" not in allowed


def test_the_chart_library_can_stand_in_a_page():
    assert "plotly.js" in chart_library()[:200]
    assert re.fullmatch(r"[0-9a-f]{64}", unused_style())


@pytest.mark.parametrize("text", ["</script>", "<!-- x", "line\r\nend"])
def test_a_library_that_would_break_the_page_is_refused(monkeypatch, text):
    monkeypatch.setattr("plotly.offline.get_plotlyjs", lambda: text)
    chart_library.cache_clear()
    with pytest.raises(ValueError, match="cannot be put inline"):
        chart_library()
    monkeypatch.undo()
    chart_library.cache_clear()
