// Which answer did somebody write, and does it fit its question? With the limits of the library, and no rounding:
// numbers are BigInts, scaled to the places they need; dates are day numbers, counted from the year 1.
//
// An answer is kept as it is written in an address: a text, or for several options a list of them.

const UNSURE = "unsure";
const MOST_DIGITS = 15;
const MOST_LENGTH = 40;

/** A plain decimal as [digits, places]; null where the text is none. */
function decimalOf(text) {
  const found = /^([-+]?)(0|[1-9]\d*)(?:\.(\d+))?$/.exec(text);
  if (!found) return null;
  const [, sign, whole, part = ""] = found;
  return [BigInt((sign === "-" ? "-" : "") + whole + part), part.length];
}

/** Two decimals as whole numbers of the same unit. */
function alike([one, ownPlaces], [other, theirPlaces]) {
  const places = Math.max(ownPlaces, theirPlaces);
  return [one * 10n ** BigInt(places - ownPlaces), other * 10n ** BigInt(places - theirPlaces)];
}

/** Less than, equal to or more than 0, as the first number is below, at or above the second. */
function compared(one, other) {
  const [own, theirs] = alike(one, other);
  return own < theirs ? -1 : own > theirs ? 1 : 0;
}

/** A decimal without a plus sign and needless zeros, so that equal numbers are equal texts. */
function plainNumber(text) {
  const [, sign, whole, part = ""] = /^([-+]?)(\d+)(?:\.(\d+))?$/.exec(text);
  const kept = part.replace(/0+$/, "");
  const plain = kept ? `${whole}.${kept}` : whole;
  return sign === "-" && plain !== "0" ? `-${plain}` : plain;
}

/** The number of a day written as 2026-01-31, as a BigInt; null for days that no calendar has. */
function dayOf(text) {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!found) return null;
  const [year, month, day] = found.slice(1).map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > lengths[month - 1]) return null;
  const before = year - 1;
  const years = before * 365 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  return BigInt(years + lengths.slice(0, month - 1).reduce((sum, length) => sum + length, 0) + day);
}

/** How far an answer is along its field's grid, as a BigInt; null where it lies between two steps. */
function positionOf(field, answer) {
  if (field.kind === "date") return dayOf(answer);
  if (field.kind === "integer") return decimalOf(answer)[0];
  const [value, base] = alike(decimalOf(answer), decimalOf(field.base));
  const [distance, step] = alike([value - base, Math.max(decimalOf(answer)[1], decimalOf(field.base)[1])], decimalOf(field.step));
  return distance % step === 0n ? distance / step : null;
}

const NOTHING = {
  choice: "Choose one of the answers.",
  yes_no: "Choose one of the answers.",
  text: "Write an answer.",
  date: "Choose a day.",
};

/** What a field takes, as an advice. */
function advice(field) {
  return field.expected ? `Write ${field.expected}.` : NOTHING[field.kind];
}

function wrong(what, field) {
  return { error: what ? `${what} ${advice(field)}` : advice(field) };
}

function shown(text) {
  return `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}”`;
}

/** {answer} or, in plain words, {error}: what a field makes of something written. */
function readAnswer(field, written) {
  if (field.kind === "any_of") return readList(field, written);
  if (typeof written !== "string") return wrong("", field);
  if (field.kind === "text") return readText(field, written);
  const text = written.trim();
  if (text === UNSURE && field.unsure !== undefined) return { answer: UNSURE };
  if (text === "") return wrong("", field);
  if (field.choices) {
    return field.choices.some(([value]) => value === written) ? { answer: written } : wrong("", field);
  }
  return field.kind === "date" ? readDate(field, text) : readNumber(field, text);
}

function readList(field, written) {
  if (written === UNSURE && field.unsure !== undefined) return { answer: UNSURE };
  const known = field.choices.map(([value]) => value);
  const isFine = Array.isArray(written) && written.every((each) => known.includes(each));
  if (!isFine || new Set(written).size < written.length) return { error: "Tick what fits, or nothing." };
  return { answer: known.filter((each) => written.includes(each)) };
}

function readText(field, written) {
  if (field.known.includes(written)) return { answer: written };
  const text = written.trim();
  if (text === "") return wrong("", field);
  if (text === UNSURE && field.unsure === undefined && !field.known.includes(UNSURE)) {
    return { error: "This question cannot be answered “unsure”." };
  }
  return { answer: text };
}

/** A text without what is easily written otherwise: capitals, white space, unseen signs, wide and joined letters. */
function coreOf(text) {
  const seen = text.normalize("NFKC").replace(/[\s\p{Cf}]/gu, "");
  return seen.toUpperCase().toLowerCase().normalize("NFKC");
}

/** The text that the rules know and that an answer seems to be meant for; undefined where it is known, or like none. */
function nearText(field, answer) {
  if (field.kind !== "text" || answer === undefined || field.known.includes(answer)) return undefined;
  const core = coreOf(answer);
  return field.known.find((each) => coreOf(each) === core);
}

/** What a field makes of something entered, where `was` stood as its answer before. */
function readEntered(field, entered, was) {
  const text = typeof entered === "string" ? entered.trim() : "";
  const isNumber = field.kind === "integer" || field.kind === "number";
  return isNumber && text !== "" && text !== UNSURE && text !== was ? readTyped(field, text) : readAnswer(field, entered);
}

