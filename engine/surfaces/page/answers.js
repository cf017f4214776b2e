// Parsing and validation of answers, with the limits of the library and without rounding: numbers are BigInts scaled by
// a power of ten, dates are day numbers counted from the year 1.
//
// An answer is represented as in the address: a string, or an array of options for a question with several answers.

const UNSURE = "unsure";
const NONE = "none";
const MOST_DIGITS = 15;
const MOST_LENGTH = 40;

/** Parse a plain decimal to [digits, decimal places]; null if the text is not one. */
function decimalOf(text) {
  const found = /^([-+]?)(0|[1-9]\d*)(?:\.(\d+))?$/.exec(text);
  if (!found) return null;
  const [, sign, whole, part = ""] = found;
  return [BigInt((sign === "-" ? "-" : "") + whole + part), part.length];
}

/** Scale two decimals to integers with the same number of decimal places. */
function alike([one, ownPlaces], [other, theirPlaces]) {
  const places = Math.max(ownPlaces, theirPlaces);
  return [one * 10n ** BigInt(places - ownPlaces), other * 10n ** BigInt(places - theirPlaces)];
}

/** Compare two decimals: negative, zero or positive, as for sorting. */
function compared(one, other) {
  const [own, theirs] = alike(one, other);
  return own < theirs ? -1 : own > theirs ? 1 : 0;
}

/** Whether an answer says that there is no value. */
function isNone(field, answer) {
  return answer === NONE && field.none !== undefined;
}

/** The canonical form of a decimal: without plus sign and trailing zeros, so that equal numbers are equal strings. */
function plainNumber(text) {
  const [, sign, whole, part = ""] = /^([-+]?)(\d+)(?:\.(\d+))?$/.exec(text);
  const kept = part.replace(/0+$/, "");
  const plain = kept ? `${whole}.${kept}` : whole;
  return sign === "-" && plain !== "0" ? `-${plain}` : plain;
}

/** The day number of a date such as 2026-01-31, as a BigInt; null if there is no such day. */
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

