// The counts that lie in the page, and what the filters leave of them.
const periods = cube.periods.length;
const filter = { stage: 0, segment: 0, from: 1, to: periods };
const timed = () => filter.from > 1 || filter.to < periods;
const filtered = () => filter.stage > 0 || filter.segment > 0 || timed();

// Whether a cell belongs to what is shown; `stage` is the one chosen, or 0.
const inStage = (at, stage) => {
  const touchpoint = cells.touchpoint[at], own = cells.stage[at];
  if (cube.stageOf === "export") return !stage || own === stage;
  if (cube.stageOf === "own" && touchpoint) return own === 0 && (!stage || cube.touchpointStage[touchpoint - 1] === stage);
  return own === stage;
};
const inSegment = (at) => !filter.segment || cells.segment[at] === filter.segment;
const inTime = (at) => !timed() || (cells.period[at] >= filter.from && cells.period[at] <= filter.to);
const add = (sum, at) => {
  sum.n += cells.comments[at];
  sum.negative += cells.negative[at];
  sum.positive += cells.positive[at];
};
const nothing = () => ({ n: 0, negative: 0, positive: 0 });

// Sums by touchpoint and factor of what the filters leave.
const sums = () => {
  const found = new Map();
  for (let at = 0; at < cells.comments.length; at++) {
    if (!inStage(at, filter.stage) || !inSegment(at) || !inTime(at)) continue;
    const key = cells.touchpoint[at] * 1000 + cells.factor[at];
    if (!found.has(key)) found.set(key, nothing());
    add(found.get(key), at);
  }
  return found;
};
// All comments that the filters leave: a stage that belongs to touchpoints chooses mentions, not comments.
const total = () => {
  const sum = nothing();
  const stage = cube.stageOf === "export" ? filter.stage : 0;
  for (let at = 0; at < cells.comments.length; at++) {
    if (cells.touchpoint[at] === 0 && inStage(at, stage) && inSegment(at) && inTime(at)) add(sum, at);
  }
  return sum;
};
// One row of counts for each period of a touchpoint and factor; 0 and 0 are all comments.
const series = (touchpoint, factor, stage = filter.stage) => {
  const rows = cube.periods.map(nothing);
  for (let at = 0; at < cells.comments.length; at++) {
    const period = cells.period[at];
    if (cells.touchpoint[at] !== touchpoint || cells.factor[at] !== factor || !period) continue;
    if (inStage(at, stage) && inSegment(at) && inTime(at)) add(rows[period - 1], at);
  }
  return rows.map((row, at) => ({ ...row, name: cube.periods[at], short: cube.short[at] })).slice(filter.from - 1, filter.to);
};
