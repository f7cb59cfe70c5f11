import base64
import hashlib
import re
import string
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from invented_findings import bare_findings, invented_findings
from invented_scores import invented_comments, write_tables

import cx_nlp.report
from cx_nlp.errors import InputError, OutputError
from cx_nlp.journey.findings import find
from cx_nlp.journey.table import Scored, read_scored, scored_table
from cx_nlp.report import page as report_page
from cx_nlp.report.fix_lines import FIX_WORDS
from cx_nlp.report.page import guess_lang, write_page
from cx_nlp.report.plain import clean
from cx_nlp.report.policy import chart_library
from cx_nlp.report.quotes import pick, quotes
from cx_nlp.report.wording import ONE_MANY, catalogue, wording
from cx_nlp.taxonomy import load_taxonomy, taxonomy_from_categories

VOID = {"meta", "link", "br", "img", "input", "hr"}
ELEMENTS = {
    *("html head meta title style body a header main footer nav section h1 h2 h3 p ul ol li dl dt dd div").split(),
    *("figure details summary table caption thead tbody tr th td span b small bdi blockquote mark").split(),
    *("svg rect article h4 i mark form label select option button script template noscript").split(),
}  # fmt: skip
MANIFEST = {
    "input": {"name": "phan_hoi.csv", "sha256": "ab" * 32, "format": "csv", "encoding": "utf-8", "delimiter": ","},
    "columns": {
        "text": {"column": "Nội dung", "reason": "by its name; text of 40 characters", "chosen": False},
        "rating": {"column": "Số sao", "reason": "chosen", "chosen": True},
    },
    "rating": {"kind": "stars", "low": 1.0, "high": 5.0, "note": ""},
    "notes": ["dates: day first"],
    "model": {
        "id": "fast-9",
        "digest": "12ab",
        "heldout": {"touchpoint": {"delivery": {"tp": 90, "fp": 10, "fn": 30, "tn": 500}}},
    },
    "counts": {"rows_in": 405, "scored": 400, "rejected": 5, "truncated": 1, "reasons": {"empty text": 3, "duplicate id": 2}},
    "seconds": 1.5,
}  # fmt: skip
HOSTILE = "<script>alert(1)</script></style><img src=x onerror=alert(1)>\"'&amp;{{7*7}}{% raw %}\u202egnp.\u200b مرحبا\x00"


