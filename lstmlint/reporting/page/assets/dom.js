/* Elements of the page. Text becomes text nodes, so nothing that a file says is ever parsed as HTML. */

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    } else if (value === true) {
      node.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, String(value));
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Return an HTML element. `on` maps events to handlers; attributes that are false or null are left out. */
function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Return an SVG element. */
function shape(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Return an element by its id. */
function byId(id) {
  return document.getElementById(id);
}

/** Tell a screen reader what has happened. */
function announce(text) {
  byId("status").textContent = text;
}

/** Return 1 layer, 1,234 layers. */
function plural(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Return a text of at most `most` characters, with an ellipsis if something is left out. */
function shorten(text, most) {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

const SEVERITIES = ["error", "warning", "info"];
// Of layers that differ from those of another model.
const CHANGES = { added: "+", removed: "−", changed: "~" };
const NOUNS = { error: "error", warning: "warning", info: "info" };
const SIGNS = { error: "✕", warning: "!", info: "i" };

/** Return the worst severity of some findings, or an empty string. */
function worst(findings) {
  return SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity)) || "";
}

/** Return the mark of a severity and a text. Its form differs, not only its color. spoken: what to say instead. */
function mark(severity, text = "", spoken = "") {
  const sign = el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[severity]);
  if (!spoken) return el("span", { class: `mark ${severity}` }, sign, text);
  return el("span", { class: `mark ${severity}`, title: spoken }, sign, el("span", { "aria-hidden": "true" }, text), el("span", { class: "hidden" }, spoken));
}