/** The position of an answer on the grid of its field, as a BigInt; null if it lies between two steps. */
function positionOf(field, answer) {
  if (isNone(field, answer)) return BigInt(field.nonePosition);
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

/** A sentence on what to answer. */
function advice(field) {
  return field.expected ? `Write ${field.expected}.` : NOTHING[field.kind];
}

/** An error result: what is wrong, and what to answer. */
function wrong(what, field) {
  return { error: what ? `${what} ${advice(field)}` : advice(field) };
}

/** A quoted text of limited length. */
function shown(text) {
  return `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}”`;
}

/** Parse an answer in the notation of the address; returns {answer}, or {error} with a message. */
function readAnswer(field, written) {
  if (field.kind === "any_of") return readList(field, written);
  if (typeof written !== "string") return wrong("", field);
  if (field.kind === "text") return readText(field, written);
  const text = written.trim();
  if (text === UNSURE && field.unsure !== undefined) return { answer: UNSURE };
  if (isNone(field, text)) return { answer: NONE };
  if (text === "") return wrong("", field);
  if (field.choices) {
    return field.choices.some(([value]) => value === written) ? { answer: written } : wrong("", field);
  }
  return field.kind === "date" ? readDate(field, text) : readNumber(field, text);
}

/** Parse a list of options, in the order of the policy. */
function readList(field, written) {
  if (written === UNSURE && field.unsure !== undefined) return { answer: UNSURE };
  const known = field.choices.map(([value]) => value);
  const isFine = Array.isArray(written) && written.every((each) => known.includes(each));
  if (!isFine || new Set(written).size < written.length) return { error: "Tick what fits, or nothing." };
  return { answer: known.filter((each) => written.includes(each)) };
}

/** Parse a text; known texts are kept exactly. */
function readText(field, written) {
  if (field.known.includes(written)) return { answer: written };
  const text = written.trim();
  if (text === "") return wrong("", field);
  if (text === UNSURE && field.unsure === undefined && !field.known.includes(UNSURE)) {
    return { error: "This question cannot be answered “unsure”." };
  }
  return { answer: text };
}

/** A text without differences in case, white space, invisible characters and compatibility forms. */
function coreOf(text) {
  const seen = text.normalize("NFKC").replace(/[\s\p{Cf}]/gu, "");
  return seen.toUpperCase().toLowerCase().normalize("NFKC");
}

/** The known text that an answer probably means; undefined if the answer is itself known, or like none. */
function nearText(field, answer) {
  if (field.kind !== "text" || answer === undefined || field.known.includes(answer)) return undefined;
  const core = coreOf(answer);
  return field.known.find((each) => coreOf(each) === core);
}

/** Parse form input; `was` is the former answer, which is in the notation of the address. */
function readEntered(field, entered, was) {
  const text = typeof entered === "string" ? entered.trim() : "";
  const isNumber = field.kind === "integer" || field.kind === "number";
  return isNumber && text !== "" && text !== UNSURE && !isNone(field, text) && text !== was ? readTyped(field, text) : readAnswer(field, entered);
}

/** Parse a typed number, with a decimal point or comma; if it could contain a thousands separator, ask again. */
function readTyped(field, text) {
  const twoWays = /^([-+]?)([1-9]\d{0,2})[.,](\d{3})$/.exec(text);
  if (twoWays) {
    const [, sign, whole, rest] = twoWays;
    const [decimal, thousands] = [`${sign}${whole}.${rest}`, `${sign}${whole}${rest}`];
    const fitting = [decimal, thousands].filter((number) => readNumber(field, number).answer !== undefined);
    if (fitting.length === 1 && fitting[0] === decimal && !rest.endsWith("0")) return readNumber(field, decimal);
    const one = decimal.replace(/0+$/, "").replace(/\.$/, "");
    // A fourth decimal place cannot be mistaken for a group of thousands.
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

/** Parse a plain number and check the limits of its field. */
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

/** Parse a date and check the limits of its field. */
function readDate(field, text) {
  const day = dayOf(text);
  if (day === null) return wrong(`${shown(text)} is not a day of the calendar.`, field);
  const isEarly = field.low !== undefined && day < dayOf(field.low);
  const isLate = field.high !== undefined && day > dayOf(field.high);
  if (isEarly || isLate) return wrong(`${text} is too ${isEarly ? "early" : "late"}.`, field);
  return { answer: text };
}

/** The value of an answer; for "I am not sure", the one that the author chose. */
function meantBy(field, answer) {
  return answer === UNSURE && field.unsure !== undefined ? field.unsure : answer;
}

/** An answer in words. */
function wordsOf(field, answer) {
  if (isNone(field, answer)) return field.none;
  if (field.kind === "any_of") {
    return field.choices.filter(([value]) => answer.includes(value)).map(([, text]) => text).join(", ") || "none of them";
  }
  if (field.choices) return field.choices.find(([value]) => value === answer)[1];
  return field.unit ? `${answer} ${unitOf(field.unit, answer)}` : answer;
}

/** The unit after a number, in the singular after 1. */
function unitOf(unit, answer) {
  const isPlural = /^[a-z]{3,}s$/.test(unit) && !/(ss|us|is)$/.test(unit);
  if (Number(answer) !== 1 || !isPlural || ["series", "species", "means", "news", "lens", "gas"].includes(unit)) return unit;
  if (unit.endsWith("ies")) return `${unit.slice(0, -3)}y`;
  return /(ches|shes|sses|xes)$/.test(unit) ? unit.slice(0, -2) : unit.slice(0, -1);
}

/** Write answers as the fragment of an address. */
function written(answers) {
  const part = (answer) => (Array.isArray(answer) ? answer.map(encodeURIComponent).join(",") : encodeURIComponent(answer));
  return [...answers].map(([name, answer]) => `${encodeURIComponent(name)}=${part(answer)}`).join("&");
}

/** Read answers from the fragment of an address; invalid ones are left out and counted. */
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

/** Decode a value of the fragment; null if it is malformed. */
function unpacked(field, text) {
  if (field.kind !== "any_of" || (text === UNSURE && field.unsure !== undefined)) return decoded(text);
  const parts = text === "" ? [] : text.split(",").map(decoded);
  return parts.includes(null) ? null : parts;
}

/** Decode a percent-encoded string; null if it is malformed. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