/** As somebody types it: with a comma before decimals too; what some people read as thousands is asked back. */
function readTyped(field, text) {
  const twoWays = /^([-+]?)([1-9]\d{0,2})[.,](\d{3})$/.exec(text);
  if (twoWays) {
    const [, sign, whole, rest] = twoWays;
    const [decimal, thousands] = [`${sign}${whole}.${rest}`, `${sign}${whole}${rest}`];
    const fitting = [decimal, thousands].filter((number) => readNumber(field, number).answer !== undefined);
    if (fitting.length === 1 && fitting[0] === decimal && !rest.endsWith("0")) return readNumber(field, decimal);
    const one = decimal.replace(/0+$/, "").replace(/\.$/, "");
    // Nobody groups four digits.
    const unmistakable = (number) => (number === thousands ? thousands : one === decimal ? `${one}0` : one);
    const ways = (fitting.length ? fitting : [decimal, thousands]).map(unmistakable).join(" or ");
    return { error: `${shown(text)} can be read as ${one} and as ${thousands}. Write ${ways}.` };
  }
  if (/^[-+]?(0|[1-9]\d*),\d+$/.test(text)) return readNumber(field, text.replace(",", "."));
  const groups = /^([-+]?[1-9]\d{0,2}(?:([., '’\u00a0\u2009\u202f])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,](\d+))?$/.exec(text);
  if (groups) {
    const plain = groups[1].replace(/[^-+\d]/g, "") + (groups[3] ? `.${groups[3]}` : "");
    return { error: `${shown(text)} has its digits in groups. Write ${plain}.` };
  }
  return readNumber(field, text);
}

function readNumber(field, text) {
  const number = text.length > MOST_LENGTH ? null : decimalOf(text);
  if (number === null) {
    return wrong(`${shown(text)} is not a plain number: digits, and a point where there are decimals.`, field);
  }
  if (text.replace(/^[-+]/, "").replace(".", "").replace(/^0+/, "").length > MOST_DIGITS) {
    return wrong(`${shown(text)} has more than ${MOST_DIGITS} digits.`, field);
  }
  const answer = plainNumber(text);
  if (field.kind === "integer" && answer.includes(".")) return wrong(`${shown(text)} is not a whole number.`, field);
  const isLow = field.low !== undefined && compared(number, decimalOf(field.low)) < 0;
  const isHigh = field.high !== undefined && compared(number, decimalOf(field.high)) > 0;
  if (isLow || isHigh) return wrong(`${shown(text)} is too ${isLow ? "low" : "high"}.`, field);
  if (field.step !== undefined && positionOf(field, answer) === null) {
    return wrong(`${shown(text)} lies between two steps.`, field);
  }
  return { answer };
}

function readDate(field, text) {
  const day = dayOf(text);
  if (day === null) return wrong(`${shown(text)} is not a day of the calendar.`, field);
  const isEarly = field.low !== undefined && day < dayOf(field.low);
  const isLate = field.high !== undefined && day > dayOf(field.high);
  if (isEarly || isLate) return wrong(`${text} is too ${isEarly ? "early" : "late"}.`, field);
  return { answer: text };
}

/** What an answer stands for: for "I am not sure", what the author reads it as. */
function meantBy(field, answer) {
  return answer === UNSURE && field.unsure !== undefined ? field.unsure : answer;
}

/** An answer as a person gives it. */
function wordsOf(field, answer) {
  if (field.kind === "any_of") {
    return field.choices.filter(([value]) => answer.includes(value)).map(([, text]) => text).join(", ") || "none of them";
  }
  if (field.choices) return field.choices.find(([value]) => value === answer)[1];
  return field.unit ? `${answer} ${unitOf(field.unit, answer)}` : answer;
}

/** A unit as it stands behind a number: one of `hours` is an `hour`. */
function unitOf(unit, answer) {
  const isPlural = /^[a-z]{3,}s$/.test(unit) && !/(ss|us|is)$/.test(unit);
  if (Number(answer) !== 1 || !isPlural || ["series", "species", "means", "news", "lens", "gas"].includes(unit)) return unit;
  if (unit.endsWith("ies")) return `${unit.slice(0, -3)}y`;
  return /(ches|shes|sses|xes)$/.test(unit) ? unit.slice(0, -2) : unit.slice(0, -1);
}

/** Answers as the part of an address behind the #, and back; what does not fit is left out and counted. */
function written(answers) {
  const part = (answer) => (Array.isArray(answer) ? answer.map(encodeURIComponent).join(",") : encodeURIComponent(answer));
  return [...answers].map(([name, answer]) => `${encodeURIComponent(name)}=${part(answer)}`).join("&");
}

function readWritten(fields, text) {
  const answers = new Map();
  let leftOut = 0;
  for (const entry of text.replace(/^#/, "").split("&").filter(Boolean)) {
    const cut = entry.indexOf("=");
    const field = cut < 0 ? undefined : fields.get(decoded(entry.slice(0, cut)));
    const found = field && !answers.has(field.name) ? readAnswer(field, unpacked(field, entry.slice(cut + 1))) : {};
    if (found.answer === undefined) leftOut += 1;
    else answers.set(field.name, found.answer);
  }
  return { answers, leftOut };
}

function unpacked(field, text) {
  if (field.kind !== "any_of" || (text === UNSURE && field.unsure !== undefined)) return decoded(text);
  const parts = text === "" ? [] : text.split(",").map(decoded);
  return parts.includes(null) ? null : parts;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
