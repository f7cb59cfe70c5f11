"""The parts of the page that findings fill: causes, the journey's picture, drivers, trends, alarms, and their figures."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from invented_findings import bare_findings, invented_findings
from invented_scores import invented_comments

from cx_nlp.journey.table import scored_table
from cx_nlp.report.arrows import routes
from cx_nlp.report.cards import causes
from cx_nlp.report.charts import label, wrapped
from cx_nlp.report.cube import cube
from cx_nlp.report.drivers import drivers
from cx_nlp.report.headline import headline
from cx_nlp.report.heatmap import shown_labels
from cx_nlp.report.importance import importance
from cx_nlp.report.journey_map import journey_map
from cx_nlp.report.leaders import leaders
from cx_nlp.report.metrics import metrics
from cx_nlp.report.movement import alarms, changes, channels
from cx_nlp.report.page import render_page
from cx_nlp.report.reactions import contrast_rows, forgiveness_rows, kinds
from cx_nlp.report.spots import places
from cx_nlp.report.trends import trends
from cx_nlp.report.upstream import upstream
from cx_nlp.report.wording import wording
from cx_nlp.taxonomy import load_taxonomy, taxonomy_from_categories


@pytest.fixture(scope="module")
def found():
    return invented_findings(1500)


EN, VI = wording("en", load_taxonomy()), wording("vi", load_taxonomy())


def counted(found, words=EN):
    return cube(found.scored, found.taxonomy, *shown_labels(found.scored, words))


def changed(found, table: str, **values):
    """The findings with these columns of the first row of a table changed."""
    new = getattr(found, table).astype(object).copy()
    for name, value in values.items():
        new.loc[new.index[0], name] = value
    others = {name: getattr(found, name) for name in ("causes", "links", "witness", "trends", "alarms")}
    return bare_findings(found.scored, **{**others, table: new})


# ------------------------------------------------------------------------------------------------ causes


def facts(found, words=EN) -> dict[str, str]:
    return {name: " ".join(said) for name, said in causes(found, words, counted(found)).cards[0].facts}


def test_a_cause_says_how_far_it_reaches_what_it_costs_and_how_sure_that_is(found):
    card = causes(found, EN, counted(found)).cards[0]
    assert (card.shows, card.reason, card.owner) == (
        "Delivery & installation",
        "Speed of response",
        "Logistics",
    )
    said = facts(found)
    assert re.match(
        r"\d+ customers, \d+% of all \(95% interval \d+–\d+%\), complain here, in \d+ comments\.",
        said["Reach"],
    )
    assert "associated with a rating 1.30 points lower (1.10–1.50)" in said["Difference"]
    assert said["How sure"].startswith(
        "Fairly sure: with the customers drawn anew, it is among the first three in 89 of 100"
    )
    assert "in the unit of the value column" in said["Money touched"]
    assert said["Lately"] == "Getting worse: see the alarms."


def test_where_a_cause_starts_comes_from_customers_from_texts_or_is_not_known(found):
    first = causes(found, EN, counted(found)).cards
    assert (first[0].starts, first[0].by) == ("Ordering & booking", "customers")
    said = facts(found)["Where it starts"]
    assert "Ordering & booking · Quality & reliability have 3.8 times the odds (2.4–6.1)" in said
    assert "22% of the complaints here (14–31%) are associated with it." in said
    assert (first[2].starts, first[2].by) == ("Core product or service", "texts")
    unknown = {"starts_by": "", "starts_at": "", "starts_odds_ratio": np.nan, "touchpoint": "product"}
    other = changed(found, "causes", **unknown)
    assert facts(other)["Where it starts"].startswith("Not known: 1 earlier touchpoint was tested")
    few = changed(other, "causes", touchpoint="after_sales")
    assert "too few customers met both" in facts(few)["Where it starts"]
    none = changed(other, "causes", touchpoint="email")
    assert "there was no pair with an earlier touchpoint" in facts(none)["Where it starts"]


def test_no_sentence_promises_what_a_fix_would_bring(found):
    for words in (EN, VI):
        said = " ".join(facts(found, words).values())
        assert "if you" not in said.lower()
        assert "nếu sửa" not in said.lower()


@pytest.mark.parametrize(
    ("given", "fact", "said"),
    [
        ({"measure": "reach"}, "Difference", None),
        ({"measure": "outcome", "loss": 0.125, "loss_low": 0.1, "loss_high": 0.15}, "Difference", "12.5 percentage points higher (10.0–15.0)"),
        ({"loss": np.nan}, "Difference", "Not enough data to say how much"),
        ({"customers": np.nan}, "Reach", "of how many customers is not known"),
        ({"value_money": np.nan}, "Money touched", None),
        ({"p_top3": 0.97}, "How sure", "Quite sure"),
        ({"p_top3": 0.4}, "How sure", "Not surely one of the first three"),
        ({"p_top3": np.nan, "total_low": np.nan, "share_low": np.nan}, "How sure", None),
        ({"factor": "", "factor_share": np.nan}, "Reach", "comments."),
        ({"alarm": None}, "Lately", None),
    ],
)  # fmt: skip
def test_what_is_not_known_is_not_said(found, given, fact, said):
    told = facts(changed(found, "causes", **given))
    assert (fact in told) == (said is not None)
    if said:
        assert said in told[fact]


def test_the_list_says_why_it_ends(found):
    listed = causes(found, EN, counted(found))
    assert [card.rank for card in listed.cards] == ["1", "2", "3"]
    assert (
        listed.end
        == "Why the list ends here: next would be After-sales & warranty, but it is less than a quarter of the first one."
    )
    assert listed.others[0].why.startswith("it is a verdict on the whole experience")


def test_comments_behind_a_cause_are_at_most_two_hundred_marked_and_of_that_cause(found):
    card = causes(found, EN, counted(found)).cards[0]
    assert len(card.comments) == 200
    assert all(comment.excerpt.marked for comment in card.comments)
    assert [comment.excerpt.factor for comment in card.comments[:20]] == ["Speed of response"] * 20
    assert {comment.segment for comment in card.comments} == {1, 2, 3}
    assert {comment.period for comment in card.comments} == set(range(1, 13))


def test_comments_without_quotes_are_shown_from_their_beginning():
    comments, mentions = invented_comments(300)
    scored = scored_table(comments, mentions.drop(columns=["quote", "start", "end"]))
    card = causes(invented_findings(scored=scored), EN, counted(bare_findings(scored))).cards[0]
    assert card.comments
    assert all(comment.excerpt.marked == "" and comment.excerpt.after for comment in card.comments)
    silent = scored_table(comments.drop(columns="text"), scored.mentions)
    assert (
        causes(invented_findings(scored=silent), EN, counted(bare_findings(silent))).cards[0].comments == ()
    )


def test_the_headline_names_the_first_cause_and_where_it_starts(found):
    assert headline(found, EN).title == "Delivery weighs most, and part of it starts at Ordering"
    assert headline(found, VI).title == "Vấn đề nặng nhất nằm ở Giao hàng, một phần bắt đầu từ Đặt mua"
    by_texts = changed(found, "causes", starts_odds_ratio=np.nan)
    assert headline(by_texts, EN).title == "Delivery and Core product or service weigh most"
    assert (
        "Among 1,500 comments, 3 causes are worth taking up first: Delivery, Core product"
        in headline(found, EN).sentences[0]
    )


# ---------------------------------------------------------------------------------------------- journey


def test_arrows_are_solid_by_customers_and_dashed_by_texts(found):
    links = upstream(found, EN)
    drawn = {(arrow.cause, arrow.effect): arrow.by for arrow in links.arrows}
    assert drawn == {
        ("ordering", "delivery"): "customers",
        ("website", "ordering"): "customers",
        ("product", "after_sales"): "texts",
    }
    picture = journey_map(found.scored, EN, links.arrows)
    for chart in (picture.wide, picture.narrow):
        dashes = [trace["line"]["dash"] for trace in chart["data"][:3]]
        assert dashes == ["solid", "solid", "dash"]
        discs = chart["data"][-1]
        assert len(discs["x"]) == found.scored.mentions["touchpoint"].nunique()
        assert all(re.fullmatch(r"\d+%|–|\d\.\d%", text) for text in discs["text"])


def test_no_arrow_runs_over_a_disc_or_a_name(found):
    picture = journey_map(found.scored, VI, ())
    discs = picture.wide["data"][-1]
    places = list(zip(discs["x"], discs["y"], strict=True))
    ways = [(start, end) for start in places for end in places if start != end]
    crowd = [way for way in ways if way[0][0] < way[1][0]][::7]
    drawn = [(way, routes([way])[0]) for way in ways] + list(zip(crowd, routes(crowd), strict=True))
    for (start, end), (x, y) in drawn:
        assert ((x[0], y[0]), (x[-1], y[-1])) == (start, end)
        assert max(y) < 0.3, "the names of the stages stand there"
        for column, row in places:
            # In columns of 200 and rows of 80 pixels: a disc, and a name of two lines beside it.
            own = (column, row) in (start, end)
            near = [(at_x - column, at_y - row) for at_x, at_y in zip(x, y, strict=True)]
            assert own or not any(abs(dx) < 0.15 and abs(dy) < 0.37 for dx, dy in near)
            assert not any(0.15 < dx < 0.7 and abs(dy) < 0.22 for dx, dy in near)


def test_in_a_narrow_window_arrows_keep_to_the_left_of_all_words(found):
    picture = journey_map(found.scored, EN, upstream(found, EN).arrows)
    for trace in picture.narrow["data"][:3]:
        assert -0.42 < min(trace["x"]) < -0.1
        assert max(trace["x"]) == 0 == trace["x"][-1]
    assert all(one["x"] == 0 for one in picture.narrow["layout"]["annotations"])


def test_the_place_of_every_chart_is_kept_free(found):
    html = render_page(found, lang="en")
    drawn = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', html)[1])[
        "figures"
    ]
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    for id, widths in drawn.items():
        for chart in widths.values():
            assert f"#{id} {{ min-height: {chart['layout']['height']}px; }}" in style
    assert html.index('classList.add("scripted")') < html.index("<body>")


def test_stages_stand_in_the_order_of_the_journey(found):
    picture = journey_map(found.scored, VI, ())
    heads = [re.sub("</?b>", "", one["text"]) for one in picture.wide["layout"]["annotations"]]
    assert heads == ["Nhận biết", "Cân nhắc", "Mua hàng", "Sử dụng", "Gắn bó"]
    tops = [one["text"] for one in picture.narrow["layout"]["annotations"]]
    assert [re.sub("</?b>", "", text) for text in tops] == heads


def test_a_table_without_stages_still_has_its_picture():
    comments, mentions = invented_comments(200)
    plain = taxonomy_from_categories([(name, "") for name in mentions["touchpoint"].unique()])
    scored = scored_table(comments, mentions.drop(columns="stage"))
    picture = journey_map(scored, wording("en", plain), ())
    assert {one["text"] for one in picture.wide["layout"]["annotations"]} == {"<b></b>"}
    assert journey_map(scored_table(comments, mentions[:0]), EN, ()) is None


def test_the_pairs_tested_are_counted_and_the_rest_told(found):
    links = upstream(found, EN)
    assert (
        links.sentence
        == "4 pairs of an earlier and a later touchpoint were tested: 2 supported; too few customers for 1 more."
    )
    rows = {(row.cause, row.effect): row for row in links.rows}
    assert (
        rows["Core product or service", "After-sales & warranty"].verdict
        == "not enough data (450 more customers needed)"
    )
    assert rows["Core product or service", "After-sales & warranty"].said == "9"
    assert rows["Advertising & PR", "Core product or service"].share == "–"


def test_every_touchpoint_that_carries_a_complaint_on_has_its_name(found):
    rows = upstream(changed(found, "links", carried_via="delivery > hotline"), EN).rows
    assert any(
        row.verdict == "supported; part of it by way of Delivery & installation > Phone support"
        for row in rows
    )


# ------------------------------------------------------------------------------------- drivers and kinds


def test_factors_that_matter_and_fail_are_named(found):
    table = found.importance.assign(measured=0.1, performance=0.5)
    table.loc[table["factor"] == "responsiveness", ["measured", "performance"]] = [0.4, -0.5]
    made = importance(table, EN)
    assert (
        made.sentence == "More important than the average factor and judged worse than it: Speed of response."
    )
    assert made.rows[0].name == "Speed of response"
    assert made.quadrants["data"][0]["marker"]["color"].count("#a8420c") == 1
    assert {row.name: row.polled for row in made.rows}["Problem resolution"] == "79%"


def test_without_ratings_the_poll_stands_alone(found):
    unknown = dict.fromkeys(("measured", "measured_low", "measured_high"), np.nan)
    made = importance(found.importance.assign(**unknown), EN)
    assert made.quadrants is None
    assert made.sides
    assert importance(found.importance.assign(**unknown, polled=np.nan), EN) is None
    assert importance(found.importance[:0], EN) is None


def test_names_in_a_chart_do_not_cover_each_other():
    x, y = [0.0, 0.5, 40.0], [0.1, 0.1, 0.3]
    placed = places(x, y, ["Quality", "Consistency", "Value"], 60, 0.4)
    assert placed[0] != placed[1]


def test_drivers_come_by_size_with_interval_side_and_note(found):
    by_touchpoint, by_factor = drivers(found.drivers, EN)
    assert (by_touchpoint.by, by_factor.by) == ("touchpoint", "factor")
    sizes = [abs(float(row.effect.replace("−", "-"))) for row in by_touchpoint.rows if row.effect != "–"]
    assert sizes == sorted(sizes, reverse=True)
    assert {trace["name"] for trace in by_touchpoint.chart["data"]} == {"complaint", "praise"}
    assert len({trace["marker"]["symbol"] for trace in by_touchpoint.chart["data"]}) == 2
    note = found.drivers.assign(note="not enough data: always with delivery|negative; collinear; made up")
    row = drivers(note, EN)[0].rows[0]
    assert (
        row.note == "always with Delivery & installation (complaint), hard to tell from the others, made up"
    )


def test_every_note_and_every_reason_to_leave_a_cause_out_has_words(found):
    notes = ("not found within customers", "within the tagger's errors", "in nearly every comment", "a verdict on the whole",
             "too few comments", "too few customers", "too many themes", "not apart from the others", "collinear",
             "same outcome throughout", "ordered logit agrees", "ordered logit disagrees")  # fmt: skip
    for note in notes:
        assert drivers(found.drivers.assign(note=note), VI)[0].rows[0].note != note
    for why in ("too_few", "not_told", "not_sure", "too_small", "enough_listed", "verdict"):
        left = causes(changed(found, "causes", listed=False, why_not=why), VI, counted(found, VI)).others
        assert why not in [one.why for one in left]


def test_an_outcome_is_told_in_percentage_points(found):
    outcome = found.drivers.assign(outcome="outcome", effect=0.123, low=0.1, high=0.2)
    row = drivers(outcome, EN)[0].rows[0]
    assert (row.effect, row.interval) == ("+12.3", "10.0–20.0")
    assert contrast_rows(found.contrast, EN, "outcome")[0].penalty == "−120.0"


def test_kinds_say_what_they_mean_and_what_is_of_them(found):
    said = {kind.name: kind.members for kind in kinds(found.contrast, EN)}
    assert said["Basic"] == ("Delivery & installation", "Speed of response")
    assert said["Excitement"] == ("Loyalty programme",)
    assert "not enough data" not in said
    rows = forgiveness_rows(found.forgiveness, EN)
    assert [row.verdict for row in rows] == ["softened", "not softened", "not enough data"]


# ------------------------------------------------------------------------------------ trends and alarms


def test_series_with_an_alarm_come_first_and_tell_when_their_level_changed(found):
    made = trends(found, EN, counted(found))
    assert [one.name for one in made[:2]] == [
        "Delivery & installation · Speed of response",
        "Core product or service",
    ]
    assert re.match(r"The level went from \d+(\.\d)?% to \d+% in the week of 7 Oct 2024\.", made[0].sentence)
    assert made[1].sentence == "No change of level is seen."
    assert sum(made[0].drawn["change"]) == 1
    names = counted(found)
    assert names.touchpoints[made[0].drawn["touchpoint"] - 1] == "delivery"
    assert names.factors[made[0].drawn["factor"] - 1] == "responsiveness"


def test_an_alarm_has_its_owner_evidence_words_and_season(found):
    worse, better = alarms(found, EN)
    assert worse.owner == "Logistics"
    assert worse.sentence == "From the week of 7 Oct 2024 on, the level of complaints rose from 8.0% to 21%."
    assert len(worse.quotes) == 3
    assert worse.words == ("trễ ba ngày", "nằm ở kho")
    assert not better.worse
    assert "only 2.0% of comments complained where 8.0% would be ordinary" in better.sentence
    quiet = changed(found, "alarms", season="year,tet_left_out")
    assert alarms(quiet, VI)[0].season == "(đã tính tới mùa trong năm; không tính các tuần quanh Tết.)"


def test_changes_and_channels_tell_verdicts_first_the_sure_ones(found):
    made = changes(found, EN)
    assert made.periods == "Nov 2024 against Oct 2024"
    assert [row.verdict for row in made.rows] == [
        "changed of its own",
        "carried from before",
        "no change seen",
        "not enough data",
    ]
    assert (made.rows[0].difference, made.rows[0].interval) == ("+9.0", "6.0–12.0")
    assert [row.verdict for row in channels(found.channels, EN)] == [
        "inconsistent",
        "consistent",
        "not enough data",
    ]


def test_measures_are_told_by_their_kind():
    given = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 40}
    told = metrics(
        {
            "csat": given,
            "mean": {**given, "value": 3.5, "low": np.nan},
            "nps": {**given, "value": -12.4, "low": -20, "high": -4},
        },
        EN,
    )
    assert [(one.value, one.interval) for one in told] == [
        ("−12", "−20 … −4"),
        ("50%", "40–60%"),
        ("3.50", ""),
    ]
    assert [one.name for one in metrics({"ces": given, "mean": given}, EN)] == ["CES: mean effort"]


def test_the_ranking_shows_corrected_shares_and_what_rises(found):
    first = leaders(found.scored, EN, found.scorecard, quoted=False)[0]
    assert (first.trend, first.quotes) == ("worse", ())
    assert first.corrected.endswith("%")
    assert leaders(found.scored, EN, found.scorecard[:0])[0].corrected == "–"


# ----------------------------------------------------------------------------------------------- charts


@pytest.mark.parametrize("text", ["<a href='http://x'>x</a>", "a & b", "&lt;b&gt;", "$x$ %{y}"])
def test_no_name_is_read_as_a_tag_by_a_chart(text):
    for made in (label(text), wrapped(text, 12)):
        assert "<a" not in made
        assert "<b>" not in made.replace("<br>", "")
    assert label("a & b") == "a &amp; b"


def test_every_part_may_be_empty(found):
    comments, mentions = found.scored.comments[:0], found.scored.mentions[:0]
    for scored in (found.scored, scored_table(comments, mentions)):
        html = render_page(bare_findings(scored), lang="en")
        assert "Nothing can be said of what goes with the rating." in html
        assert "No cause can be named from these comments." in html
        assert "No touchpoint left its ordinary range." in html


def test_tables_may_hold_nothing_but_missing_figures(found):
    numbers = {
        name: getattr(found, name).apply(lambda column: column.where(column.map(lambda value: not isinstance(value, float))))
        for name in ("causes", "links", "drivers", "importance", "contrast", "forgiveness", "channels", "changes", "scorecard")
    }  # fmt: skip
    html = render_page(bare_findings(found.scored, **numbers), lang="vi")
    assert (
        "nan"
        not in re.sub(r"<script.*?</script>|<style.*?</style>", "", html, flags=re.DOTALL).lower().split()
    )


def test_a_category_with_unused_levels_is_no_row_of_the_page():
    comments, mentions = invented_comments(120)
    scored = scored_table(comments, mentions)
    levels = [*scored.mentions["touchpoint"].cat.categories, "nowhere"]
    unused = scored.mentions.assign(touchpoint=scored.mentions["touchpoint"].cat.set_categories(levels))
    html = render_page(bare_findings(scored_table(comments, unused)), lang="en")
    assert "nowhere" not in html
    assert pd.api.types.is_string_dtype(scored.comments["comment_id"])
