// The heat map and the ranking, made anew of what the filters leave.
const kept = new Map();
// What a place held before any filter, and how it comes back.
const keep = (element) => {
  if (!kept.has(element)) kept.set(element, { nodes: [...element.childNodes], name: element.className, title: element.title });
};
const restore = (element) => {
  const before = kept.get(element);
  if (!before) return;
  element.replaceChildren(...before.nodes);
  element.className = before.name;
  if (before.title) element.title = before.title;
  else element.removeAttribute("title");
};

const cellOf = (element, sum, names) => {
  keep(element);
  if (!sum || !sum.n) {
    element.className = "cell none";
    element.removeAttribute("title");
    element.replaceChildren(make("span", "hidden", say("map.empty")));
    return;
  }
  const share = sum.negative / sum.n, [low, high] = wilson(sum.negative, sum.n);
  const few = sum.n < data.enough;
  const values = { ...names, n: sum.n, negative: number(sum.negative), share: percent(share), interval: interval(low, high) };
  element.className = "cell " + (few ? "few" : "s" + Math.min(Math.floor(share * data.shades), data.shades - 1));
  element.title = say(few ? "map.tip_few" : "map.tip", values);
  const parts = [make("b", "", few ? say("page.few") : values.share)];
  if (!few) parts.push(make("span", "", values.interval));
  element.replaceChildren(...parts, make("span", "", "n " + number(sum.n)));
};
const heat = (found) => {
  for (const element of all("#heat-factors td[data-touchpoint]")) {
    const touchpoint = Number(element.dataset.touchpoint), factor = Number(element.dataset.factor);
    if (!found) {
      restore(element);
      continue;
    }
    const names = { row: cube.touchpoints[touchpoint - 1], column: factor ? cube.factors[factor - 1] : say("factors.all") };
    cellOf(element, found.get(touchpoint * 1000 + factor), names);
  }
};

const bar = (width, name) => {
  const space = "http://www.w3.org/2000/svg";
  const drawn = document.createElementNS(space, "svg"), rect = document.createElementNS(space, "rect");
  const set = (element, values) => Object.entries(values).forEach(([key, value]) => element.setAttribute(key, value));
  set(drawn, { class: "bar", viewBox: "0 0 100 9", preserveAspectRatio: "none", "aria-hidden": "true" });
  set(rect, { class: name, x: 0, y: 1, width: width.toFixed(1), height: 7 });
  drawn.append(rect);
  return drawn;
};
const rank = (found, whole) => {
  const body = one("#ranking tbody");
  if (!body) return;
  keep(body);
  if (!found) return restore(body);
  const rows = cube.touchpoints.map((name, at) => ({ name, owner: cube.owners[at], sum: found.get((at + 1) * 1000) }));
  const ranked = rows
    .filter((row) => row.sum && row.sum.negative)
    .map((row) => ({ ...row, weight: row.sum.negative / whole.n, limits: wilson(row.sum.negative, whole.n) }))
    .sort((a, b) => b.limits[0] - a.limits[0]);
  const most = Math.max(...ranked.map((row) => row.weight));
  body.replaceChildren(...ranked.slice(0, data.listed).map((row, at) => rankRow(row, at + 1, most)));
  if (!ranked.length) {
    const cell = make("td", "", say(whole.n ? "touchpoints.none" : "filters.none"));
    cell.colSpan = 5;
    body.append(make("tr"));
    body.lastChild.append(cell);
  }
};
const rankRow = (row, place, most) => {
  const line = make("tr"), name = make("th"), weight = make("td", "wide"), share = make("td", "wide");
  name.scope = "row";
  name.append(make("bdi", "", row.name));
  if (row.owner) name.append(make("span", "small", say("touchpoints.owned_by", { owner: row.owner })));
  weight.append(make("b", "", percent(row.weight)), " ");
  weight.append(make("span", "range", interval(...row.limits) + " · " + say("touchpoints.complaints", { n: row.sum.negative })));
  weight.append(bar((100 * row.weight) / most, "fill"));
  const few = row.sum.n < data.enough;
  share.append(few ? say("page.few") + " " : make("b", "", percent(row.sum.negative / row.sum.n)), " ");
  share.append(make("span", "range", (few ? "" : interval(...wilson(row.sum.negative, row.sum.n)) + " · ") + "n " + number(row.sum.n)));
  if (few) share.className = "wide dim";
  line.append(make("td", "rank", number(place)), name, weight, share, make("td", "num wideonly", "–"));
  return line;
};
