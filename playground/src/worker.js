// Runs lstmlint under Pyodide. Messages in: {id, command, name, content, options, columns}; out: {id, result} or
// {id, fault}, and {ready: version} once.
import { isHdf5, modelJson } from "./hdf5.js";
import { loadPyodide } from "./pyodide/pyodide.mjs";

const started = start();

async function start() {
  const [pyodide, site] = await Promise.all([
    loadPyodide({ indexURL: new URL("pyodide/", import.meta.url).href }),
    fetch(new URL("site.zip", import.meta.url)).then((response) => response.arrayBuffer()),
  ]);
  pyodide.unpackArchive(site, "zip", { extractDir: "/site" });
  pyodide.runPython("import sys, gc; sys.path.insert(0, '/site'); gc.disable()");
  const runner = pyodide.pyimport("runner");
  postMessage({ ready: pyodide.runPython("from lstmlint.version import __version__; __version__") });
  return { pyodide, answer: runner.answer, collect: pyodide.pyimport("gc").collect };
}

self.onmessage = async ({ data }) => {
  try {
    const { pyodide, answer, collect } = await started;
    const { note, ...file } = await readable(data);
    const found = answer(data.command, file.name, pyodide.toPy(file.content), pyodide.toPy(data.options), data.columns);
    const result = found.toJs({ dict_converter: Object.fromEntries });
    found.destroy();
    if (note) result.messages = `${note}\n${result.messages}`;
    postMessage({ id: data.id, result });
    collect();
  } catch (error) {
    postMessage({ id: data.id, fault: sentence(error) });
  }
};

// Return the file in a form that lstmlint reads here: of HDF5 only the architecture.
async function readable({ name, content }) {
  if (!isHdf5(content)) return { name, content };
  const text = await modelJson(content).catch(() => null); // lstmlint says what is wrong with the file
  if (text === null) return { name, content };
  const note = `Only the architecture of ${name} is read here, without its weights.`;
  return { name: `${name}.json`, content: new TextEncoder().encode(text), note };
}

// Return what went wrong. WebAssembly has less stack than Python expects, so nesting can end the engine.
function sentence(error) {
  if (error instanceof RangeError) return "This is nested too deeply for the page. Use the command line.";
  return `The engine failed: ${error.message ?? error}`;
}

started.catch((error) => postMessage({ fault: sentence(error) }));
