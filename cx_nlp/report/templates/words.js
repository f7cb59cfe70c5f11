// Words and numbers as the page writes them, and the share of some among all.
const data = JSON.parse(document.getElementById("data").textContent);
const cube = data.cube;
const cells = cube.cells;
const BAD = "#a8420c", GOOD = "#1d5c94", SOFT = "#5a564e", RULE = "#dcd6ca", FAINT = "#b9b2a3", PAPER = "#fffdf9", INK = "#1c1b19";
const Z = 1.959963984540054;
const one = (query, within = document) => within.querySelector(query);
const all = (query, within = document) => [...within.querySelectorAll(query)];

const number = (value, digits = 0) => {
  if (value === null || !Number.isFinite(value)) return "–";
  const [whole, rest] = Math.abs(value).toFixed(digits).split(".");
  const text = whole.replace(/\B(?=(\d{3})+$)/g, data.marks.thousands) + (rest ? data.marks.decimal + rest : "");
  return value < 0 && /[1-9]/.test(text) ? "−" + text : text;
};
const digits = (share) => (share > 0 && share < 0.0995 ? 1 : 0);
const percent = (share) => (share === null || !Number.isFinite(share) ? "–" : number(100 * share, digits(share)) + "%");
const interval = (low, high) => {
  const places = low < 0.1 && high < 0.1 ? Math.max(digits(low), digits(high)) : 0;
  return number(100 * low, places) + "–" + number(100 * high, places) + "%";
};
// A text with its {names} filled in; n chooses singular or plural.
const say = (key, values = {}) => {
  const forms = data.words[key].split(" | ");
  const given = { ...values };
  if (typeof given.n === "number") given.n = number(given.n);
  const form = values.n === 1 ? forms[0] : forms[forms.length - 1];
  return form.replace(/\{(\w+)\}/g, (_, name) => String(given[name] ?? ""));
};
// Charts read tags in what they are given.
const safe = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const make = (tag, name, text) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
};
// Score interval of a share (Wilson 1927).
const wilson = (hits, n) => {
  if (!n) return [0, 1];
  const p = hits / n, z2 = Z * Z;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
  return [hits <= 0 ? 0 : Math.max(0, centre - half), hits >= n ? 1 : Math.min(1, centre + half)];
};
