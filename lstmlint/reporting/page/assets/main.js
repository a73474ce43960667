/* The start: reads the report in the page, and shows the model that the address names. */

/** Return the data in a script element. */
function dataOf(id) {
  return JSON.parse(byId(id).textContent);
}

/** Return a worker that runs the scripts of the page that arrange graphs. Raises an error where workers are not allowed. */
function startWorker() {
  const code = ["dagre", "layout", "worker"].map((id) => byId(id).textContent).join("\n");
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  if (!window.trustedTypes) return new Worker(address);
  return new Worker(window.trustedTypes.createPolicy("lstmlint", { createScriptURL: () => address }).createScriptURL(""));
}

/** Return a function that arranges graphs: in a worker, or here where workers are not allowed. */
function arranger() {
  const here = async (graph) => layOut(graph);
  try {
    const ask = asking(startWorker());
    return (graph) => ask(graph).catch(() => here(graph));
  } catch {
    return here;
  }
}

/** Return a function that sends a worker graphs, and returns what it sends back. */
function asking(worker) {
  const waiting = new Map();
  let last = 0;
  let failure = null;
  const settle = (id, outcome, value) => {
    waiting.get(id)[outcome](value);
    waiting.delete(id);
  };
  worker.addEventListener("message", ({ data }) => (data.error ? settle(data.id, "reject", data.error) : settle(data.id, "resolve", data.found)));
  worker.addEventListener("error", () => {
    failure = "the worker does not run";
    for (const id of [...waiting.keys()]) settle(id, "reject", failure);
  });
  return (graph) =>
    new Promise((resolve, reject) => {
      if (failure) {
        reject(failure);
        return;
      }
      last += 1;
      waiting.set(last, { resolve, reject });
      worker.postMessage({ id: last, graph });
    });
}

/** Add to a model what the page computes from it: which findings are shown where, and what is the largest layer. */
function prepared(model) {
  const { layers, findings, graphs } = model;
  findings.forEach((found) => (found.at = null));
  layers.forEach((layer, id) => {
    layer.id = id;
    layer.severities = SEVERITIES.map((severity) => layer.findings.filter((index) => findings[index].severity === severity).length);
    layer.all_findings = new Set(layer.findings);
    for (const index of layer.findings) findings[index].at ??= id;
  });
  // The layers inside a model come after it.
  for (const layer of [...layers].reverse()) {
    if (layer.parent !== null) layer.all_findings.forEach((index) => layers[layer.parent].all_findings.add(index));
  }
  for (const group of graphs.flatMap((graph) => graph.groups)) {
    for (const part of [group, ...group.blocks]) {
      part.params = part.layers.reduce((sum, id) => sum + (layers[id].params || 0), 0);
      part.findings = new Set(part.layers.flatMap((id) => [...layers[id].all_findings]));
    }
  }
  // A model that is nested would make all layers in it look small.
  model.largest = layers.reduce((most, layer) => Math.max(most, (layer.graph === null && layer.params) || 0), 0);
  return model;
}

/** Show the page that the address names. */
function show(index) {
  const main = byId("main");
  main.removeAttribute("data-ready");
  const asked = /^#model-(\d+)$/.exec(location.hash);
  const only = index.models.length === 1 && index.models[0].model !== null ? index.models[0].model : null;
  const number = asked && byId(`model-${asked[1]}-data`) ? Number(asked[1]) : only;
  byId("back").hidden = number === null || only !== null;
  if (number === null) {
    byId("title").textContent = "Models";
    indexPage(index, main);
    return;
  }
  const model = prepared(dataOf(`model-${number}-data`));
  byId("title").textContent = model.path;
  byId("subtitle").textContent = model.title;
  modelPage(model, main);
}

/** Let a button choose between the theme of the system, dark, and light. */
function themeButton() {
  const themes = ["system", "dark", "light"];
  let chosen = 0;
  byId("theme").addEventListener("click", () => {
    chosen = (chosen + 1) % themes.length;
    document.documentElement.dataset.theme = themes[chosen];
    byId("theme").textContent = `Theme: ${themes[chosen]}`;
  });
}

const index = dataOf("index-data");
const arrangeGraph = arranger();
themeButton();
window.addEventListener("hashchange", () => show(index));
show(index);
