/* The graph: boxes and edges in an SVG that the pointer and the keyboard move. Only what is in sight is drawn. */

const ZOOM = { least: 0.08, most: 2.5, step: 1.25, readable: 0.75, first: 1.25 };
const MARGIN = 200; // around what is in sight
const MOST_SHOWN = 100; // differences for which folded boxes are unfolded at first

class Canvas {
  /** model: of the report. onSelect: called with the id of a layer when its box is chosen. */
  constructor(model, { onSelect, arrangeGraph }) {
    this.model = model;
    this.onSelect = onSelect;
    this.arrangeGraph = arrangeGraph;
    this.unfolded = new Set(model.layers.filter((layer) => layer.mark).slice(0, MOST_SHOWN).flatMap((layer) => around(model, layer.id)));
    this.drawn = new Map(); // what is drawn, by key
    this.buttons = new Map(); // of the boxes that are drawn
    this.selected = null;
    this.current = null;
    this.view = { x: 0, y: 0, scale: 1 };
    this.found = { boxes: [], edges: [], width: 0, height: 0 };
    this.byKey = new Map();
    this.openLayer = shape("g"); // unfolded boxes, behind the edges in them
    this.edgeLayer = shape("g", { "aria-hidden": "true" });
    this.boxLayer = shape("g");
    this.world = shape("g", {}, arrowHead(), this.openLayer, this.edgeLayer, this.boxLayer);
    this.svg = shape(
      "svg",
      { class: "graph", role: "application", "aria-roledescription": "graph", "aria-label": "The layers and their connections. The arrow keys move between layers, Enter shows the arithmetic of a layer, Space folds and unfolds." },
      this.world,
    );
    this.note = el("p", { class: "graph-note", role: "status" });
    this.element = el("div", { class: "canvas" }, this.svg, this.note);
    this.listen();
  }

  listen() {
    this.svg.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.svg.addEventListener("pointerdown", (event) => this.onDown(event));
    this.svg.addEventListener("keydown", (event) => this.onKey(event));
    this.svg.addEventListener("click", (event) => this.onClick(event));
    this.svg.addEventListener("dblclick", (event) => this.onDouble(event));
    new ResizeObserver(() => this.draw()).observe(this.svg);
  }

  // What is shown ------------------------------------------------------------------------------------------

  /** Arrange the boxes anew; `anchor` is the key of a box that keeps its place on the screen. */
  async refresh(anchor = null) {
    const before = anchor && this.byKey.get(anchor);
    const at = before && this.toScreen(before.x + before.width / 2, before.y);
    const slow = setTimeout(() => (this.note.textContent = "Arranging the layers…"), 150);
    try {
      this.found = await this.arrangeGraph(shownGraph(this.model, 0, this.unfolded));
      this.note.textContent = this.model.left_out ? `${plural(this.model.left_out, "more layer")} not shown` : "";
    } catch (error) {
      this.note.textContent = `The layers cannot be arranged: ${error}`;
      return;
    } finally {
      clearTimeout(slow);
    }
    this.byKey = new Map(this.found.boxes.map((box) => [box.key, box]));
    [...this.drawn.keys()].forEach((key) => this.erase(key));
    this.connect();
    const after = anchor && this.byKey.get(anchor);
    if (at && after) {
      this.view.x = at.x - (after.x + after.width / 2) * this.view.scale;
      this.view.y = at.y - after.y * this.view.scale;
    } else if (!anchor) {
      this.home();
    }
    if (!this.byKey.has(this.current)) this.current = this.found.boxes.length ? this.found.boxes[0].key : null;
    this.draw();
  }

  /** Note which boxes come before and after each, for the arrow keys. */
  connect() {
    this.after = new Map();
    this.before = new Map();
    for (const { from, to } of this.found.edges) {
      if (!this.after.has(from)) this.after.set(from, []);
      if (!this.before.has(to)) this.before.set(to, []);
      this.after.get(from).push(to);
      this.before.get(to).push(from);
    }
  }