class Reader(HTMLParser):
    """The page as a list of elements and texts; fails on an element that is left open or closed twice."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] not in (["script"], ["style"]):
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def having(self, **wanted) -> list[dict]:
        return [of for _, of in self.elements if all(of.get(key) == value for key, value in wanted.items())]


@pytest.fixture(scope="module")
def tables():
    return invented_comments(400)


@pytest.fixture(scope="module")
def scored(tables) -> Scored:
    return scored_table(*tables, manifest=MANIFEST)


@pytest.fixture(scope="module")
def findings():
    return invented_findings(1500)


def rows(*given: tuple[str, str, str, str], comments: int = 0) -> Scored:
    ids = list(dict.fromkeys([row[0] for row in given] + [f"x{at}" for at in range(comments)]))
    mentions = pd.DataFrame(given, columns=["comment_id", "touchpoint", "factor", "sentiment"])
    return scored_table(pd.DataFrame({"comment_id": ids}), mentions)


def render_page(scored: Scored, *, lang: str | None = None) -> str:
    """The page of a table in which nothing further was found."""
    return report_page.render_page(bare_findings(scored), lang=lang)


def own(html: str) -> str:
    """What of the page is ours."""
    assert html.count(chart_library()) == 1
    return html.replace(chart_library(), "")


def title(scored: Scored, lang: str = "en") -> str:
    return re.search(r"<h1>(.*?)</h1>", render_page(scored, lang=lang))[1]


# ------------------------------------------------------------------------------------------------- words


def placeholders(text: str) -> set[str]:
    return {name for form in text.split(ONE_MANY) for _, name, _, _ in string.Formatter().parse(form) if name}


def test_both_languages_say_everything_with_the_same_placeholders():
    for key, texts in catalogue().items():
        assert set(texts) == {"vi", "en"}, key
        assert all(text.strip() for text in texts.values()), key
        # A date is put together differently; everything else says the same.
        if not key.startswith("format."):
            assert placeholders(texts["vi"]) == placeholders(texts["en"]), key


FIX_SOURCES = ("fix_lines.py", "fix_notes.py")


@pytest.mark.parametrize("of_fixes", [False, True])
def test_every_string_is_used_and_every_used_one_exists(of_fixes):
    """The page's strings, and those of `check-fix`, which have a catalogue of their own."""
    folder = Path(cx_nlp.report.__file__).parent
    sources = [
        path
        for path in folder.rglob("*")
        if path.suffix in (".py", ".j2", ".js") and (path.name in FIX_SOURCES) is of_fixes
    ]
    strings = catalogue(FIX_WORDS) if of_fixes else catalogue()
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    whole = set(
        re.findall(
            r'"((?!(?:page|shim|words|counts|tables|overtime)\.(?:css|js)\b|journey\.parquet)[a-z]+\.[a-z_]*[a-z])"(?! ~)',
            code,
        )
    )
    sections = {key.split(".")[0] for key in strings}
    assert {key for key in whole if key.split(".")[0] in sections} <= set(strings)
    # Keys put together while running are known by their beginnings and ends only.
    beginnings = {
        one or other for one, other in re.findall(r'"([a-z]+\.[a-z_]*)" ~|f"([a-z]+\.[a-z_]*)\{', code)
    }
    unused = set(strings) - whole
    assert {
        key for key in unused if not key.startswith(tuple(beginnings)) and not key.endswith(".title")
    } == set()


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "vi",
            [
                "1.234.567,8",
                "−1,5",
                "0",
                "12%",
                "3,4%",
                "0%",
                "31–38%",
                "0,7–1,6%",
                "5/3/2024",
                "tháng 3/2024",
            ],
        ),
        (
            "en",
            ["1,234,567.8", "−1.5", "0", "12%", "3.4%", "0%", "31–38%", "0.7–1.6%", "5 Mar 2024", "Mar 2024"],
        ),
    ],
)
def test_numbers_and_dates_are_written_as_the_language_does(lang, expected):
    words = wording(lang, load_taxonomy())
    day = pd.Timestamp("2024-03-05")
    assert expected == [
        words.number(1234567.84, 1),
        words.number(-1.5, 1),
        words.number(-0.004, 0),
        words.percent(0.1249),
        words.percent(0.034),
        words.percent(0),
        words.interval(0.31, 0.38),
        words.interval(0.007, 0.016),
        words.day(day),
        words.period(day, "month"),
    ]
    assert words.number(float("nan")) == words.percent(float("nan")) == "–"


def test_counts_choose_singular_and_plural():
    words = wording("en", load_taxonomy())
    assert words.text("touchpoints.complaints", n=1) == "1 comment"
    assert words.text("touchpoints.complaints", n=np.int64(2000)) == "2,000 comments"


def test_names_come_short_in_headlines_unless_another_begins_alike():
    words = wording("en", load_taxonomy())
    assert words.short_touchpoint("delivery") == "Delivery"
    twins = taxonomy_from_categories([("room, size", ""), ("room, noise", ""), ("food, drinks", "")])
    assert wording("en", twins).short_touchpoint("room, size") == "room, size"
    assert wording("en", twins).short_touchpoint("food, drinks") == "food"


@pytest.mark.parametrize(("english", "lang"), [(0.2, "vi"), (0.8, "en")])
def test_the_page_speaks_the_language_of_most_comments(english, lang):
    comments, mentions = invented_comments(120, english=english)
    assert guess_lang(scored_table(comments, mentions)) == lang
    assert guess_lang(scored_table(comments.drop(columns="text"), mentions)) == lang
    assert f'<html lang="{lang}">' in render_page(scored_table(comments, mentions))


