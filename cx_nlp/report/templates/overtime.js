// Charts over time with the tables under them.
const plain = { displayModeBar: false, responsive: true, doubleClick: false, showTips: false };
const font = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, "DejaVu Sans", sans-serif';
const axis = (more) => ({ fixedrange: true, gridcolor: RULE, zeroline: false, linecolor: RULE, automargin: true, tickfont: { size: 12, color: SOFT }, ...more });
// Charts are as wide as the paper while the page is printed; the journey is drawn larger, and made smaller by its style.
const PAPER_WIDTH = 680, JOURNEY_WIDTH = 1040;
let printing = false;
const layout = (height, more) => ({
  height, ...(printing ? { width: PAPER_WIDTH } : {}), paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { family: font, size: 13, color: INK },
  separators: data.marks.decimal + data.marks.thousands, margin: { l: 8, r: 12, t: 8, b: 8 }, showlegend: false, dragmode: false,
  hovermode: "closest", hoverlabel: { bgcolor: "#fff", bordercolor: SOFT, font: { color: INK, size: 13 }, align: "left" }, ...more,
});
// As many names under the axis as there is room for.
const ticks = (place, names) => {
  const longest = Math.max(...names.map((name) => name.length));
  const room = Math.max(2, Math.floor(((printing ? PAPER_WIDTH : place.clientWidth) - 60) / (7 * longest + 16)));
  const step = Math.max(1, Math.ceil(names.length / room));
  const shown = names.map((_, at) => at).filter((at) => (names.length - 1 - at) % step === 0);
  return { tickvals: shown, ticktext: shown.map((at) => safe(names[at])), range: [-0.6, names.length - 0.4], showgrid: false };
};
// The outline of a band, broken where there is nothing to show; a point alone gets a narrow box.
const band = (low, high, color) => {
  const x = [], y = [];
  let run = [];
  const close = () => {
    if (run.length === 1) run = [run[0] - 0.12, run[0] + 0.12];
    const at = (place, of) => of[Math.round(place)];
    x.push(...run, ...[...run].reverse(), null);
    y.push(...run.map((place) => at(place, high)), ...[...run].reverse().map((place) => at(place, low)), null);
    run = [];
  };
  low.forEach((value, at) => {
    if (value !== null && high[at] !== null) run.push(at);
    else if (run.length) close();
  });
  if (run.length) close();
  return { type: "scatter", mode: "lines", x, y, fill: "toself", fillcolor: color, line: { width: 0 }, hoverinfo: "skip", cliponaxis: false };
};
const side = (rows, which, color, dash) => {
  const share = rows.map((row) => (row.n ? row[which] / row.n : null));
  const sure = rows.map((row) => row.n >= data.enough);
  const limits = rows.map((row) => wilson(row[which], row.n));
  const tips = rows.map((row, at) =>
    safe(say("time.point", { n: row.n, period: row.name, side: say(which === "negative" ? "time.complain" : "time.praise"), share: percent(share[at]), interval: interval(...limits[at]) })),
  );
  return [
    band(limits.map((limit, at) => (sure[at] ? limit[0] : null)), limits.map((limit, at) => (sure[at] ? limit[1] : null)), color + "26"),
    { type: "scatter", mode: "lines", x: share.map((_, at) => at), y: share.map((value, at) => (sure[at] ? value : null)), line: { color, width: 2.5, dash }, hoverinfo: "skip" },
    {
      type: "scatter", mode: "markers", x: share.map((_, at) => at), y: share, hovertext: tips, hoverinfo: "text", cliponaxis: false,
      marker: { size: rows.length < 40 ? 8 : 6, color: sure.map((yes) => (yes ? color : PAPER)), line: { color, width: 1.6 } },
    },
  ];
};
const drawTime = () => {
  const place = one("#chart-time");
  if (!place) return;
  const rows = series(0, 0);
  const bars = {
    type: "bar", x: rows.map((_, at) => at), y: rows.map((row) => row.n), yaxis: "y2", marker: { color: FAINT }, hoverinfo: "text",
    hovertext: rows.map((row) => safe(row.name) + ": " + number(row.n)), width: 0.7,
  };
  const traces = [...side(rows, "negative", BAD, "solid"), ...side(rows, "positive", GOOD, "dash"), bars];
  Plotly.react(place, traces, layout(390, {
    xaxis: axis({ ...ticks(place, rows.map((row) => row.short)), anchor: "y2" }),
    yaxis: axis({ domain: [0.3, 1], tickformat: ".0%", rangemode: "tozero", nticks: 6 }),
    yaxis2: axis({ domain: [0, 0.2], nticks: 3, tickformat: ",d", title: { text: "n", font: { size: 12 } } }),
  }), plain);
  fill("#table-time tbody", rows, (row) => [
    [row.name], [number(row.n), "num"], [row.n ? percent(row.negative / row.n) : "–", "num", row.n ? interval(...wilson(row.negative, row.n)) : ""],
    [row.n ? percent(row.positive / row.n) : "–", "num", row.n ? interval(...wilson(row.positive, row.n)) : ""],
  ], (row) => row.n < data.enough);
};
// Rows of a table: the first cell is its head, each cell text, class and what stands small beside it.
const fill = (query, rows, cellsOf, dim) => {
  const body = one(query);
  if (!body) return;
  body.replaceChildren(...rows.map((row) => {
    const line = make("tr", dim(row) ? "dim" : "");
    cellsOf(row).forEach(([text, name, small], at) => {
      const cell = make(at ? "td" : "th", name, text);
      if (!at) cell.scope = "row";
      if (small) cell.append(" ", make("span", "range", small));
      line.append(cell);
    });
    return line;
  }));
};

