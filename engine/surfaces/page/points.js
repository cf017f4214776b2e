// Integer points: whether a box has one on which some sums lie within their bounds.
//
// A box is a list of intervals [low, high], one for each field. A row is [coefficients, interval of the sum]. In an
// interval null is unbounded.

// The limit on bisection. If it is exceeded, the result is null: unknown.
const MOST_HALVINGS = 300;

/** Whether a box has an integer point that satisfies all rows, by propagation and bisection; null if unknown. */
function hasPoint(box, rows, spending, halvings = 0) {
  if (spending.left-- <= 0 || halvings > MOST_HALVINGS) return null;
  const inside = tightened(box, rows);
  if (inside === null) return false;
  const needed = rows.filter(([weights, interval]) => !keeps(reach(inside, weights), interval));
  if (needed.length === 0) return true;
  const isOpen = ([low, high]) => low === null || low !== high;
  const open = inside.findIndex((each, place) => isOpen(each) && needed.some(([weights]) => weights[place] !== 0n));
  if (open < 0) return false;
  let unsettled = false;
  for (const part of halves(inside[open])) {
    const fits = hasPoint(inside.map((each, place) => (place === open ? part : each)), needed, spending, halvings + 1);
    if (fits) return true;
    if (fits === null) unsettled = true;
  }
  return unsettled ? null : false;
}

/** Bisect an interval; an unbounded one is cut at about twice its finite end. */
function halves([low, high]) {
  if (low === null && high === null) return [[0n, null], [null, -1n]];
  const size = (end) => (end < 0n ? -end : end) + 1n;
  if (high === null) return [[low, low + size(low)], [low + size(low) + 1n, null]];
  if (low === null) return [[high - size(high), high], [null, high - size(high) - 1n]];
  const middle = (low + high) >> 1n;
  return [[low, middle], [middle + 1n, high]];
}

/** The minimum and maximum of a linear form over a box; null if unbounded. */
function reach(box, weights) {
  let low = 0n;
  let high = 0n;
  weights.forEach((weight, place) => {
    if (weight === 0n) return;
    const [least, most] = weight > 0n ? box[place] : [box[place][1], box[place][0]];
    low = low === null || least === null ? null : low + weight * least;
    high = high === null || most === null ? null : high + weight * most;
  });
  return [low, high];
}

/** Whether one interval lies within another. */
function keeps([least, most], [low, high]) {
  return (low === null || (least !== null && least >= low)) && (high === null || (most !== null && most <= high));
}

/** Narrow the box by bounds propagation over the rows; null if a row cannot be satisfied. */
function tightened(box, rows) {
  const found = box.map((interval) => [...interval]);
  for (let round = 0; round < 8; round += 1) {
    let changed = false;
    for (const [weights, [low, high]] of rows) {
      for (const [place, weight] of weights.entries()) {
        if (weight === 0n) continue;
        const [least, most] = reach(found, weights.map((each, other) => (other === place ? 0n : each)));
        const top = high === null || least === null ? null : high - least;
        const bottom = low === null || most === null ? null : low - most;
        const ends = weight > 0n ? [roundedUp(bottom, weight), roundedDown(top, weight)]
          : [roundedUp(top, weight), roundedDown(bottom, weight)];
        const both = [largest(found[place][0], ends[0]), smallest(found[place][1], ends[1])];
        if (both[0] !== null && both[1] !== null && both[0] > both[1]) return null;
        changed ||= both[0] !== found[place][0] || both[1] !== found[place][1];
        found[place] = both;
      }
      if (!isWhole(found, weights, [low, high])) return null;
    }
    if (!changed) break;
  }
  return found;
}

/** The gcd test: whether a row has an integer solution if only the fields that are not fixed may take any value. */
function isWhole(box, weights, [low, high]) {
  if (low === null || high === null) return true;
  let fixed = 0n;
  let step = 0n;
  weights.forEach((weight, place) => {
    const [least, most] = box[place];
    if (least !== null && least === most) fixed += weight * least;
    else step = divisor(step, weight < 0n ? -weight : weight);
  });
  if (step === 0n) return low <= fixed && fixed <= high;
  return roundedUp(low - fixed, step) <= roundedDown(high - fixed, step);
}

/** The greatest common divisor. */
function divisor(one, other) {
  return other === 0n ? one : divisor(other, one % other);
}

/** Floor division; null stays null. */
function roundedDown(number, by) {
  if (number === null) return null;
  const whole = number / by;
  return number % by !== 0n && (number < 0n) !== (by < 0n) ? whole - 1n : whole;
}

/** Ceiling division; null stays null. */
function roundedUp(number, by) {
  return number === null ? null : -roundedDown(-number, by);
}

/** The larger of two lower bounds; null is unbounded. */
function largest(one, other) {
  return one === null || (other !== null && other > one) ? other : one;
}

/** The smaller of two upper bounds; null is unbounded. */
function smallest(one, other) {
  return one === null || (other !== null && other < one) ? other : one;
}
