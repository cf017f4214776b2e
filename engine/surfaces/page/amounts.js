// Amounts: outputs that are worked out from the answers, exactly, as fractions of BigInts.
//
// A number is a sum, a product, a ratio, the larger or smaller of some parts, points, or what rules give. A part is the
// name of a field or of another number, or a fixed value: a decimal as text, or `on` a date with the value from each day on.
// The entries of points have the root of a diagram of the situations in which they add; those that rules give, of which
// exactly one adds, too. What these add may be the value of another number, rounded.

const ONE = [1n, 1n];

/** The fraction of a decimal in plain digits. */
function fractionOf(text) {
  const [digits, places] = decimalOf(text);
  return [digits, 10n ** BigInt(places)];
}

function added([one, over], [other, under]) {
  return [one * under + other * over, over * under];
}

function multiplied([one, over], [other, under]) {
  return [one * other, over * under];
}

/** Whether one fraction is larger than another; denominators are positive. */
function isLarger([one, over], [other, under]) {
  return one * under > other * over;
}

/** The value of a number for some answers, which all that it reads must have; null if it has none. */
function valueOf(situation, name) {
  const number = situation.policy.data.amounts.numbers[name];
  if (number === undefined) return amountOf(situation, name);
  const entries = (number.entries ?? []).filter(({ add }) => add.number === undefined);
  const fixed = [...(number.terms ?? []).map(([, times]) => times), ...entries.map(({ add }) => add), number.plus ?? "0"]
    .map((each) => fixedValue(situation, each));
  const names = number.terms ? number.terms.map(([part]) => part) : number.parts ?? [];
  const values = names.map((part) => (typeof part === "object" ? fixedValue(situation, part.fixed) : valueOf(situation, part)));
  if ([...fixed, ...values].includes(null)) return null;
  const plus = fixed.at(-1);
  if (number.entries) {
    const sum = entries.reduce((total, { when }, place) => (hasWay(situation, when) ? added(total, fixed[place]) : total), plus);
    const computed = number.entries.find(({ when, add }) => add.number !== undefined && hasWay(situation, when));
    if (computed === undefined) return sum;
    const value = valueOf(situation, computed.add.number);
    return value === null ? null : fractionOf(amountText(value, computed.add));
  }
  if (number.terms) return values.reduce((sum, value, place) => added(sum, multiplied(fixed[place], value)), plus);
  if (number.kind === "product") return values.reduce(multiplied, ONE);
  // What a ratio divides by is above 0.
  if (number.kind === "ratio") return multiplied(values[0], [values[1][1], values[1][0]]);
  const isBetter = number.kind === "larger_of" ? isLarger : (one, other) => isLarger(other, one);
  return values.reduce((best, value) => (isBetter(value, best) ? value : best));
}

/** A fixed value; of one that changes with the day that of the day that is answered, null without a day. */
function fixedValue({ policy, values }, written) {
  if (typeof written === "string") return fractionOf(written);
  const answer = values.get(written.on);
  if (isNone(policy.fields.get(written.on), answer)) return null;
  const day = dayOf(answer);
  return fractionOf(written.periods.filter(([first]) => first === null || dayOf(first) <= day).at(-1)[1]);
}

/** The answer to a field as a fraction: of a date its day number, null for the answer that there is no value. */
function amountOf({ policy, values }, name) {
  const field = policy.fields.get(name);
  const answer = values.get(name);
  if (isNone(field, answer)) return null;
  return field.kind === "date" ? [dayOf(answer), 1n] : fractionOf(answer);
}

/** What is given for a value: rounded with as many decimals as the step has, or with all its digits. */
function amountText([top, bottom], { to, mode }) {
  const isNegative = top < 0n;
  const size = isNegative ? -top : top;
  if (to === undefined) return decimalText(isNegative, size, bottom);
  const [step, places] = decimalOf(to);
  const scale = 10n ** BigInt(places);
  // How many steps the value is: a whole number, and a rest over `below`.
  const below = bottom * step;
  const rest = (size * scale) % below;
  let times = (size * scale) / below;
  const half = 2n * rest - below;
  const isAway = mode === "up" ? rest > 0n : mode !== "down" && (half > 0n || (half === 0n && (mode === "half_up" || (mode === "half_even" && times % 2n === 1n))));
  if (isAway) times += 1n;
  return placed(isNegative, times * step, places);
}

/** A fraction as a decimal with all its digits and no others; a ratio, whose digits need not end, is always rounded. */
function decimalText(isNegative, top, bottom) {
  let places = 0;
  while ((top * 10n ** BigInt(places)) % bottom !== 0n) places += 1;
  return placed(isNegative, (top * 10n ** BigInt(places)) / bottom, places);
}

/** A whole number with the point set before its last digits. */
function placed(isNegative, number, places) {
  const digits = String(number).padStart(places + 1, "0");
  const text = places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
  return isNegative && number !== 0n ? `-${text}` : text;
}

/** The first open question of the amounts in some outputs, in the order of asking; undefined if there is none. */
function openQuestion(policy, outputs, used) {
  const asked = outputs.flatMap(([, value]) => (typeof value === "object" ? policy.data.amounts.asks[value.number] : []));
  const open = policy.data.amounts?.order.find(
    (name) => asked.includes(name) && !used.has(name) && !isNotAsked(policy, used, policy.fields.get(name)),
  );
  return open && policy.fields.get(open);
}

/** Outputs with their amounts worked out from the answers. */
function workedOut(policy, outputs, used) {
  const situation = situationOf(policy, used);
  return outputs.map(([name, value]) => [name, typeof value === "object" ? amountText(valueOf(situation, value.number), value) : value]);
}