def test_another_language_is_refused(scored):
    with pytest.raises(InputError, match="lang 'fr': the page is written in vi or en only"):
        render_page(scored, lang="fr")


# -------------------------------------------------------------------------------------- the page as a file


def test_the_page_needs_nothing_from_outside(scored):
    html = own(report_page.render_page(invented_findings(400)))
    page = Reader(html)
    assert {tag for tag, _ in page.elements} <= ELEMENTS
    for tag, attributes in page.elements:
        assert not attributes.keys() & {"src", "style", "srcset"}, tag
        assert not any(name.startswith("on") for name in attributes), tag
        assert attributes.get("href", "#").startswith("#"), tag
    # The script draws bars by their name space, which nobody fetches.
    assert re.findall(r"https?:[^\s\"']*", html) == ["http://www.w3.org/2000/svg"]
    assert "@import" not in html
    assert "url(" not in html


def test_the_policy_allows_these_scripts_and_this_style_sheet_only(scored):
    html = render_page(scored)
    policy = Reader(html).having(**{"http-equiv": "Content-Security-Policy"})[0]["content"]
    parts = {part.split()[0]: part.split()[1:] for part in policy.split("; ")}

    def digests(tag: str) -> list[str]:
        found = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        return [
            f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in found
        ]

    nothing = f"'sha256-{base64.b64encode(hashlib.sha256(b'').digest()).decode()}'"
    assert parts["default-src"] == parts["base-uri"] == parts["form-action"] == ["'none'"]
    assert parts["script-src"] == digests("script")
    assert parts["style-src"] == [nothing, *digests("style")]
    assert "unsafe" not in policy
    assert own(html).count("<script") - own(html).count("<script>") == 1


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_landmarks_headings_and_tables_are_named(findings, lang):
    page = Reader(report_page.render_page(findings, lang=lang))
    tags = [tag for tag, _ in page.elements]
    assert [tags.count(tag) for tag in ("h1", "main", "nav")] == [1, 1, 1]
    assert tags.count("caption") == tags.count("table") > 5
    assert all("scope" in of for tag, of in page.elements if tag == "th")
    ids = [of["id"] for _, of in page.elements if "id" in of]
    assert len(ids) == len(set(ids))
    linked = [of["href"][1:] for tag, of in page.elements if tag == "a"]
    assert set(linked) <= set(ids)
    assert {of["aria-labelledby"] for _, of in page.elements if "aria-labelledby" in of} <= set(ids)
    assert {of["for"] for tag, of in page.elements if tag == "label"} <= set(ids)
    charts = page.having(**{"class": "chart"})
    assert len(charts) == 7
    assert all(of["role"] == "img" and of["aria-label"] for of in charts)


def test_a_page_on_four_thousand_comments_is_light():
    comments, mentions = invented_comments(4000)
    assert len(own(render_page(scored_table(comments, mentions))).encode()) < 250_000


def test_it_is_written_beside_the_tables_and_says_what_was_read(tmp_path, tables):
    folder = write_tables(tmp_path / "run", *tables, MANIFEST)
    path = folder / "report.html"
    write_page(find(read_scored(folder)), path, lang="en")
    text = Reader(path.read_text(encoding="utf-8")).text
    for said in (
        "phan_hoi.csv", "405 rows = 400 scored + 5 set aside", "Nội dung", "guessed by its name", "chosen by the user",
        "no text", "the id occurs before", "dates: day first", "fast-9 · 12ab", "1.5 s", "5 rows set aside",
        "1 comment is longer than the model reads",
    ):  # fmt: skip
        assert said in text, said


