/* What of a model is shown: nested models and repeated blocks are folded until someone unfolds them. */

const TEXT = { name: 8, small: 6.8, padding: 16, longest: 34 };
const WIDER = { capital: 1.35, ideograph: 1.9 };
const NODE = { width: 96, height: 46, grow: 44 };

/** Return the key of the box of a layer, of a group of equal blocks, or of one of its blocks. */
const layerKey = (id) => `L${id}`;
const groupKey = (graph, index) => `G${graph}.${index}`;
const blockKey = (graph, index, block) => `B${graph}.${index}.${block}`;

/** Return the boxes and edges that are shown of one of a model's graphs, for layOut(). */
function shownGraph(model, number, unfolded) {
  const graph = model.graphs[number];
  const boxes = [];
  const boxOf = new Map();
  const grouped = new Map();
  graph.groups.forEach((group, index) => group.layers.forEach((id) => grouped.set(id, index)));
  for (const id of graph.layers) {
    const index = grouped.get(id);
    if (index === undefined) {
      boxOf.set(id, boxes.length);
      boxes.push(layerBox(model, id, unfolded));
    } else if (graph.groups[index].layers[0] === id) {
      const box = groupBox(model, number, index, unfolded);
      for (const member of graph.groups[index].layers) boxOf.set(member, boxes.length);
      boxes.push(box);
    }
  }
  return { boxes, edges: shownEdges(graph.edges, boxOf) };
}

/** Return edges between boxes: those with the same ends become one, with all their labels. */
function shownEdges(edges, boxOf) {
  const found = new Map();
  for (const [source, target, label, note, mark] of edges) {
    const from = boxOf.get(source);
    const to = boxOf.get(target);
    if (from === undefined || to === undefined || (from === to && source !== target)) continue;
    const key = `${from} ${to}`;
    if (!found.has(key)) found.set(key, { from, to, labels: new Map(), notes: new Set(), marks: new Set() });
    const { labels, notes, marks } = found.get(key);
    marks.add(mark);
    if (note) notes.add(note);
    labels.set(label, (labels.get(label) || 0) + 1);
  }
  return [...found.values()].map(({ from, to, labels, notes, marks }) => {
    const parts = [...labels].slice(0, 2).map(([label, times]) => (times > 1 ? `${times} × ${label}` : label));
    if (labels.size > 2) parts.push(`and ${labels.size - 2} more`);
    const label = shorten(parts.join(", "), 48);
    const mark = marks.size === 1 ? [...marks][0] : "changed";
    return { from, to, label, mark, note: [...notes].slice(0, 9).join("\n"), width: widthOf(label, TEXT.small, true) + 10 };
  });
}

/** Return the box of a layer; with the graph inside it if it is an unfolded model. */
function layerBox(model, id, unfolded) {
  const layer = model.layers[id];
  const box = sized(layerKey(id), linesOf(layer), layer.params, model.largest);
  return layer.graph !== null && unfolded.has(box.key) ? opened(box, shownGraph(model, layer.graph, unfolded)) : box;
}

/** Return a box with a graph in it, wide enough for its title. */
function opened(box, graph) {
  return { ...box, graph, width: Math.max(box.width, widthOf(box.lines.join(" · "), TEXT.name) + 60) };
}

/** Return the box of equal blocks; with these, or with the layers if each is one layer, if it is unfolded. */
function groupBox(model, number, index, unfolded) {
  const group = model.graphs[number].groups[index];
  const box = sized(groupKey(number, index), groupLines(group), group.params, model.largest);
  if (!unfolded.has(box.key)) return box;
  if (group.length === 1) return opened(box, graphOf(model, number, group.layers, unfolded));
  const boxOf = new Map(group.layers.map((id, place) => [id, Math.floor(place / group.length)]));
  const boxes = group.blocks.map((block, place) => blockBox(model, blockKey(number, index, place), block, unfolded));
  return opened(box, { boxes, edges: shownEdges(model.graphs[number].edges, boxOf) });
}

/** Return the box of one of several equal blocks. */
function blockBox(model, key, block, unfolded) {
  const box = sized(key, groupLines(block), block.params, model.largest);
  const [number] = key.slice(1).split(".").map(Number);
  return unfolded.has(key) ? opened(box, graphOf(model, number, block.layers, unfolded)) : box;
}

/** Return the boxes of some layers and the edges among them. */
function graphOf(model, number, layers, unfolded) {
  const boxOf = new Map(layers.map((id, place) => [id, place]));
  return { boxes: layers.map((id) => layerBox(model, id, unfolded)), edges: shownEdges(model.graphs[number].edges, boxOf) };
}

/** Return the lines of text in a layer's box: its name, and its class and count. */
function linesOf(layer) {
  const count = layer.params === 0 ? "" : ` · ${layer.count}`;
  const sign = layer.mark ? `${CHANGES[layer.mark]} ` : "";
  return [sign + shorten(layer.name, TEXT.longest), shorten(`${layer.class_name}${count}`, TEXT.longest + 6)];
}

function groupLines(group) {
  return [shorten(group.title, TEXT.longest + 6), shorten(group.note, TEXT.longest + 10)];
}

/** Return about how wide a text is, in pixels. usual: of most letters. even: whether capitals are as wide as other letters. */
function widthOf(text, usual, even = false) {
  let width = 0;
  for (const letter of text) width += letter > "\u2e7f" ? WIDER.ideograph : !even && /[A-Z@%]/.test(letter) ? WIDER.capital : 1;
  return Math.round(width * usual);
}

/** Return a box with room for its text, and more height the more parameters it owns. */
function sized(key, [title, note], params, largest) {
  const width = Math.max(NODE.width, widthOf(title, TEXT.name), widthOf(note, TEXT.small)) + 2 * TEXT.padding;
  const share = largest && params ? Math.sqrt(Math.min(1, params / largest)) : 0;
  return { key, lines: [title, note], width, height: Math.round(NODE.height + NODE.grow * share) };
}

/** Return the keys of everything in a model that can be unfolded. */
function foldable(model) {
  const keys = model.layers.flatMap((layer, id) => (layer.graph === null ? [] : [layerKey(id)]));
  model.graphs.forEach((graph, number) =>
    graph.groups.forEach((group, index) => {
      keys.push(groupKey(number, index));
      group.blocks.forEach((_, block) => keys.push(blockKey(number, index, block)));
    }),
  );
  return keys;
}

/** Return the keys to unfold so that a layer is shown. */
function around(model, id) {
  const keys = [];
  for (let inner = id; inner !== null && inner !== undefined; inner = model.layers[inner].parent) {
    if (inner !== id) keys.push(layerKey(inner));
    const layer = model.layers[inner];
    if (layer.group === null) continue;
    const group = model.graphs[layer.inside].groups[layer.group];
    keys.push(groupKey(layer.inside, layer.group));
    if (group.length > 1) keys.push(blockKey(layer.inside, layer.group, Math.floor(group.layers.indexOf(inner) / group.length)));
  }
  return keys;
}
