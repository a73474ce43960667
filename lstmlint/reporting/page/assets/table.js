/* The table of layers: sorted by a column, searched, and filled as it is scrolled. */

const CHUNK = 200; // rows that are added at a time

/* key: for sorting. A column of numbers begins with the largest. */
const COLUMNS = [
  { title: "Layer", key: (layer) => layer.id, order: "ascending", help: "in the order of the file" },
  { title: "Output shape", key: (layer) => layer.output, order: "ascending" },
  { title: "Params", key: (layer) => layer.params ?? -1, order: "descending", number: true },
  { title: "MACs", key: (layer) => layer.macs ?? -1, order: "descending", number: true },
  { title: "Findings", key: (layer) => weightOf(layer), order: "descending", number: true },
];

/** Errors count more than warnings, and these more than notes. */
function weightOf(layer) {
  return layer.severities.reduce((sum, count, index) => sum + count * 1000 ** (2 - index), 0);
}

class Table {
  /** onCount: called with the id of a layer whose count was pressed; onName: with that of one whose name was. */
  constructor(model, { onCount, onName }) {
    this.model = model;
    this.onCount = onCount;
    this.onName = onName;
    this.column = 0;
    this.order = "ascending";
    this.words = "";
    this.selected = null;
    this.shown = el("p", { class: "shown", role: "status" });
    this.search = el("input", {
      type: "search", id: "search", placeholder: "Name, class, shape, or rule", autocomplete: "off", spellcheck: "false",
      on: { input: () => this.find(this.search.value) },
    });
    this.only = el("input", { type: "checkbox", id: "only", on: { change: () => this.renew() } });
    const filter = model.compared ? el("label", {}, this.only, " Only differences") : null;
    this.headers = COLUMNS.map((column, index) => this.header(column, index));
    this.body = el("tbody");
    this.end = el("div", { class: "end" });
    this.table = el("table", { class: "layers" }, el("caption", { class: "hidden" }, "Layers of the model"), el("thead", {}, el("tr", {}, this.headers)), this.body);
    this.element = el(
      "section",
      { "aria-labelledby": "layers", class: "block" },
      el("h2", { id: "layers", tabindex: "-1" }, "Layers"),
      el("div", { class: "tools" }, el("label", { for: "search" }, "Search"), this.search, filter, this.shown),
      el("div", { class: "scroller" }, this.table),
      this.end,
    );
    new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.more(), { rootMargin: "600px" }).observe(this.end);
    this.renew();
  }

  header(column, index) {
    const button = el("button", { type: "button", title: `Sort by ${column.title.toLowerCase()}${column.help ? ` (${column.help})` : ""}`, on: { click: () => this.sort(index) } }, column.title, el("span", { class: "arrow", "aria-hidden": "true" }));
    return el("th", { scope: "col", class: column.number ? "number" : null }, button);
  }

  /** Sort by a column; by the same column again, the other way round. */
  sort(index) {
    const other = { ascending: "descending", descending: "ascending" };
    this.order = index === this.column ? other[this.order] : COLUMNS[index].order;
    this.column = index;
    this.renew();
    announce(`Sorted by ${COLUMNS[index].title}, ${this.order}.`);
  }

  /** Show the layers that contain all words. */
  find(words) {
    this.words = words.toLowerCase().trim();
    this.renew();
  }

  renew() {
    const { key } = COLUMNS[this.column];
    const sign = this.order === "ascending" ? 1 : -1;
    const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true }));
    this.rows = this.matching();
    this.rows.sort((a, b) => sign * compare(key(a), key(b)) || a.id - b.id);
    this.headers.forEach((cell, index) => {
      if (index === this.column) cell.setAttribute("aria-sort", this.order);
      else cell.removeAttribute("aria-sort");
    });
    const all = this.model.layers.length;
    this.shown.textContent = this.rows.length === all ? plural(all, "layer") : `${this.rows.length.toLocaleString("en")} of ${plural(all, "layer")}`;
    this.body.replaceChildren();
    this.filled = 0;
    this.more();
  }

  matching() {
    const layers = this.model.layers.filter((layer) => layer.mark || !this.only.checked);
    if (!this.words) return layers;
    const words = this.words.split(/\s+/);
    return layers.filter((layer) => words.every((word) => searched(this.model, layer).includes(word)));
  }

  /** Add the next rows. */
  more() {
    const next = this.rows.slice(this.filled, this.filled + CHUNK);
    this.filled += next.length;
    this.body.append(...next.map((layer) => this.row(layer)));
  }

  row(layer) {
    const tree = this.column === 0 && this.order === "ascending" && !this.words;
    const name = el("button", { type: "button", class: "name", title: "Show in the graph", on: { click: () => this.onName(layer.id) } }, tree ? layer.name : layer.path);
    const first = el("th", { scope: "row", class: `level${tree ? Math.min(layer.level, 8) : 0}` }, name, el("span", { class: "class" }, layer.mark ? el("b", { class: layer.mark }, `${CHANGES[layer.mark]} ${layer.mark} `) : null, `${layer.class_name}${layer.marks}`));
    const counts = SEVERITIES.map((severity, index) => (layer.severities[index] ? mark(severity, ` ${layer.severities[index]}`, plural(layer.severities[index], NOUNS[severity])) : null));
    return el(
      "tr",
      { "data-layer": layer.id, class: layer.id === this.selected ? "selected" : null },
      first,
      el("td", { class: layer.output.length > 24 ? "shape long" : "shape" }, layer.output),
      el("td", { class: "number" }, this.count(layer)),
      el("td", { class: "number" }, layer.macs_text),
      el("td", { class: "found" }, counts),
    );
  }

  /** Return the button with a layer's count. */
  count(layer) {
    const share = this.model.params && layer.params ? layer.params / this.model.params : 0;
    const bar = el("span", { class: "share", "aria-hidden": "true" });
    bar.style.width = `${Math.min(100, 100 * share)}%`;
    return el(
      "button",
      { type: "button", class: "count", "aria-label": `${layer.count} parameters in ${shorten(layer.name, 100)}: show the arithmetic`, on: { click: (event) => this.onCount(layer.id, event.currentTarget) } },
      layer.count,
      bar,
    );
  }

  /** Mark the row of a layer. */
  select(id) {
    this.selected = id;
    for (const row of this.body.children) row.classList.toggle("selected", Number(row.dataset.layer) === id);
  }
}

/** Return the text in which the search looks. */
function searched(model, layer) {
  if (layer.text === undefined) {
    const rules = layer.findings.map((index) => `${model.findings[index].code} ${model.findings[index].name}`);
    layer.text = [layer.mark, layer.path, layer.class_name, layer.input, layer.output, ...rules].join(" ").toLowerCase();
  }
  return layer.text;
}