def test_a_page_that_cannot_be_written_is_an_output_error(tmp_path, tables):
    (tmp_path / "report.html").mkdir()
    with pytest.raises(OutputError, match=r"report\.html"):
        write_page(bare_findings(scored_table(*tables)), tmp_path / "report.html")


# ------------------------------------------------------------------------------------------------ content


def test_the_headline_names_what_leads_beyond_chance():
    far = [(f"a{at}", "delivery", "general", "negative") for at in range(60)]
    behind = [(f"b{at}", "app", "general", "negative") for at in range(20)]
    scored = rows(*far, *behind, comments=120)
    assert title(scored) == "Delivery draws the most complaints, ahead of App"
    page = Reader(render_page(scored, lang="en")).text
    assert "60 of 200 comments complain about Delivery: 30%, 95% interval 24–37%." in page
    assert "The gap between Delivery and App is wider than chance would make it." in page
    assert title(scored, "vi") == "Giao hàng bị chê nhiều nhất, hơn Ứng dụng"


def test_the_headline_does_not_choose_between_equals():
    names = ["delivery", "app", "store", "payment", "hotline"]
    two = [(f"{name}{at}", name, "general", "negative") for name in names[:2] for at in range(30)]
    two.append(("one more", "delivery", "general", "negative"))
    assert title(rows(*two)) == "Delivery and App draw the most complaints"
    assert "too few to tell whether Delivery or App comes first" in render_page(rows(*two), lang="en")
    five = [(f"{name}{at}", name, "general", "negative") for name in names for at in range(10)]
    assert title(rows(*five)) == "Complaints are spread out, no touchpoint stands out"


@pytest.mark.parametrize(
    ("scored", "expected"),
    [
        (rows(), "There is no comment to report on"),
        (rows(("a", "app", "general", "negative")), "Only 1 comment: too few to say what stands out"),
        (rows(comments=30), "No comment speaks of any touchpoint"),
        (rows(("a", "app", "general", "positive"), comments=30), "No touchpoint draws complaints"),
        (
            rows(("a", "app", "general", "negative"), comments=30),
            "App is the only touchpoint that draws complaints",
        ),
    ],
)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_small_and_empty_tables_give_a_page(scored, expected, lang):
    assert Reader(render_page(scored, lang=lang)).having(id="guide")
    if lang == "en":
        assert title(scored) == expected


def test_the_rate_worst_touchpoint_is_named_beside_the_weightiest():
    often = [(f"a{at}", "product", "general", "negative" if at < 60 else "positive") for at in range(200)]
    always = [(f"b{at}", "hotline", "general", "negative") for at in range(25)]
    page = Reader(render_page(rows(*often, *always), lang="en")).text
    assert "Phone support leaves the worst impression: 25 of 25 complain (100%; 87–100%)" in page


def test_cells_with_few_comments_show_no_share():
    many = [(f"a{at}", "app", "convenience", "negative") for at in range(25)]
    few = [(f"b{at}", "store", "environment", "negative") for at in range(19)]
    html = render_page(rows(*many, *few), lang="en")
    cells = re.findall(
        r'<td class="cell (\w+)"(?: data-touchpoint="\d+" data-factor="\d+")?(?: title="([^"]*)")?>(.*?)</td>',
        html,
    )
    assert ("s4", "App × Convenience: 25 of 25 comments complain, 100% (95% interval 87–100%)") in [
        c[:2] for c in cells
    ]
    grey = [(tip, inside) for shade, tip, inside in cells if shade == "few"]
    assert len(grey) == 2
    for tip, inside in grey:
        assert "%" not in inside
        assert "not enough data" in inside
        assert "n 19" in inside
        assert "19 of 19 comments complain" in tip


