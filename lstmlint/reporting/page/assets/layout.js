/* Where boxes and edges go. dagre arranges them; this file cuts a graph into pieces that dagre arranges quickly.

A graph is { boxes: [{ key, width, height, graph }], edges: [{ from, to, label, width }] }. `from` and `to` are
indices of boxes. A box with a `graph` is unfolded: it gets the size of that graph. The functions run in a worker. */

const GAP = { node: 28, rank: 34, edge: 14, inside: 18, title: 30 };
const LABEL_HEIGHT = 18;
// dagre takes more than linear time, and recurses: 100 boxes take about 60 ms, 2,000 in a row overflow its stack.
const PIECE = 60;
const LARGEST_PIECE = 160;
// Edges cost, too: each takes a place in every row that it passes.
const MOST_ROWS_PASSED = 800;

/** Arrange a graph and the graphs of its boxes; x and y are the top left corners, relative to the graph. */
function arrange(graph) {
  for (const box of graph.boxes) {
    if (!box.graph) continue;
    const inner = arrange(box.graph);
    box.width = Math.max(box.width, inner.width + 2 * GAP.inside);
    box.height = inner.height + GAP.title + GAP.inside;
    box.offset = { x: (box.width - inner.width) / 2, y: GAP.title };
  }
  const order = topological(graph);
  const place = invert(order);
  const pieces = piecesOf(graph, order, place);
  let top = 0;
  let previous = null;
  for (const piece of pieces) {
    arrangePiece(graph, order, place, piece);
    top = stack(graph, order, piece, previous, top);
    previous = piece;
  }
  for (const edge of graph.edges) {
    if (edge.points) continue;
    edge.far = edge.from !== edge.to;
    edge.points = direct(graph.boxes[edge.from], graph.boxes[edge.to]);
  }
  return normalize(graph);
}

/** Return the boxes in an order in which edges lead forward, as far as there are no cycles. */
function topological(graph) {
  const waiting = graph.boxes.map(() => 0);
  const next = graph.boxes.map(() => []);
  for (const edge of graph.edges) {
    if (edge.from === edge.to) continue;
    waiting[edge.to] += 1;
    next[edge.from].push(edge.to);
  }
  const order = [];
  const done = new Set();
  const visit = (start) => {
    const ready = [start];
    while (ready.length) {
      const index = ready.pop();
      if (done.has(index)) continue;
      done.add(index);
      order.push(index);
      for (const follower of next[index].reverse()) {
        waiting[follower] -= 1;
        if (waiting[follower] === 0) ready.push(follower);
      }
    }
  };
  graph.boxes.forEach((_, index) => waiting[index] === 0 && visit(index));
  graph.boxes.forEach((_, index) => visit(index));
  return order;
}

function invert(order) {
  const place = [];
  order.forEach((index, position) => (place[index] = position));
  return place;
}

/** Cut the order at boxes through which everything passes. A piece is { first, last, shared }: both ends belong to it,
 * and a shared first box is the last of the piece before. Where there is no such box for long, cut anyway. */
function piecesOf(graph, order, place) {
  const over = order.map(() => 0);
  const ended = order.map(() => []);
  for (const edge of graph.edges) {
    const [low, high] = [place[edge.from], place[edge.to]].sort((a, b) => a - b);
    ended[high].push(high - low);
    if (high - low > 1) {
      over[low + 1] += 1;
      over[high] -= 1;
    }
  }
  const pieces = [];
  let first = 0;
  let shared = false;
  let spanning = 0;
  let bottleneck = -1;
  let passed = 0;
  const cut = (last, together) => {
    pieces.push({ first, last, shared });
    first = together ? last : last + 1;
    shared = together;
    bottleneck = -1;
    passed = 0;
  };
  for (let position = 0; position < order.length; position += 1) {
    spanning += over[position];
    for (const length of ended[position]) if (length <= position - first) passed += length;
    if (spanning === 0 && position > first) bottleneck = position;
    if (bottleneck > 0 && position - first >= PIECE) {
      cut(bottleneck, true);
    } else if (position - first >= LARGEST_PIECE || passed > MOST_ROWS_PASSED) {
      cut(position, false);
    }
  }
  if (first < order.length && !(shared && first === order.length - 1)) cut(order.length - 1, false);
  return pieces;
}

