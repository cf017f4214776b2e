// Inference from partial answers: which verdicts are still possible, which rules decide, and what to ask next.
//
// The page's data contain the question plan and, for each rule, a diagram of the possible situations in which it stands.
// A node is [axis, [target, first cell, last cell, …], …]; a negative target is an end. A rule may decide if its diagram
// has a path that the answers allow; a second diagram represents where other rules of its verdict stand and it does not.
// For tied fields (fields that share a sum) with only some of them answered, bounds on the sums along a path are checked
// for integer solutions.

// The limit on the work for one diagram. If it is exceeded, the result is null: unknown.
const STEPS = 5000;

/** Index the data of the page: fields by name, and groups of tied fields by axis. */
function prepared(data) {
  const fields = new Map(data.fields.map((field) => [field.name, field]));
  const groupOf = new Map();
  for (const group of data.groups) for (const axis of group.axes) groupOf.set(axis, group);
  return { data, fields, groupOf };
}

/** The partial situation of some answers: the known cells (null if unknown), and the groups answered only in part. */
function situationOf(policy, answers) {
  const { data, fields } = policy;
  const values = new Map([...answers].map(([name, answer]) => [name, meantBy(fields.get(name), answer)]));
  const cells = data.axes.map((axis) => cellOf(policy, axis, values));
  const open = data.groups.filter(
    (group) => group.fields.some((name) => values.has(name)) && !group.fields.every((name) => values.has(name)),
  );
  return { policy, values, cells, open: new Set(open) };
}

/** Whether a question is not asked, as the answers say. */
function isNotAsked(policy, answers, field) {
  return field.asked !== undefined && hasWay(situationOf(policy, answers), field.asked) === false;
}

/** The cell of an axis; null unless all its fields are answered. */
function cellOf({ fields }, axis, values) {
  if (!axis.fields.every((name) => values.has(name))) return null;
  const field = fields.get(axis.fields[0]);
  const value = values.get(field.name);
  if (axis.none !== undefined && isNone(field, value)) return axis.none;
  if (axis.option !== undefined) return Number(value.includes(axis.option));
  if (axis.starts) return placeAmong(axis.starts, axis.times ? sumOf(fields, axis, values) : positionOf(field, value));
  if (axis.stretches) return axis.stretches.findIndex((stretch) => liesOn(stretch, decimalOf(value)));
  if (field.kind === "yes_no") return Number(value === "yes");
  // The last cell is for all texts that are not known.
  if (field.kind === "text") return field.known.includes(value) ? field.known.indexOf(value) : axis.cells - 1;
  return field.choices.findIndex(([each]) => each === value);
}

/** The value of a sum axis. */
function sumOf(fields, axis, values) {
  return axis.fields.reduce(
    (sum, name, place) => sum + BigInt(axis.times[place]) * positionOf(fields.get(name), values.get(name)), 0n);
}

/** The index of the cell that contains a position. */
function placeAmong(starts, position) {
  let cell = 0;
  while (cell < starts.length && BigInt(starts[cell]) <= position) cell += 1;
  return cell;
}

/** Whether a number lies in an interval. */
function liesOn([low, lowIn, high, highIn], number) {
  const above = low === null ? 1 : compared(number, decimalOf(low));
  const below = high === null ? -1 : compared(number, decimalOf(high));
  return (above > 0 || (lowIn && above === 0)) && (below < 0 || (highIn && below === 0));
}

/** The target of a node for a cell; undefined if it has none. */
function wayOn(node, cell) {
  for (let way = 1; way < node.length; way += 1) {
    for (let run = 1; run < node[way].length; run += 2) {
      if (node[way][run] <= cell && cell <= node[way][run + 1]) return node[way][0];
    }
  }
  return undefined;
}

/** Whether a diagram has a path that the answers allow: true, false, or null if the limit was exceeded. */
function hasWay(situation, root) {
  if (root === null) return false;
  const spending = { left: STEPS };
  const seen = new Set();
  let settled = true;
  const visit = (place, bounds) => {
    if (place < 0) {
      const fits = fitting(situation, bounds, spending);
      if (fits === null) settled = false;
      return fits === true;
    }
    const key = place + boundsKey(bounds);
    if (seen.has(key)) return false;
    seen.add(key);
    if (spending.left-- <= 0) {
      settled = false;
      return false;
    }
    const node = situation.policy.data.nodes[place];
    const [axis] = node;
    const cell = situation.cells[axis];
    if (cell !== null) {
      const to = wayOn(node, cell);
      return to !== undefined && visit(to, bounds);
    }
    if (!situation.open.has(situation.policy.groupOf.get(axis))) {
      return node.slice(1).some(([to]) => visit(to, bounds));
    }
    return node.slice(1).some(([to, ...runs]) => {
      for (let run = 0; run < runs.length; run += 2) {
        const narrower = narrowed(situation.policy, bounds, axis, runs[run], runs[run + 1]);
        if (narrower && visit(to, narrower)) return true;
      }
      return false;
    });
  };
  return visit(root, new Map()) || (settled ? false : null);
}