def test_stages_are_the_touchpoints_unless_the_export_has_its_own(tables):
    comments, mentions = tables
    own = Reader(render_page(scored_table(comments, mentions), lang="en"))
    assert "the one each touchpoint belongs to" in own.text
    assert own.having(**{"class": "stages"})
    stage = np.where(np.arange(len(comments)) % 2, "Ngày đầu", "Sau một tháng")
    manifest = {"columns": {"stage": {"column": "Giai đoạn", "reason": "by its name", "chosen": False}}}
    export = Reader(
        render_page(scored_table(comments.assign(stage=stage), mentions, manifest=manifest), lang="en")
    )
    assert "the export’s own (column “Giai đoạn”)" in export.text
    assert "Sau một tháng" in export.text
    assert not export.having(**{"class": "stages"})


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (None, "has no time that could be read"),
        (pd.to_datetime(["2024-05-02"] * 400), "All dated comments fall in one period (2 May 2024)"),
        (pd.date_range("2024-05-01", periods=400, freq="30min"), "day by day"),
        (pd.date_range("2024-01-01", periods=400, freq="8h"), "week by week"),
        (pd.date_range("2023-01-01", periods=400, freq="1D"), "month by month"),
        (pd.date_range("2010-01-01", periods=400, freq="13D"), "quarter by quarter"),
        (pd.DatetimeIndex([pd.NaT] * 3).append(pd.date_range("2024-01-01", periods=397, freq="8h")), "3 comments have no date"),
        (pd.DatetimeIndex(["1970-01-01"]).append(pd.date_range("2024-01-01", periods=399, freq="8h")), "1 comment dated far"),
    ],
)  # fmt: skip
def test_time_is_shown_in_fitting_periods_or_said_to_be_missing(tables, times, said):
    comments, mentions = tables
    comments = comments.drop(columns="time") if times is None else comments.assign(time=times)
    assert said in Reader(render_page(scored_table(comments, mentions), lang="en")).text


def test_thin_periods_are_said_to_be_no_trend(tables):
    comments, mentions = tables
    start = pd.Timestamp("2024-01-01")
    month = np.repeat([0, 1, 2], [195, 10, 195])
    html = render_page(
        scored_table(comments.assign(time=start + pd.to_timedelta(month * 31, unit="D")), mentions), lang="en"
    )
    assert "Hollow dots: periods with fewer than 20 comments" in html
    assert (
        len(re.findall(r'<tr class="dim"><th scope="row">29 Jan 2024</th><td class="num">10</td>', html)) == 1
    )


@pytest.mark.parametrize(
    ("rating", "said", "unsaid"),
    [
        ({"kind": "nps", "low": 0.0, "high": 10.0}, "NPS 20 (95% interval", "Stars"),
        ({"kind": "stars", "low": 1.0, "high": 10.0}, "Stars, 1 to 10", "NPS"),
        ({"kind": "csat", "low": 0.0, "high": 10.0}, "(CSAT)", "NPS"),
        (None, "Kind of rating not known", "NPS"),
    ],
)
def test_only_a_recommendation_gives_nps(rating, said, unsaid):
    ratings = [10.0] * 5 + [8.0] * 2 + [3.0] * 3
    comments = pd.DataFrame({"comment_id": [f"c{at}" for at in range(10)], "rating": ratings})
    mentions = pd.DataFrame(columns=["comment_id", "touchpoint", "factor", "sentiment"])
    scored = scored_table(comments, mentions, manifest={"rating": rating} if rating else None)
    text = Reader(render_page(scored, lang="en")).text
    assert said in text
    assert unsaid not in text
    assert "Mean 7.50 (95% interval 5.21–9.79) of 10 ratings." in text


def test_doubts_tell_the_models_own_figures_and_the_customers_who_repeat(scored):
    text = Reader(render_page(scored, lang="en")).text
    said = "about 90 in 100 of the mentions of a touchpoint that the model named were right, and it found about 75"
    assert said in text
    assert "True mentions" in text
    assert "come from customers who wrote more than once" in text
    assert "it is not yet cause and effect" in text
    assert "not all customers" in text
    bare = Reader(render_page(rows(comments=3), lang="en")).text
    assert "came without test figures" in bare
    assert "customers who wrote more than once" not in bare
    assert "came without a manifest.json" in bare