/** Let dagre arrange the boxes of a piece and the edges among them. */
function arrangePiece(graph, order, place, piece) {
  const layout = new dagre.graphlib.Graph({ multigraph: true });
  layout.setGraph({ rankdir: "TB", nodesep: GAP.node, ranksep: GAP.rank, edgesep: GAP.edge });
  const inside = (index) => place[index] >= piece.first && place[index] <= piece.last;
  const members = order.slice(piece.first, piece.last + 1);
  for (const index of members) {
    layout.setNode(String(index), { width: graph.boxes[index].width, height: graph.boxes[index].height });
  }
  const sources = new Set(members);
  const sinks = new Set(members);
  const edges = edgesFrom(graph, members).filter((edge) => inside(edge.to) && edge.from !== edge.to);
  for (const edge of edges) {
    const label = edge.label ? { width: edge.width, height: LABEL_HEIGHT, labelpos: "c" } : {};
    layout.setEdge(String(edge.from), String(edge.to), label, String(edge.id));
    sources.delete(edge.to);
    sinks.delete(edge.from);
  }
  const head = order[piece.first];
  const tail = order[piece.last];
  const invisible = { weight: 0 };
  if (piece.shared) for (const index of sources) if (index !== head) layout.setEdge(String(head), String(index), invisible, "top");
  if (piece.last < order.length - 1) {
    for (const index of sinks) if (index !== tail) layout.setEdge(String(index), String(tail), invisible, "bottom");
  }
  dagre.layout(layout);
  piece.at = new Map(members.map((index) => [index, layout.node(String(index))]));
  piece.edges = edges.map((edge) => ({ edge, found: layout.edge(String(edge.from), String(edge.to), String(edge.id)) }));
}

/** Return the edges that leave some boxes, each with an id. */
function edgesFrom(graph, members) {
  if (!graph.leaving) {
    graph.leaving = graph.boxes.map(() => []);
    graph.edges.forEach((edge, id) => {
      edge.id = id;
      graph.leaving[edge.from].push(edge);
    });
  }
  return members.flatMap((index) => graph.leaving[index]);
}

/** Put a piece below the one before it, and return where it ends. */
function stack(graph, order, piece, previous, top) {
  const nodes = [...piece.at.values()];
  const highest = Math.min(...nodes.map((node) => node.y - node.height / 2));
  let dx = 0;
  let dy = top - highest + (previous ? GAP.rank : 0);
  if (piece.shared) {
    const head = order[piece.first];
    const box = graph.boxes[head];
    dx = box.x + box.width / 2 - piece.at.get(head).x;
    dy = box.y + box.height / 2 - piece.at.get(head).y;
  }
  let bottom = top;
  for (const [index, node] of piece.at) {
    const box = graph.boxes[index];
    box.x = node.x - box.width / 2 + dx;
    box.y = node.y - box.height / 2 + dy;
    bottom = Math.max(bottom, box.y + box.height);
  }
  for (const { edge, found } of piece.edges) {
    edge.points = found.points.map((point) => ({ x: point.x + dx, y: point.y + dy }));
    if (edge.label) edge.at = { x: found.x + dx, y: found.y + dy };
  }
  return bottom;
}

/** Return the points of an edge that leads from one piece to another, or back to its box. */
function direct(from, to) {
  const start = { x: from.x + from.width / 2, y: from.y + from.height };
  const end = { x: to.x + to.width / 2, y: to.y };
  if (from === to) {
    const right = from.x + from.width;
    const middle = from.y + from.height / 2;
    return [{ x: right, y: middle - 8 }, { x: right + 26, y: middle - 8 }, { x: right + 26, y: middle + 8 }, { x: right, y: middle + 8 }];
  }
  return [start, { x: start.x, y: start.y + GAP.rank / 2 }, { x: end.x, y: end.y - GAP.rank / 2 }, end];
}

/** Move a graph so that its top left corner is 0, 0, and return its size. */
function normalize(graph) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const reach = (x, y, width = 0, height = 0) => {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  };
  for (const box of graph.boxes) reach(box.x, box.y, box.width, box.height);
  for (const edge of graph.edges) {
    for (const point of edge.points) reach(point.x, point.y);
    if (edge.at) reach(edge.at.x - edge.width / 2, edge.at.y - LABEL_HEIGHT / 2, edge.width, LABEL_HEIGHT);
  }
  if (!graph.boxes.length) return { width: 0, height: 0 };
  for (const box of graph.boxes) {
    box.x -= left;
    box.y -= top;
  }
  for (const edge of graph.edges) {
    edge.points = edge.points.map((point) => ({ x: point.x - left, y: point.y - top }));
    if (edge.at) edge.at = { x: edge.at.x - left, y: edge.at.y - top };
  }
  return { width: right - left, height: bottom - top };
}

/** Return all boxes and edges with absolute places, those of unfolded boxes after the box itself. */
function flatten(graph) {
  const found = { boxes: [], edges: [] };
  const add = (inner, x, y, depth) => {
    for (const box of inner.boxes) {
      const { key, width, height } = box;
      found.boxes.push({ key, depth, x: box.x + x, y: box.y + y, width, height, open: Boolean(box.graph) });
      if (box.graph) add(box.graph, box.x + x + box.offset.x, box.y + y + box.offset.y, depth + 1);
    }
    for (const edge of inner.edges) {
      found.edges.push({
        from: inner.boxes[edge.from].key,
        to: inner.boxes[edge.to].key,
        label: edge.label,
        note: edge.note,
        mark: edge.mark,
        far: edge.far,
        width: edge.width,
        points: edge.points.map((point) => ({ x: point.x + x, y: point.y + y })),
        at: edge.at && { x: edge.at.x + x, y: edge.at.y + y },
      });
    }
  };
  add(graph, 0, 0, 0);
  return found;
}

/** Return the arranged graph with its size. */
function layOut(graph) {
  const size = arrange(graph);
  return { ...size, ...flatten(graph) };
}
