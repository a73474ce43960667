// Shows the output of a terminal program: colors become classes, everything else is text.
const CLASSES = {
  1: "bold", 2: "dim", 31: "red", 32: "green", 33: "yellow", 34: "blue", 35: "magenta", 36: "cyan",
  91: "red", 92: "green", 93: "yellow", 94: "blue", 95: "magenta", 96: "cyan",
};
const MOST = 400_000; // characters; a browser is slow beyond

export function show(element, text) {
  const shown = text.slice(0, MOST);
  const parts = [];
  let classes = [];
  for (const [index, part] of shown.split(/\x1b\[([\d;]*)m/).entries()) {
    if (index % 2) {
      for (const code of part.split(";").map(Number)) {
        if (code === 0) classes = [];
        else if (CLASSES[code]) classes = [...classes, CLASSES[code]];
      }
    } else if (part) {
      parts.push(classes.length ? span(part, classes) : document.createTextNode(part));
    }
  }
  if (text.length > MOST) {
    parts.push(document.createTextNode(`\n… and ${(text.length - MOST).toLocaleString("en")} more characters`));
  }
  element.replaceChildren(...parts);
}

function span(text, classes) {
  const element = document.createElement("span");
  element.className = classes.join(" ");
  element.textContent = text;
  return element;
}

// Return how many characters of an element's font fit into a width. The element must be visible.
export function columns(element, width) {
  const probe = span("0".repeat(100), []);
  element.append(probe);
  const each = probe.getBoundingClientRect().width / 100;
  probe.remove();
  return Math.max(40, Math.min(160, Math.floor(width / each) || 80));
}