const trendOf = () => data.trends[Number(one("#trend-choice")?.value ?? 0)];
const drawTrend = () => {
  const place = one("#chart-trend");
  if (!place || !data.trends.length) return;
  const trend = trendOf();
  const inCube = trend.touchpoint > 0;
  one("#trend-note").hidden = !filtered();
  all("[data-trend]").forEach((note) => { note.hidden = note.dataset.trend !== one("#trend-choice").value; });
  if (filtered() && inCube) return drawFiltered(place, trend);
  const x = trend.share.map((_, at) => at), sure = trend.comments.map((n) => n >= data.enough);
  const line = (y, style) => ({ type: "scatter", mode: "lines", x, y, line: style, hoverinfo: "skip" });
  const tips = x.map((at) => safe(say("trends.point", {
    n: trend.comments[at], period: trend.names[at], share: percent(trend.share[at]), negative: number(trend.complaints[at]),
    interval: interval(trend.low[at] ?? 0, trend.high[at] ?? 1),
  })));
  const traces = [
    band(trend.limit_low, trend.limit_high, "#5a564e1f"),
    line(trend.expected, { color: SOFT, width: 1.4, dash: "dot" }),
    line(trend.level, { color: INK, width: 2.4, shape: "hv" }),
    line(trend.share.map((share, at) => (sure[at] ? share : null)), { color: BAD, width: 1.4 }),
    {
      type: "scatter", mode: "markers", x, y: trend.share, hovertext: tips, hoverinfo: "text", cliponaxis: false,
      marker: { size: 7, color: sure.map((yes) => (yes ? BAD : PAPER)), line: { color: BAD, width: 1.4 } },
    },
  ];
  const changes = x.filter((at) => trend.change[at]);
  Plotly.react(place, traces, layout(360, {
    xaxis: axis(ticks(place, trend.short)),
    yaxis: axis({ tickformat: ".0%", rangemode: "tozero", nticks: 6 }),
    shapes: changes.map((at) => ({ type: "line", x0: at - 0.5, x1: at - 0.5, yref: "paper", y0: 0, y1: 1, line: { color: GOOD, width: 2, dash: "dash" } })),
    annotations: changes.map((at) => ({ x: at - 0.5, yref: "paper", y: 0.02, yanchor: "bottom", xanchor: at > x.length / 2 ? "right" : "left", xshift: at > x.length / 2 ? -4 : 4, text: safe(say("trends.change") + ": " + trend.short[at]), showarrow: false, font: { color: GOOD, size: 12 }, bgcolor: PAPER })),
  }), plain);
  const rows = x.map((at) => ({ at, n: trend.comments[at] }));
  fill("#table-trend tbody", rows, ({ at, n }) => [
    [trend.names[at] + (trend.change[at] ? " · " + say("trends.change") : "")], [number(n), "num"], [number(trend.complaints[at]), "num"],
    [percent(trend.share[at]), "num", interval(trend.low[at] ?? 0, trend.high[at] ?? 1)], [percent(trend.expected[at]), "num"],
  ], ({ n }) => n < data.enough);
  named(trend);
};
const named = (trend) => { one("#table-trend caption bdi").textContent = trend.name; };
// Only the shares of what is left: limits and levels are those of all comments.
const drawFiltered = (place, trend) => {
  // The share is of all comments of the period, as in the whole series.
  const rows = series(trend.touchpoint, trend.factor), whole = series(0, 0, cube.stageOf === "export" ? filter.stage : 0);
  const counted = rows.map((row, at) => ({ ...row, mentioned: row.n, n: whole[at].n }));
  Plotly.react(place, side(counted, "negative", BAD, "solid"), layout(360, {
    xaxis: axis(ticks(place, rows.map((row) => row.short))), yaxis: axis({ tickformat: ".0%", rangemode: "tozero", nticks: 6 }),
  }), plain);
  fill("#table-trend tbody", counted, (row) => [
    [row.name], [number(row.n), "num"], [number(row.negative), "num"],
    [row.n ? percent(row.negative / row.n) : "–", "num", row.n ? interval(...wilson(row.negative, row.n)) : ""], ["–", "num"],
  ], (row) => row.n < data.enough);
  named(trend);
};
