// The user interface of the page. The answers are kept in the address (the fragment), and everything shown is derived
// from them, so going back, reloading and sharing work without further state.

const policy = prepared(JSON.parse(document.getElementById("data").textContent));
const place = document.getElementById("main");
// At most this many open questions are named in the explanation of a verdict.
const MOST_NAMED = 3;

/** Create an element with attributes and children. Strings become text nodes, never markup. */
function made(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Navigate to these answers; `was` is the former answer of a question that was taken back.
 *
 * The address holds only answers to questions that were asked, so that nobody shares an answer that they do not see.
 * The others are kept in the history state, in case their questions come up again.
 */
function go(answers, was) {
  const used = walk(policy, answers).answers;
  const kept = [...answers].filter(([name]) => !used.has(name));
  history.pushState({ was, kept }, "", `#${written(used)}`);
  show(true);
}

/** All answers: those in the address, and the valid ones among those kept in the history state. */
function withKept(answers) {
  const kept = (history.state?.kept ?? []).filter(
    ([name, answer]) => policy.fields.has(name) && readAnswer(policy.fields.get(name), answer).answer !== undefined);
  return new Map([...kept, ...answers]);
}

/** The answers without the one to a field. */
function without(answers, name) {
  return new Map([...answers].filter(([each]) => each !== name));
}

/** Render the state given by the address; `moved` moves the focus to the new heading. */
function show(moved) {
  const { answers: here, leftOut } = readWritten(policy.fields, location.hash);
  const found = walk(policy, here);
  const answers = withKept(here);
  const parts = found.next ? questionParts(found, answers) : endParts(found, answers);
  if (leftOut) parts.push(made("p", { class: "hint" }, "Some of the answers in the address do not fit this page and were left out."));
  place.replaceChildren(...parts);
  const heading = place.querySelector("h1");
  document.title = `${heading.textContent} – ${policy.data.title}`;
  if (moved) {
    scrollTo(0, 0);
    heading.focus();
  }
}

// Questions.

/** The elements that ask the next question. */
function questionParts({ next: field, answers: used }, answers) {
  const error = made("p", { class: "error", id: "error", role: "alert" });
  const was = history.state?.was;
  const entry = field.choices ? choiceEntry(field, was) : writtenEntry(field, was);
  let warned;
  const submit = (event) => {
    event.preventDefault();
    const read = readEntered(field, given(field, form), was);
    const near = read.answer === warned ? undefined : nearText(field, read.answer);
    warned = read.answer;
    if (read.error !== undefined || near !== undefined) {
      error.textContent = read.error ?? `The rules know ${shown(near)}, not ${shown(read.answer)}. Write it so, or continue once more to keep yours.`;
      const input = form.querySelector("input");
      input.setAttribute("aria-invalid", "true");
      input.focus();
      return;
    }
    answer(read.answer);
  };
  const answer = (value) => go(new Map([...answers, [field.name, value]]));
  const last = [...used.keys()].at(-1);
  const form = made("form", { novalidate: true, onsubmit: submit },
    entry,
    error,
    made("p", { class: "buttons" },
      made("button", { class: "main", type: "submit" }, "Continue"),
      isUnsureApart(field)
        ? made("button", { type: "button", onclick: () => answer(UNSURE) }, `I’m not sure (read as: ${wordsOf(field, field.unsure)})`)
        : null,
      field.none !== undefined && !field.choices
        ? made("button", { type: "button", onclick: () => answer(NONE) }, field.none)
        : null,
      last === undefined ? null
        : made("button", { type: "button", onclick: () => go(without(answers, last), answers.get(last)) }, "Back")));
  return [
    used.size === 0 && policy.data.about ? made("p", { class: "about" }, policy.data.about) : null,
    made("p", { class: "progress" }, `Question ${used.size + 1}, of ${policy.data.plan.worst} at most`),
    made("h1", { id: "ask", tabindex: "-1" }, field.ask),
    form,
    givenPart(used, answers),
  ].filter(Boolean);
}

/** Whether "I'm not sure" is a separate button; for a single choice it is one of the radio buttons. */
function isUnsureApart(field) {
  return field.unsure !== undefined && !(field.choices && field.kind !== "any_of");
}

/** The options of a question, as radio buttons or checkboxes with number keys. */
function choiceEntry(field, was) {
  const several = field.kind === "any_of";
  const checked = (value) => (Array.isArray(was) ? was.includes(value) : was === value);
  const options = field.choices.map(([value, text], number) => [value, text, number < 9 ? String(number + 1) : ""]);
  if (!several && field.unsure !== undefined) options.push([UNSURE, "I’m not sure", ""]);
  return made("fieldset", { "aria-describedby": "error" },
    made("legend", { class: "hidden" }, field.ask),
    ...options.map(([value, text, key]) => made("label", { class: "choice" },
      made("input", { type: several ? "checkbox" : "radio", name: "answer", value, "data-key": key || false, checked: checked(value) }),
      made("span", { class: "text" }, text,
        value === UNSURE && !several && field.unsure !== undefined
          ? made("span", { class: "reading" }, ` (read as: ${wordsOf(field, field.unsure)})`) : ""),
      key ? made("span", { class: "key", "aria-hidden": "true" }, key) : null)));
}

/** The input for a number, date or text. */
function writtenEntry(field, was) {
  const isDate = field.kind === "date";
  const isText = field.kind === "text";
  // There is a button for the answer that there is no value.
  const texts = isText ? field.known.filter((value) => !isNone(field, value)) : [];
  const known = texts.length > 0;
  const input = made("input", {
    id: "answer", name: "answer", type: isDate ? "date" : "text", autocomplete: "off", "aria-labelledby": "ask",
    "aria-describedby": "hint error", inputmode: isDate || isText ? false : "decimal", list: known ? "known" : false,
    min: isDate ? field.low : false, max: isDate ? field.high : false, value: typeof was === "string" && was !== UNSURE && !isNone(field, was) ? was : false,
  });
  const hint = field.expected ?? (known ? `such as ${texts.slice(0, 3).join(", ")}` : "");
  return made("div", {},
    made("div", { class: "entry" }, input, field.unit ? made("span", {}, field.unit) : null,
      known ? made("datalist", { id: "known" }, ...texts.map((value) => made("option", { value }))) : null),
    made("p", { class: "hint", id: "hint" }, hint));
}

/** The current input of a question's form, in the notation of the address. */
function given(field, form) {
  if (field.kind === "any_of") return [...form.querySelectorAll("input:checked")].map((each) => each.value);
  if (field.choices) return form.querySelector("input:checked")?.value ?? "";
  return form.querySelector("input").value;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input:not([type=radio], [type=checkbox])")) return;
  const input = /^[1-9]$/.test(event.key) && place.querySelector(`input[data-key="${event.key}"]`);
  if (input) {
    input.checked = input.type === "radio" || !input.checked;
    input.focus();
    event.preventDefault();
  } else if (event.key === "Enter" && event.target.matches("h1, body")) {
    place.querySelector("form")?.requestSubmit();
  } else if (/^[\p{L}\p{N}.+-]$/u.test(event.key)) {
    // Typing anywhere goes to the input.
    place.querySelector("#answer")?.focus();
  }
});

