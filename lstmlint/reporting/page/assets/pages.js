/* The two kinds of pages: one model, and the index of several. */

/** Return the totals of a model and its budgets. */
function totals(model) {
  return el(
    "section",
    { class: "block totals", "aria-labelledby": "totals" },
    el("h2", { id: "totals" }, "Totals"),
    model.notes.map((note) => el("p", { class: "left-out" }, note)),
    facts(model.totals),
    model.sum === null ? null : el("details", { class: "sum" }, el("summary", {}, "Arithmetic of the total"), ...formulas(model.explanations[model.sum])),
    model.budgets.length ? [el("h3", {}, "Budgets"), el("ul", { class: "budgets" }, model.budgets.map(budget))] : null,
  );
}

/** Return a budget as a bar. */
function budget(item) {
  const state = item.over ? "over" : item.share === null ? "unknown" : item.share > 0.9 ? "near" : "";
  const bar = el("div", {
    class: `bar ${state}`, role: item.share === null ? null : "meter", "aria-label": item.title, "aria-valuemin": "0", "aria-valuemax": "100",
    "aria-valuenow": item.share === null ? null : Math.min(100, Math.round(item.share * 100)), "aria-valuetext": item.text,
  }, el("div"));
  if (item.share === null) for (const name of ["aria-label", "aria-valuemin", "aria-valuemax", "aria-valuetext"]) bar.removeAttribute(name);
  bar.firstChild.style.width = `${Math.min(100, 100 * (item.share ?? 0))}%`;
  return el("li", {}, el("span", { class: "title" }, item.title), bar, el("span", { class: "text" }, item.text));
}

/** Return the list of all findings of a model. */
function findingsBlock(model, onShow) {
  const number = (severity, index) => model.findings.filter((found) => found.severity === severity).length + model.more_findings[index];
  const counts = SEVERITIES.map((severity, index) => [severity, number(severity, index)]).filter(([, count]) => count);
  const body = el("div", { class: "list" });
  const fillBody = () => body.childElementCount || body.append(...model.findings.map((_, index) => finding(model, index, onShow)));
  const title = el("summary", {}, el("h2", {}, "Findings"), counts.map(([severity, count]) => mark(severity, ` ${plural(count, NOUNS[severity])}`)));
  if (!counts.length) return el("section", { class: "block" }, el("h2", {}, "Findings"), el("p", {}, "No findings."));
  const open = model.findings.length <= 5;
  const block = el("details", { class: "block findings", open, on: { toggle: fillBody } }, title, body);
  if (open) fillBody();
  return block;
}

/** Return the buttons above the graph. */
function controls(canvas) {
  const button = (text, title, action) => el("button", { type: "button", title, "aria-label": text.length > 1 ? null : title, on: { click: action } }, text);
  return el(
    "div",
    { class: "controls", role: "toolbar", "aria-label": "Graph" },
    button("+", "Zoom in", () => canvas.zoom(ZOOM.step)),
    button("−", "Zoom out", () => canvas.zoom(1 / ZOOM.step)),
    button("Fit", "Show the whole graph", () => canvas.fit()),
    foldable(canvas.model).length ? button("Unfold all", "Unfold all models and repeated blocks", () => canvas.unfoldAll()) : null,
    foldable(canvas.model).length ? button("Fold all", "Fold all models and repeated blocks", () => canvas.foldAll()) : null,
  );
}

/** Show one model. */
function modelPage(model, main) {
  const show = async (id, options) => {
    await canvas.show(id);
    table.select(id);
    details.open(id, options);
  };
  const canvas = new Canvas(model, {
    arrangeGraph,
    onSelect: (id, options) => {
      table.select(id);
      details.open(id, { ...options, back: () => canvas.focus(layerKey(id)) });
    },
  });
  const table = new Table(model, {
    onCount: (id, button) => show(id, { back: () => button.focus() }),
    onName: (id) => show(id, { focus: false }),
  });
  const details = new Details(model);
  const graph = el("section", { class: "left", "aria-label": "Graph" }, controls(canvas), canvas.element);
  const scroll = el("div", { class: "scroll" }, totals(model), findingsBlock(model, (id) => show(id, { focus: false })), table.element);
  main.replaceChildren(el("div", { class: "split" }, graph, el("div", { class: "right" }, scroll, details.element)));
  canvas.refresh().then(() => main.setAttribute("data-ready", ""));
}

/** Show the list of all models. */
function indexPage(index, main) {
  const columns = [
    ["Model", (entry) => entry.path],
    ["Class", (entry) => entry.class_name],
    ["Params", (entry) => entry.params ?? -1],
    ["Findings", (entry) => weightOf(entry)],
  ];
  let sorted = { column: -1, order: "ascending" };
  const body = el("tbody");
  const row = (entry) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, entry.model === null ? entry.path : el("a", { href: `#model-${entry.model}`, class: "name" }, entry.path), entry.note ? el("span", { class: "class" }, entry.note) : null),
      el("td", {}, entry.class_name),
      el("td", { class: "number" }, entry.count),
      el("td", { class: "found" }, SEVERITIES.map((severity, place) => (entry.severities[place] ? mark(severity, ` ${entry.severities[place]}`, plural(entry.severities[place], NOUNS[severity])) : null)), entry.first ? el("span", { class: "class" }, entry.first) : null),
    );
  const renew = () => {
    const entries = [...index.models];
    if (sorted.column >= 0) {
      const key = columns[sorted.column][1];
      const sign = sorted.order === "ascending" ? 1 : -1;
      entries.sort((a, b) => sign * (typeof key(a) === "number" ? key(a) - key(b) : key(a).localeCompare(key(b), "en", { numeric: true })));
    }
    body.replaceChildren(...entries.map(row));
  };
  const headers = columns.map(([title], place) => {
    const cell = el("th", { scope: "col", class: place === 2 ? "number" : null });
    const click = () => {
      const numeric = place > 1;
      sorted = { column: place, order: sorted.column === place ? (sorted.order === "ascending" ? "descending" : "ascending") : numeric ? "descending" : "ascending" };
      headers.forEach((other) => other.removeAttribute("aria-sort"));
      cell.setAttribute("aria-sort", sorted.order);
      renew();
    };
    cell.append(el("button", { type: "button", on: { click } }, title, el("span", { class: "arrow", "aria-hidden": "true" })));
    return cell;
  });
  renew();
  main.replaceChildren(
    el(
      "section",
      { class: "index", "aria-label": "Models" },
      el("p", {}, index.summary),
      index.notes.map((note) => el("p", { class: "left-out" }, note)),
      el("table", { class: "layers" }, el("caption", { class: "hidden" }, "Models"), el("thead", {}, el("tr", {}, headers)), body),
    ),
  );
  main.setAttribute("data-ready", "");
}