COMPLAINTS = {
    "touchpoint": {"delivery": {"tp": 90, "fp": 10, "fn": 30, "tn": 500}},
    "touchpoint_sentiment": {
        "delivery#negative": {"tp": 30, "fp": 10, "fn": 20, "tn": 570},
        "delivery#positive": {"tp": 50, "fp": 1, "fn": 1, "tn": 570},
        "app#negative": {"tp": 30, "fp": 20, "fn": 10, "tn": 570},
    },
}


@pytest.mark.parametrize(
    ("lang", "said", "column"),
    [
        ("en", "{} in 100 of the complaints at a touchpoint that the model named were right, and it found about {} ", "True complaints"),
        ("vi", "100 ý chê ở một điểm chạm mà mô hình nêu ra thì khoảng {} là đúng, và trong 100 ý chê ở một điểm chạm có thật mô hình tìm ra khoảng {}.", "Số ý chê có thật"),
    ],
)  # fmt: skip
def test_the_models_figures_are_those_of_complaints_where_they_are_known(lang, said, column):
    spoken = rows(("c0", "delivery", "general", "negative"))
    scored = scored_table(spoken.comments, spoken.mentions, manifest={"model": {"heldout": COMPLAINTS}})
    page = Reader(render_page(scored, lang=lang)).text
    assert said.format(75, 60) in page
    assert column in page


def test_test_figures_are_told_also_where_nothing_was_mentioned():
    empty = rows(comments=3)
    scored = scored_table(empty.comments, empty.mentions, manifest={"model": {"heldout": COMPLAINTS}})
    page = Reader(render_page(scored, lang="en")).text
    assert "about 67 in 100 of the complaints at a touchpoint" in page
    assert "came without test figures" not in page


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["1 comment by its overall sentiment, mixed included", "“mixed” counts on both sides", "the comment stays positive"]),
        ("vi", ["1 phản hồi, theo cảm xúc chung", "“mixed” (vừa khen vừa chê) được tính ở cả hai bên", "phản hồi vẫn được tính là khen"]),
    ],
)  # fmt: skip
def test_the_page_says_which_shares_go_by_comments_and_which_by_mentions(lang, said):
    page = Reader(render_page(rows(("c0", "app", "general", "negative"), comments=2), lang=lang)).text
    assert [words for words in said if words not in page] == []


def test_groups_show_channels_segments_and_owner_teams(scored):
    text = Reader(render_page(scored, lang="vi")).text
    for said in ("Giao vận", "Chăm sóc khách hàng", "Zalo", "Khách quen", "VIP"):
        assert said in text


def test_a_users_own_taxonomy_gives_the_names_and_strangers_keep_their_ids(tmp_path):
    given = [(f"a{at}", "ROOMS", "general", "negative") for at in range(30)]
    given += [(f"b{at}", "minibar", "general", "negative") for at in range(5)]
    scored = rows(*given)
    folder = write_tables(tmp_path, scored.comments, scored.mentions)
    (folder / "taxonomy.toml").write_text(
        taxonomy_from_categories([("ROOMS", "")]).to_toml(), encoding="utf-8"
    )
    text = Reader(report_page.render_page(find(read_scored(folder)), lang="en")).text
    assert "ROOMS weighs most" in text
    assert "The labels of this table are not split by factor." in text
    assert "The table names no stage of the journey." in text
    assert "Owner" not in text


def test_hundreds_of_labels_are_cut_to_those_most_spoken_of():
    given = [
        (f"{name}-{at}", f"label {name}", f"why {at}", "negative") for name in range(60) for at in range(15)
    ]
    text = Reader(render_page(rows(*given), lang="en")).text
    assert "and 20 more rows with fewer comments" in text


# ------------------------------------------------------------------------------------------------- quotes