// Results.

/** The list of given answers, each with a button to change it. */
function givenPart(used, answers) {
  if (used.size === 0) return null;
  const rows = [...used].map(([name, answer]) => {
    const field = policy.fields.get(name);
    const words = answer === UNSURE && field.unsure !== undefined
      ? `I’m not sure (read as: ${wordsOf(field, field.unsure)})` : wordsOf(field, answer);
    return made("li", {},
      made("div", { class: "what" }, made("span", { class: "asked" }, field.ask), made("span", {}, words)),
      made("div", { class: "again" },
        made("button", { class: "plain", type: "button", "aria-label": `Change: ${field.ask}`,
          onclick: () => go(without(answers, name), answers.get(name)) }, "Change")));
  });
  return made("section", {}, made("h2", {}, "Your answers"), made("ul", { class: "given" }, ...rows));
}

/** A list with a heading, and its origin below it; null if the list is empty. */
function listPart(heading, texts, from = []) {
  return texts.length === 0 ? null
    : made("section", {}, made("h2", {}, heading), made("ul", {}, ...texts.map((text) => made("li", {}, text))),
      from.length ? made("p", { class: "hint" }, ...from.flatMap((line) => [made("br"), line]).slice(1)) : null);
}

/** What is given beside the verdict, as a table of names and values; null if there is nothing. */
function outputsPart(outputs) {
  return outputs.length === 0 ? null
    : made("dl", { class: "outputs" }, ...outputs.flatMap(([name, value]) => [made("dt", {}, name), made("dd", {}, value)]));
}