  /** Fold or unfold a box. */
  async toggle(key) {
    if (!this.canFold(key)) return;
    const open = this.unfolded.has(key);
    if (open) this.unfolded.delete(key);
    else this.unfolded.add(key);
    await this.refresh(key);
    this.focus(key);
    announce(open ? "Folded." : "Unfolded.");
  }

  async unfoldAll() {
    this.unfolded = new Set(foldable(this.model));
    await this.refresh();
  }

  async foldAll() {
    this.unfolded.clear();
    await this.refresh();
  }

  canFold(key) {
    return !key.startsWith("L") || this.model.layers[layerOf(key)].graph !== null;
  }

  /** Show a layer, unfolding what it is in, and mark it. */
  async show(id) {
    const hidden = around(this.model, id).filter((key) => !this.unfolded.has(key));
    if (hidden.length) {
      hidden.forEach((key) => this.unfolded.add(key));
      await this.refresh();
    }
    this.select(id);
    this.reveal(layerKey(id), !this.inSight(layerKey(id)));
  }

  select(id) {
    this.selected = id === null ? null : layerKey(id);
    if (this.byKey.has(this.selected)) this.current = this.selected;
    this.draw();
    for (const [key, button] of this.buttons) button.classList.toggle("selected", key === this.selected);
  }

  // Moving -------------------------------------------------------------------------------------------------

  size() {
    return { width: this.svg.clientWidth || 600, height: this.svg.clientHeight || 400 };
  }

  toScreen(x, y) {
    return { x: x * this.view.scale + this.view.x, y: y * this.view.scale + this.view.y };
  }

  /** Show all if that is readable, else the beginning. */
  home() {
    const { width, height } = this.size();
    const room = 24;
    const fits = Math.min((width - 2 * room) / this.found.width, (height - 2 * room) / this.found.height);
    const across = (width - 2 * room) / this.found.width;
    const scale = Math.min(ZOOM.first, Math.max(fits, Math.min(across, 1), ZOOM.readable));
    const first = this.found.boxes[0];
    const wide = this.found.width * scale > width - 2 * room;
    const center = wide && first ? first.x + first.width / 2 : this.found.width / 2;
    const tall = this.found.height * scale > height - 2 * room;
    this.view = { scale, x: width / 2 - center * scale, y: tall ? room : (height - this.found.height * scale) / 2 };
  }

  fit() {
    const { width, height } = this.size();
    const scale = Math.min((width - 32) / this.found.width, (height - 32) / this.found.height, 1.5);
    this.view.scale = Math.max(scale, ZOOM.least / 4);
    this.view.x = (width - this.found.width * this.view.scale) / 2;
    this.view.y = (height - this.found.height * this.view.scale) / 2;
    this.draw();
  }

  /** Zoom around a point of the screen; around the middle by default. */
  zoom(factor, point = null) {
    const { width, height } = this.size();
    const at = point || { x: width / 2, y: height / 2 };
    const scale = Math.min(ZOOM.most, Math.max(Math.min(ZOOM.least, this.view.scale), this.view.scale * factor));
    const change = scale / this.view.scale;
    this.view = { scale, x: at.x - (at.x - this.view.x) * change, y: at.y - (at.y - this.view.y) * change };
    this.draw();
  }

  pan(dx, dy) {
    this.view.x += dx;
    this.view.y += dy;
    this.draw();
  }

  /** Return whether a box is in sight, and large enough to read. */
  inSight(key) {
    const box = this.byKey.get(key);
    const { width, height } = this.size();
    const { x, y } = this.toScreen(box.x, box.y);
    const [right, bottom] = [x + box.width * this.view.scale, y + box.height * this.view.scale];
    return x >= 0 && y >= 0 && right <= width && bottom <= height && this.view.scale >= ZOOM.readable / 2;
  }

