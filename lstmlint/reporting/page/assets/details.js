/* The panel about one layer: shapes, the arithmetic of its count, and its findings. */

class Details {
  constructor(model) {
    this.model = model;
    this.back = null;
    this.heading = el("h2", { tabindex: "-1", id: "about" });
    this.content = el("div", { class: "content" });
    const close = el("button", { type: "button", class: "close", "aria-label": "Close", on: { click: () => this.close() } }, "×");
    this.element = el("section", { class: "details", "aria-labelledby": "about", hidden: true }, el("div", { class: "bar" }, this.heading, close), this.content);
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  /** Show a layer. back: gives the focus back when the panel is closed; focus: whether the panel takes it. */
  open(id, { back = null, focus = true } = {}) {
    const layer = this.model.layers[id];
    this.back = back;
    this.heading.textContent = `${layer.name} (${layer.class_name})`;
    this.content.replaceChildren(...this.parts(layer));
    this.content.scrollTop = 0;
    this.element.hidden = false;
    if (focus) this.heading.focus({ preventScroll: true });
  }

  close() {
    this.element.hidden = true;
    if (this.back) this.back();
  }

  parts(layer) {
    return [
      facts([
        ["Input", layer.input],
        ["Output", layer.output],
        ["Trainable", layer.trainable],
        ["Connected to", layer.connected],
        ["Calls", layer.calls > 1 ? `${layer.calls}, its weights count once` : ""],
        ["In the file", layer.pointer],
      ]),
      layer.mark ? el("p", { class: layer.mark }, `This layer was ${layer.mark}.`) : null,
      layer.changes.length ? el("ul", {}, layer.changes.map((text) => el("li", {}, text))) : null,
      ...arithmetic(this.model, layer),
      ...layer.findings.map((index) => finding(this.model, index, null)),
    ].filter(Boolean);
  }
}

/** Return a list of titles and texts; those without a text are left out. */
function facts(pairs) {
  return el("dl", { class: "facts" }, pairs.filter(([, text]) => text).map(([title, text]) => el("div", {}, el("dt", {}, title), el("dd", {}, text))));
}

/** Return how the count of a layer results. */
function arithmetic(model, layer) {
  const found = layer.explain === null ? null : model.explanations[layer.explain];
  const heading = el("h3", {}, "Parameters: ", layer.count);
  if (!found) return [heading, el("p", {}, layer.params === 0 ? "This layer has no weights." : "How they are counted is not known.")];
  return [heading, ...formulas(found)];
}

/** Return an explanation: the formula in words, in numbers, and what else there is to say. */
function formulas({ words, equation, text }) {
  return [
    words ? el("p", { class: "formula" }, words) : null,
    equation ? el("p", { class: "equation" }, equation) : null,
    text ? el("pre", { class: "explanation", tabindex: "0", "aria-label": "The arithmetic in full" }, text) : null,
  ].filter(Boolean);
}

/** Return a finding. onShow: called with the id of its layer when that is pressed. */
function finding(model, index, onShow) {
  const found = model.findings[index];
  const place = found.place ? el("span", { class: "place" }, found.place) : null;
  const layer = found.at === null || !onShow ? null : model.layers[found.at];
  return el(
    "article",
    { class: `finding ${found.severity} ${found.gone ? "gone" : ""}`, "data-finding": index },
    el("p", { class: "rule" }, mark(found.severity, ` ${found.severity} `), el("b", {}, found.code), ` ${found.name} `, found.gone ? el("b", {}, "gone ") : null, place),
    el("p", {}, found.message),
    found.help ? el("p", { class: "help" }, found.help) : null,
    layer ? el("button", { type: "button", class: "link", on: { click: () => onShow(found.at) } }, `Show ${shorten(layer.path, 60)}`) : null,
  );
}