def test_quotes_are_three_different_ones_that_stand_in_their_comments(scored, tables):
    words = wording("vi", load_taxonomy())
    found = quotes(scored, ["delivery", "product"], words)
    for touchpoint, excerpts in found.items():
        assert len(excerpts) == 3
        assert len({excerpt.marked.casefold() for excerpt in excerpts}) == 3
        for row in pick(scored, touchpoint).itertuples():
            comment = tables[0].set_index("comment_id")["text"][row.comment_id]
            assert comment[int(row.start) : int(row.end)] == row.quote
            assert row.sentiment == "negative"
            assert any(
                row.quote in excerpt.marked and comment.startswith(excerpt.before) for excerpt in excerpts
            )


def quoted(*said: tuple[str, str, float]) -> Scored:
    """A table of complaints on the app: text, quote, confidence."""
    comments = pd.DataFrame(
        {"comment_id": [f"c{at}" for at in range(len(said))], "text": [text for text, _, _ in said]}
    )
    mentions = pd.DataFrame(
        {
            "comment_id": comments["comment_id"], "touchpoint": "app", "factor": "general", "sentiment": "negative",
            "confidence": [sure for _, _, sure in said], "start": [text.find(quote) for text, quote, _ in said],
            "end": [text.find(quote) + len(quote) for text, quote, _ in said], "quote": [quote for _, quote, _ in said],
        }
    )  # fmt: skip
    return scored_table(comments, mentions)


def test_the_same_words_are_not_quoted_twice():
    scored = quoted(
        ("App văng liên tục khi mở", "App văng liên tục khi mở", 0.99),
        ("app vang lien tuc khi mo!!!", "app vang lien tuc khi mo!!!", 0.98),
        ("Không đăng nhập được vào máy", "Không đăng nhập được vào máy", 0.5),
    )
    assert pick(scored, "app")["comment_id"].tolist() == ["c0", "c2"]


def test_the_surest_quotes_come_first():
    texts = [
        "màn hình đen thui mãi",
        "quay vòng tải hoài không xong",
        "báo lỗi mạng dù wifi căng",
        "cập nhật xong mất dữ liệu",
    ]
    scored = quoted(*((text, text, 0.6 + at / 10) for at, text in enumerate(texts)))
    assert set(pick(scored, "app")["comment_id"]) == {"c1", "c2", "c3"}


COMPLAINED = (
    "app văng lúc thanh toán",
    "không nhận được mã xác nhận nào cả",
    "treo",
    "đăng xuất hoài bực mình",
)


def judged(*, ratings: list[float] | None = None, sentiments: list[str] | None = None, **manifest) -> Scored:
    """Complaints about the app, each surer than the one before."""
    table = quoted(*((text, text, 0.6 + at / 10) for at, text in enumerate(COMPLAINED)))
    given = {"rating": ratings, "sentiment": sentiments}
    comments = table.comments.assign(**{name: values for name, values in given.items() if values})
    return scored_table(comments, table.mentions, manifest=manifest)


@pytest.mark.parametrize(
    ("rating", "ratings"),
    [
        ({"kind": "stars", "low": 1.0, "high": 5.0}, [1.0, 4.0, 3.0, 5.0]),
        ({"kind": "nps", "low": 0.0, "high": 10.0}, [7.0, 8.0, 0.0, 10.0]),
        (None, [1.0, 4.0, 3.0, 5.0]),
    ],
)
def test_a_complaint_from_a_well_rated_comment_is_quoted_last(rating, ratings):
    scored = judged(ratings=ratings, **({"rating": rating} if rating else {}))
    assert pick(scored, "app")["comment_id"].tolist() == ["c0", "c2", "c3"]


def test_a_complaint_from_a_positive_comment_is_quoted_last():
    scored = judged(sentiments=["mixed", "positive", "negative", "positive"])
    assert pick(scored, "app")["comment_id"].tolist() == ["c0", "c2", "c3"]


