// Guesses what a text is, so that it gets a file name that lstmlint reads in the right way.
const LAYER = /^\s*(?:[\w.]+\.)?[A-Z]\w*\([^\n=]*(?:=[^\n]*)?\)\s*$/;
const PYTHON = /^\s*(?:from|import|def|class|@|#!)\s|^\s*\w+\s*=\s*\S|\bmodel\.(?:add|compile|fit)\(/m;

export function guess(text) {
  const start = text.trimStart();
  if (/^[{[]/.test(start)) return /"nbformat"\s*:/.test(text) ? "notebook.ipynb" : "model.json";
  if (LAYER.test(text)) return "layer";
  if (/^(?:class_name|backend|keras_version|config|module)\s*:/m.test(text)) return "model.yaml";
  return PYTHON.test(text) ? "train.py" : "model.json";
}

// Return the name of a file without its folder, fit for a file system; `fallback` if nothing is left.
export function tidy(name, fallback = "model.json") {
  const last = name.split(/[\\/]/).at(-1).replace(/[\0-\x1f\x7f]/g, "").slice(-120);
  return last === "" || last === "." || last === ".." ? fallback : last;
}