/** The reasons that are certain, then those that depend on open questions. */
function whyPart(sure, outcome, used) {
  const rules = policy.data.rules.filter(({ rule }) => outcome.possibleRules.includes(rule));
  const reasons = (texts) => (texts.length === 0 ? null : made("ul", {}, ...texts.map((text) => made("li", {}, text))));
  const isOpen = (name) => !used.has(name) && !isNotAsked(policy, used, policy.fields.get(name));
  const about = openWords(new Set(rules.flatMap(({ reads }) => reads).filter(isOpen)));
  let head = `Whatever you answer about ${about}, one of these applies:`;
  if (sure.length > 0) head = `Depending on ${about}, ${rules.length > 1 ? "these" : "this"} may count too:`;
  if (!outcome.settled) head = "One of these may be the reason:";
  return made("section", {}, made("h2", {}, "Why"), reasons(sure),
    rules.length === 0 ? null : made("p", {}, head), reasons(rules.map(({ because }) => because)));
}

/** The names of open questions, in words. */
function openWords(names) {
  const asked = policy.data.fields.filter(({ name }) => names.has(name)).map(({ ask }) => `“${ask}”`);
  if (asked.length > MOST_NAMED) return "the questions that are left";
  return asked.length < 2 ? asked.join("") : `${asked.slice(0, -1).join(", ")} and ${asked.at(-1)}`;
}

/** The elements that show the verdict, or why the answers are impossible together. */
function endParts({ answers: used, outcome }, answers) {
  const last = [...used.keys()].at(-1);
  const buttons = made("p", { class: "buttons" },
    last === undefined ? null
      : made("button", { type: "button", onclick: () => go(without(answers, last), answers.get(last)) }, "Back"),
    made("button", { type: "button", onclick: () => go(new Map()) }, "Start over"));
  if (outcome.verdicts.length === 0) {
    return [
      made("h1", { tabindex: "-1" }, "These answers cannot be true together"),
      ...outcome.reasons.map((reason) => made("p", {}, reason)),
      made("p", {}, "Change one of them."),
      givenPart(used, answers),
      buttons,
    ].filter(Boolean);
  }
  const verdict = policy.data.verdicts[outcome.verdicts[0]];
  const rules = policy.data.rules.filter(({ rule }) => outcome.rules.includes(rule));
  const cited = new Set([...rules.flatMap(({ cites }) => cites), ...verdict.cites]);
  const { source } = policy.data;
  const passages = source ? Object.entries(source.passages).filter(([name]) => cited.has(name)).map(([, says]) => says) : [];
  const assumed = [...used].filter(([name, answer]) => answer === UNSURE && policy.fields.get(name).unsure !== undefined)
    .map(([name]) => `${policy.fields.get(name).ask} ${wordsOf(policy.fields.get(name), policy.fields.get(name).unsure)}`);
  const from = source ? [source.title, [source.author, source.published].filter(Boolean).join(", ")].filter(Boolean) : [];
  return [
    made("div", { class: "verdict" }, made("h1", { tabindex: "-1" }, verdict.title), outputsPart(outcome.outputs)),
    whyPart(rules.map(({ because }) => because), outcome, used),
    outcome.settled ? null : made("p", { class: "hint" }, "Other rules may say the same, and whether all these answers can come together was not settled here."),
    listPart("What you must do", verdict.must),
    listPart("Advice", verdict.advice),
    listPart("Taken as answered, where you were not sure", assumed),
    listPart("Source", passages, from),
    givenPart(used, answers),
    buttons,
  ].filter(Boolean);
}

addEventListener("popstate", () => show(true));
addEventListener("hashchange", () => show(true));
show(false);
