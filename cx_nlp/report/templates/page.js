// The other charts, the filters, and printing.
const drawFigures = () => {
  for (const [id, widths] of Object.entries(data.figures)) {
    const place = document.getElementById(id);
    if (!place) continue;
    const narrow = matchMedia(data.narrow).matches && Boolean(widths.narrow);
    const figure = narrow ? widths.narrow : widths.wide;
    const width = widths.narrow ? (narrow ? 360 : JOURNEY_WIDTH) : PAPER_WIDTH;
    place.dataset.shape = narrow ? "narrow" : "wide";
    Plotly.react(place, figure.data, printing ? { ...figure.layout, width } : figure.layout, plain);
  }
};
const draw = () => {
  drawFigures();
  drawTime();
  drawTrend();
  document.documentElement.dataset.drawn = "yes";
};


const comments = () => {
  for (const list of all("ol[data-comments]")) {
    let shown = 0;
    for (const item of list.children) {
      const period = Number(item.dataset.period), segment = Number(item.dataset.segment), stage = Number(item.dataset.stage);
      const fits = (!filter.segment || segment === filter.segment) && (!timed() || (period >= filter.from && period <= filter.to));
      const staged = !filter.stage || (cube.stageOf === "export" ? stage === filter.stage : ownStage(list, filter.stage));
      item.hidden = !(fits && staged);
      shown += item.hidden ? 0 : 1;
    }
    const note = list.previousElementSibling;
    note.hidden = !filtered();
    note.textContent = say("filters.comments", { n: shown });
  }
};
const ownStage = (list, stage) => {
  const touchpoint = Number(list.dataset.comments);
  return cube.stageOf !== "own" || !touchpoint || cube.touchpointStage[touchpoint - 1] === stage;
};
const status = (whole) => {
  const parts = [whole.n ? say("filters.showing", { n: whole.n, total: number(data.comments) }) : say("filters.none")];
  if (filter.stage && cube.stageOf !== "export") parts.push(say("filters.by_stage"));
  one("#filter-status").textContent = parts.join(" · ");
};
const apply = () => {
  const found = filtered() ? sums() : null;
  const whole = total();
  heat(found);
  rank(found, whole);
  drawTime();
  drawTrend();
  comments();
  status(whole);
  one("#filter-clear").disabled = !filtered();
};
const listen = () => {
  const form = one("#filter-form");
  if (!form) return;
  form.hidden = false;
  status(total());
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    const { name, value } = event.target;
    filter[name] = Number(value);
    if (filter.from > filter.to) {
      const other = name === "from" ? "to" : "from";
      filter[other] = filter[name];
      form.elements[other].value = String(filter[name]);
    }
    apply();
  });
  one("#filter-clear").addEventListener("click", () => {
    form.reset();
    Object.assign(filter, { stage: 0, segment: 0, from: 1, to: periods });
    apply();
  });
  one("#trend-choice")?.addEventListener("change", drawTrend);
};

const opened = [];
const print = (now) => {
  printing = now;
  draw();
  if (now) opened.push(...all("details.figures:not([open])"));
  opened.forEach((element) => { element.open = now; });
  if (now) return;
  opened.length = 0;
  all(".js-plotly-plot").forEach((place) => Plotly.relayout(place, { width: null, autosize: true }));
};
window.addEventListener("beforeprint", () => print(true));
window.addEventListener("afterprint", () => print(false));
let width = window.innerWidth, waiting = 0;
window.addEventListener("resize", () => {
  if (window.innerWidth === width) return;
  width = window.innerWidth;
  clearTimeout(waiting);
  waiting = setTimeout(draw, 150);
});

listen();
draw();