  /** Move a box into sight; `center` moves it to the middle. */
  reveal(key, center = false) {
    const box = this.byKey.get(key);
    if (!box) return;
    const { width, height } = this.size();
    if (center && this.view.scale < ZOOM.readable) this.view.scale = ZOOM.readable;
    const { x, y } = this.toScreen(box.x, box.y);
    const [w, h] = [Math.min(box.width * this.view.scale, width - 80), Math.min(box.height * this.view.scale, height - 80)];
    const shift = (start, length, room) => (start < 40 ? 40 - start : start + length > room - 40 ? room - 40 - start - length : 0);
    if (center) this.pan(width / 2 - x - w / 2, height / 2 - y - h / 2);
    else this.pan(shift(x, w, width), shift(y, h, height));
  }

  // Drawing ------------------------------------------------------------------------------------------------

  draw() {
    const { x, y, scale } = this.view;
    this.world.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
    this.svg.classList.toggle("far", scale < 0.3);
    const { width, height } = this.size();
    const sight = { left: (-x - MARGIN) / scale, top: (-y - MARGIN) / scale, right: (width - x + MARGIN) / scale, bottom: (height - y + MARGIN) / scale };
    const wanted = new Map();
    for (const box of this.found.boxes) if (meets(sight, box) || box.key === this.current) wanted.set(box.key, box);
    for (const edge of this.found.edges) if (meets(sight, reachOf(edge))) wanted.set(`${edge.from} ${edge.to}`, edge);
    for (const key of [...this.drawn.keys()]) if (!wanted.has(key)) this.erase(key);
    for (const [key, thing] of wanted) {
      if (this.drawn.has(key)) continue;
      const drawing = thing.points ? drawEdge(thing) : this.drawBox(thing);
      if (thing.open) addByDepth(this.openLayer, drawing, thing.depth);
      else (thing.points ? this.edgeLayer : this.boxLayer).append(drawing);
      this.drawn.set(key, drawing);
      if (!thing.points) this.buttons.set(key, drawing.firstChild);
    }
    for (const [key, button] of this.buttons) button.setAttribute("tabindex", key === this.current ? "0" : "-1");
  }

  erase(key) {
    this.drawn.get(key).remove();
    this.drawn.delete(key);
    this.buttons.delete(key);
  }

  drawBox(box) {
    const group = box.key.startsWith("L") ? null : this.groupOf(box.key);
    const layer = group ? null : this.model.layers[layerOf(box.key)];
    // Findings of layers inside are shown there once the box is unfolded.
    const findings = group ? (box.open ? [] : [...group.findings]) : box.open ? layer.findings : [...layer.all_findings];
    const severity = worst(findings.map((index) => this.model.findings[index]));
    const [title, note] = group ? groupLines(group) : linesOf(layer);
    const can = this.canFold(box.key);
    const output = group ? "" : `, output ${layer.output || "unknown"}`;
    const button = shape(
      "g",
      {
        class: `box ${group ? "group" : `${layer.family} ${layer.mark}`} ${severity} ${box.open ? "open" : ""} ${box.key === this.selected ? "selected" : ""}`,
        tabindex: "-1",
        role: "button",
        "aria-expanded": can ? String(box.open) : null,
        "aria-label": `${title} ${box.open ? "· " : ""}${note}${output}${group || !layer.mark ? "" : `, ${layer.mark}`}${spoken(findings.length, severity)}`,
      },
      drawFrame(box),
      drawWords(box, title, note),
      can ? drawSign(box) : null,
    );
    // What the button shows must begin its label, so the number of findings is not in it.
    return shape("g", { "data-key": box.key, transform: `translate(${box.x} ${box.y})` }, button, severity ? badge(severity, findings.length) : null);
  }

  groupOf(key) {
    const [graph, index, block] = key.slice(1).split(".").map(Number);
    const group = this.model.graphs[graph].groups[index];
    return block === undefined ? group : group.blocks[block];
  }

  // Pointer and keyboard -----------------------------------------------------------------------------------