/** A key for memoizing bounds. */
function boundsKey(bounds) {
  return [...bounds].map(([axis, [low, high]]) => `|${axis}:${low}:${high}`).sort().join("");
}

/** Bounds with one axis narrowed to a run of its cells; null if the result is empty. */
function narrowed(policy, bounds, axis, first, last) {
  const { starts } = policy.data.axes[axis];
  const [low, high] = bounds.get(axis) ?? [null, null];
  const from = first === 0 ? null : BigInt(starts[first - 1]);
  const to = last === starts.length ? null : BigInt(starts[last]) - 1n;
  const both = [largest(low, from), smallest(high, to)];
  if (both[0] !== null && both[1] !== null && both[0] > both[1]) return null;
  return new Map(bounds).set(axis, both);
}

/** Whether each group answered in part has an integer solution within the bounds; null if unknown. */
function fitting(situation, bounds, spending) {
  let all = true;
  for (const group of situation.open) {
    const fits = hasPoint(...systemOf(situation, group, bounds), spending);
    if (fits === false) return false;
    if (fits === null) all = null;
  }
  return all;
}

/** The constraints of a group: a box (an interval for each field), and rows of coefficients with the interval of their sum. */
function systemOf({ policy, values }, group, bounds) {
  const box = group.fields.map((name, place) => {
    if (values.has(name)) return Array(2).fill(positionOf(policy.fields.get(name), values.get(name)));
    return group.box[place].map((end) => (end === null ? null : BigInt(end)));
  });
  const rows = group.axes.filter((axis) => bounds.has(axis)).map((axis) => {
    const { fields, times } = policy.data.axes[axis];
    const weights = new Map(fields.map((name, place) => [name, times ? BigInt(times[place]) : 1n]));
    return [group.fields.map((name) => weights.get(name) ?? 0n), bounds.get(axis)];
  });
  return [box, rows];
}

/** The outcome of partial answers, over all their completions.
 *
 * `verdicts` are those still possible, in the policy's order. If there is one, or `end` gives it, `rules` are those that
 * decide for every completion and `possibleRules` those that decide only for some. If there is none, `reasons` say why
 * the answers are impossible together. `settled` is false if the limit was exceeded before everything was known.
 */
function outcomeOf(policy, answers, end = null) {
  const { data } = policy;
  const situation = situationOf(policy, answers);
  const ways = data.rules.map((rule) => hasWay(situation, rule.stands));
  const possible = new Set(data.rules.filter((rule, place) => ways[place] !== false).map((rule) => rule.then));
  const settled = !ways.includes(null);
  const isOpen = (name) => (settled || end === null ? possible.has(name) : name === end);
  const verdicts = Object.keys(data.verdicts).filter(isOpen);
  return {
    verdicts,
    ...decidingFor(situation, verdicts.length === 1 ? verdicts[0] : null, ways),
    reasons: verdicts.length === 0 ? excluding(situation) : [],
    settled,
  };
}

/** The rules that certainly decide for the only verdict, and those that may; `ways` says whether each can stand. */
function decidingFor(situation, verdict, ways) {
  const { rules } = situation.policy.data;
  const open = rules.map((rule, place) => place).filter((place) => rules[place].then === verdict && ways[place] !== false);
  const found = open.filter((place) => ways[place] === true);
  // A rule is certain if every other open rule is near it, and none of those can stand where it does not.
  const isSure = (place) => open.every((other) => other === place || rules[place].near.includes(other))
    && (open.length === 1 || hasWay(situation, rules[place].falls) === false);
  const sure = found.filter(isSure);
  const named = (places) => places.map((place) => rules[place].rule);
  return { rules: named(sure), possibleRules: named(found.filter((place) => !sure.includes(place))) };
}

/** Why these answers are impossible: one combination that covers all completions, or else all that cover some. */
function excluding(situation) {
  const { impossible } = situation.policy.data;
  const whole = impossible.find(({ others }) => hasWay(situation, others) === false);
  const taking = whole ? [whole] : impossible.filter(({ shown: each }) => hasWay(situation, each) !== false);
  return taking.map(({ because }) => because);
}

/** Follow the plan as far as the answers go.
 *
 * Returns the answers that it uses, in its order, with either `next`, the field to ask next, or the `outcome`.
 */