def test_another_factor_does_not_bring_a_pleased_comment_forward():
    scored = judged(sentiments=["negative", "mixed", "negative", "positive"])
    mentions = scored.mentions.assign(factor=["general", "general", "general", "convenience"])
    found = pick(scored_table(scored.comments, mentions), "app")
    assert found["comment_id"].tolist() == ["c1", "c0", "c2"]


def test_complaints_of_pleased_comments_are_better_than_none():
    scored = judged(ratings=[5.0] * 4, rating={"kind": "stars", "low": 1.0, "high": 5.0})
    assert pick(scored, "app")["comment_id"].tolist() == ["c3", "c1", "c0"]


def test_a_long_comment_is_cut_around_its_quote():
    quote = "app treo cứng mỗi lần mở"
    scored = quoted((f"{'đầu ' * 50_000}{quote}{' cuối' * 50_000}", quote, 0.9))
    excerpt = quotes(scored, ["app"], wording("vi", load_taxonomy()))["app"][0]
    assert excerpt.marked == quote
    assert excerpt.before.startswith("…")
    assert excerpt.after.endswith("…")
    assert len(excerpt.before) + len(excerpt.after) < 300


def test_a_quote_that_its_comment_does_not_hold_stands_alone():
    scored = quoted(("một câu khác hẳn", "app treo cứng mỗi lần mở", 0.9))
    excerpt = quotes(scored, ["app"], wording("vi", load_taxonomy()))["app"][0]
    assert (excerpt.before, excerpt.marked, excerpt.after) == ("", "app treo cứng mỗi lần mở", "")


# ------------------------------------------------------------------------------------------ hostile input


def hostile_page(text: str) -> str:
    comments, mentions = invented_comments(40)
    comments = comments.assign(text=text, channel=text, segment=text, customer_id=text)
    mentions = mentions.assign(quote=text, start=0, end=len(text), sentiment="negative", stage=None)
    mentions["touchpoint"] = np.where(np.arange(len(mentions)) % 2, "app", text[:60].strip() or "x")
    mentions["factor"] = np.where(np.arange(len(mentions)) % 2, "general", text[:60].strip() or "x")
    manifest = {
        "input": {"name": text, "format": text, "sheet": text}, "columns": {"text": {"column": text, "reason": text}},
        "notes": [text], "counts": {"rejected": 1, "reasons": {text: 1}}, "model": {"id": text, "heldout": {text: text}},
    }  # fmt: skip
    scored = scored_table(comments.assign(value=1.0), mentions, manifest=manifest)
    found = invented_findings(scored=scored, word=text)
    return report_page.render_page(found, lang="en")


def check_harmless(html: str) -> None:
    page = Reader(html)
    assert {tag for tag, _ in page.elements} <= ELEMENTS
    assert not any(name.startswith("on") for _, of in page.elements for name in of)
    assert own(html).count("<style>") == own(html).count("</style>") == 1
    assert own(html).count("<script>") == 3
    assert own(html).count("<script") == own(html).lower().count("</script") == 4
    assert "\x00" not in html
    assert "\u202e" not in html
    html.encode("utf-8")


def test_hostile_text_stays_text():
    html = hostile_page(HOSTILE)
    check_harmless(html)
    assert "<script>alert(1)</script></style>" in Reader(html).text
    assert "49" not in Reader(html).text.split("{{7*7}}")[0][-5:]


@given(text=st.text(min_size=1, max_size=80).filter(lambda text: text.strip()))
@settings(
    max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
def test_any_text_makes_a_sound_page(text):
    check_harmless(hostile_page(text))


def test_a_megabyte_makes_no_large_page():
    assert len(own(hostile_page("rất dài " * 130_000))) < 400_000


@given(st.text())
def test_cleaned_text_is_one_line_without_turns(text):
    cleaned = clean(text, longest=20)
    assert len(cleaned) <= 20
    assert not set(cleaned) & set("\n\r\t\x00\u202e\u2067")