  onWheel(event) {
    event.preventDefault();
    const bounds = this.svg.getBoundingClientRect();
    const point = { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
    if (event.shiftKey) this.pan(-event.deltaY - event.deltaX, 0);
    else this.zoom(Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) / 300), point);
  }

  onDown(event) {
    if (event.button !== 0) return;
    this.moved = false;
    let [x, y] = [event.clientX, event.clientY];
    const move = (now) => {
      if (!this.moved && Math.abs(now.clientX - x) + Math.abs(now.clientY - y) < 4) return;
      this.moved = true;
      this.pan(now.clientX - x, now.clientY - y);
      [x, y] = [now.clientX, now.clientY];
    };
    const end = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
  }

  onClick(event) {
    const key = keyAt(event.target);
    if (!key || this.moved) return;
    this.current = key;
    if (!key.startsWith("L") || event.target.closest(".fold")) this.toggle(key);
    else this.choose(key, false);
  }

  onDouble(event) {
    const key = keyAt(event.target);
    if (key && key.startsWith("L")) this.toggle(key);
  }

  choose(key, focus) {
    const id = layerOf(key);
    this.select(id);
    this.onSelect(id, { focus });
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowDown: () => this.step(this.after, 1), ArrowUp: () => this.step(this.before, -1), ArrowLeft: () => this.aside(-1), ArrowRight: () => this.aside(1) };
    const other = {
      Enter: () => (!this.current.startsWith("L") ? this.toggle(this.current) : this.choose(this.current, true)),
      " ": () => this.toggle(this.current),
      "+": () => this.zoom(ZOOM.step),
      "=": () => this.zoom(ZOOM.step),
      "-": () => this.zoom(1 / ZOOM.step),
      0: () => this.fit(),
      Home: () => this.focus(this.found.boxes[0].key),
      End: () => this.focus(this.found.boxes[this.found.boxes.length - 1].key),
    };
    const action = steps[event.key] || other[event.key];
    if (!action || !this.current) return;
    event.preventDefault();
    action();
  }

  /** Go along an edge; without one, to the next box in order, so that every box can be reached. */
  step(ways, direction) {
    const next = (ways.get(this.current) || []).filter((key) => key !== this.current);
    if (next.length) {
      this.focus(next[0]);
      return;
    }
    const index = this.found.boxes.findIndex((box) => box.key === this.current) + direction;
    if (this.found.boxes[index]) this.focus(this.found.boxes[index].key);
  }

  /** Go to the nearest box on the left or on the right. */
  aside(direction) {
    const here = this.byKey.get(this.current);
    const center = (box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
    const from = center(here);
    let best = null;
    for (const box of this.found.boxes) {
      const to = center(box);
      const dx = (to.x - from.x) * direction;
      if (box === here || dx < 8 || Math.abs(to.y - from.y) > 2.5 * dx + 60) continue;
      const distance = dx + 2 * Math.abs(to.y - from.y);
      if (!best || distance < best.distance) best = { distance, key: box.key };
    }
    if (best) this.focus(best.key);
  }

  focus(key) {
    this.current = key;
    this.reveal(key);
    this.draw();
    this.buttons.get(key)?.focus({ preventScroll: true });
  }
}

/** Return the id of the layer with a key. */
function layerOf(key) {
  return Number(key.slice(1));
}

function keyAt(target) {
  const box = target.closest("[data-key]");
  return box && box.getAttribute("data-key");
}

/** Add an unfolded box to a layer, behind those that are deeper. */
function addByDepth(layer, drawing, depth) {
  drawing.dataset.depth = depth;
  const deeper = [...layer.children].find((other) => Number(other.dataset.depth) > depth);
  layer.insertBefore(drawing, deeper || null);
}

function meets(sight, box) {
  return box.x < sight.right && box.x + box.width > sight.left && box.y < sight.bottom && box.y + box.height > sight.top;
}

/** Return the rectangle that an edge is in. */
function reachOf(edge) {
  if (!edge.reach) {
    const xs = edge.points.map((point) => point.x);
    const ys = edge.points.map((point) => point.y);
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    edge.reach = { x: x - 40, y, width: Math.max(...xs) - x + 80, height: Math.max(...ys) - y + 1 };
  }
  return edge.reach;
}