function walk(policy, answers) {
  const { data, fields } = policy;
  const used = new Map();
  let place = data.plan.root;
  while (place >= 0) {
    const node = data.plan.steps[place];
    const axis = data.axes[node[0]];
    const field = fields.get(axis.fields[0]);
    let to;
    if (axis.times) {
      to = throughSum(policy, used, node);
    } else {
      if (!used.has(field.name)) {
        const early = earlyOutcome(policy, used);
        if (early) return ended(policy, answers, used, early);
        if (node.length === 2 && isSettled(policy, used, place, field.name)) {
          place = node[1][0];
          continue;
        }
        if (!answers.has(field.name)) return { answers: used, next: field };
        used.set(field.name, answers.get(field.name));
      }
      to = wayOn(node, cellOf(policy, axis, situationOf(policy, used).values));
    }
    if (to === undefined) break;
    place = to;
  }
  // The plan's verdict is certain, even if which rules decide is not settled.
  const end = place < 0 ? data.plan.ends[~place] : null;
  const outcome = { ...outcomeOf(policy, used, end), outputs: place < 0 && data.plan.outputs ? data.plan.outputs[~place] : [] };
  return ended(policy, answers, used, outcome.settled || end !== null ? outcome : { ...outcome, verdicts: [] }, end);
}

/** The result of a walk whose verdict is certain: the next question that an amount needs, or the outcome. */
function ended(policy, answers, used, outcome, end = null) {
  if (outcome.verdicts.length === 0) return { answers: used, outcome };
  const next = openQuestion(policy, outcome.outputs, used);
  if (next === undefined) return { answers: used, outcome: { ...outcome, outputs: workedOut(policy, outcome.outputs, used) } };
  if (!answers.has(next.name)) return { answers: used, next };
  // More answers may be impossible together, or say more about the rules that decide.
  used.set(next.name, answers.get(next.name));
  return ended(policy, answers, used, { ...outcomeOf(policy, used, end ?? outcome.verdicts[0]), outputs: outcome.outputs }, end);
}

/** The outcome if partly answered sums already settle it, else null; the plan itself looks only at complete sums. */
function earlyOutcome(policy, used) {
  const situation = situationOf(policy, used);
  if (situation.open.size === 0) return null;
  const outcome = outcomeOf(policy, used);
  if (!outcome.settled || outcome.verdicts.length > 1) return null;
  const outputs = outputsOf(policy, outcome);
  return outputs && { ...outcome, outputs };
}

/** The outputs of an outcome with one verdict, as pairs of name and value; null if open answers still change them. */
function outputsOf(policy, outcome) {
  const { rules, plan } = policy.data;
  if (!plan.outputs) return [];
  const given = rules.filter(({ rule }) => [...outcome.rules, ...outcome.possibleRules].includes(rule));
  const [first, ...others] = given.map(({ outputs }) => JSON.stringify(outputs));
  if (given.length === 0) return [];
  // Which values are collected depends on every rule that stands: where they differ, the plan goes on to its end.
  return others.every((each) => each === first) ? JSON.parse(first) : null;
}

/** The first and last cell that a sum can still have. */
function cellsLeft(policy, used, number) {
  const axis = policy.data.axes[number];
  const group = policy.groupOf.get(number);
  const { values } = situationOf(policy, used);
  const [box, [[weights]]] = systemOf({ policy, values }, group, new Map([[number, [null, null]]]));
  const [low, high] = reach(box, weights);
  return [low === null ? 0 : placeAmong(axis.starts, low), high === null ? axis.starts.length : placeAmong(axis.starts, high)];
}

/** The target of a sum's node if only one cell is left; otherwise undefined. */
function throughSum(policy, used, node) {
  const [first, last] = cellsLeft(policy, used, node[0]);
  return first === last ? wayOn(node, first) : undefined;
}

/**
 * Whether the plan can skip a question: no open question has to come after it (`after`), and every sum with its field
 * that the plan may still look at has only one cell left.
 */
function isSettled(policy, used, root, name) {
  const { axes, plan } = policy.data;
  const waits = (each) => policy.fields.get(each).after.includes(name) && !used.has(each);
  const seen = new Set([root]);
  for (const place of seen) {
    const [number, ...ways] = plan.steps[place];
    const axis = axes[number];
    if (axis.fields.some(waits)) return false;
    if (axis.times && axis.fields.includes(name)) {
      const [first, last] = cellsLeft(policy, used, number);
      if (first !== last) return false;
    } else if (!axis.times && axis.fields[0] === name && ways.length > 1) return false;
    for (const [to] of ways) if (to >= 0) seen.add(to);
  }
  return true;
}