/** Return what a screen reader says about findings. */
function spoken(count, severity) {
  if (!count) return "";
  return count === 1 ? `, 1 finding: ${NOUNS[severity]}` : `, ${count} findings, the worst: ${NOUNS[severity]}`;
}

/** Return the rectangles of a box: its frame, one behind it if there are more like it, and the color of its family. */
function drawFrame({ key, open, width, height }) {
  return [
    key.startsWith("G") && !open ? shape("rect", { class: "behind", x: 5, y: 5, width, height, rx: 8 }) : null,
    shape("rect", { class: "frame", width, height, rx: 8 }),
    open ? null : shape("rect", { class: "stripe", x: 0.5, y: 6, width: 5, height: height - 12, rx: 2 }),
  ];
}

/** Return the text of a box: one line above what is in it, or two in the middle. */
function drawWords({ open, width, height }, title, note) {
  if (open) return shape("text", { class: "name", x: width / 2, y: 20 }, `${title} · ${note}`);
  const middle = height / 2;
  // The space is for screen readers.
  return [shape("text", { class: "name", x: width / 2, y: middle - 4 }, title), " ", shape("text", { class: "note", x: width / 2, y: middle + 13 }, note)];
}

/** Return the sign that folds and unfolds a box. */
function drawSign({ open, width }) {
  const [x, y] = [width - 15, 12];
  return shape(
    "g",
    { class: "fold" },
    shape("rect", { x: x - 9, y: y - 9, width: 18, height: 18 }),
    shape("path", { d: `M ${x - 5} ${y} h 10${open ? "" : ` M ${x} ${y - 5} v 10`}` }),
  );
}

function badge(severity, count) {
  const text = count > 1 ? `${SIGNS[severity]} ${count > 999 ? "999+" : count}` : SIGNS[severity];
  const width = 13 + 7 * text.length;
  return shape(
    "g",
    { class: `badge ${severity}`, "aria-hidden": "true" },
    shape("rect", { x: -10, y: -10, width, height: 20, rx: severity === "error" ? 4 : 10 }),
    shape("text", { x: width / 2 - 10, y: 4 }, text),
  );
}

function arrowHead() {
  return shape(
    "defs",
    {},
    shape(
      "marker",
      { id: "arrow", viewBox: "0 0 10 10", refX: 9, refY: 5, markerUnits: "userSpaceOnUse", markerWidth: 10, markerHeight: 10, orient: "auto-start-reverse" },
      shape("path", { class: "head", d: "M 0 1 L 10 5 L 0 9 z" }),
    ),
  );
}

function drawEdge(edge) {
  const parts = [edge.note ? shape("title", {}, edge.note) : null, shape("path", { class: `edge ${edge.far ? "faint" : ""} ${edge.mark}`, d: curve(edge.points), "marker-end": "url(#arrow)" })];
  if (edge.label && edge.at) {
    const { x, y } = edge.at;
    parts.push(shape("rect", { class: "plate", x: x - edge.width / 2, y: y - 9, width: edge.width, height: 18, rx: 4 }));
    parts.push(shape("text", { class: "shape", x, y: y + 4 }, edge.label));
  }
  return shape("g", {}, parts);
}

/** Return a path through points, rounded at each of them. */
function curve(points) {
  const [first, ...rest] = points;
  let path = `M ${first.x} ${first.y}`;
  for (let index = 0; index < rest.length - 1; index += 1) {
    const [here, next] = [rest[index], rest[index + 1]];
    const last = index === rest.length - 2;
    path += ` Q ${here.x} ${here.y} ${last ? next.x : (here.x + next.x) / 2} ${last ? next.y : (here.y + next.y) / 2}`;
  }
  return rest.length === 1 ? `${path} L ${rest[0].x} ${rest[0].y}` : path;
}
