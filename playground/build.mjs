// Builds the page into dist/: Pyodide, lstmlint and PyYAML, the examples, and the files of src/. Needs Python with venv
// and pip. Nothing is fetched when the page runs.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const PYTHON = process.env.PYTHON ?? ["python3", "python"].find(runs);
const PYODIDE = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"];
const SITE = here("build/site");

function runs(program) {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

// Install the wheel and PyYAML's Python files. The other dependencies serve the command line and settings files only.
function install() {
  rmSync(here("build"), { recursive: true, force: true });
  mkdirSync(SITE, { recursive: true });
  const venv = here("build/venv");
  execFileSync(PYTHON, ["-m", "venv", venv]);
  const bin = `${venv}/${process.platform === "win32" ? "Scripts" : "bin"}/python`;
  const pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--no-compile", "--target", SITE];
  execFileSync(bin, [...pip, here(".."), "pyyaml"], { stdio: "inherit" });
  copyFileSync(here("runner.py"), `${SITE}/runner.py`);
}

// Compile the site for Pyodide's Python, which makes the first answer faster, and pack it without the sources.
async function pack() {
  const pyodide = await loadPyodide();
  pyodide.FS.mkdirTree("/site");
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: SITE }, "/site");
  pyodide.runPython(`
import compileall, io, pathlib, py_compile, zipfile
root = pathlib.Path("/site")
mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
assert compileall.compile_dir(root, quiet=1, legacy=True, invalidation_mode=mode, stripdir="/site")
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and path.suffix not in {".py", ".so", ".pyd"} and not name.startswith("bin/"):
            archive.writestr(zipfile.ZipInfo(name), path.read_bytes(), zipfile.ZIP_DEFLATED)
`);
  writeFileSync(here("dist/site.zip"), pyodide.globals.get("packed").getvalue().toJs());
  return pyodide;
}

// Return the hashes that the HTML report's own policy allows: it is shown in a frame, which has both policies.
function reportHashes(pyodide) {
  const page = pyodide.runPython(`
import sys
sys.path.insert(0, "/site")
from runner import answer
found = answer("page", "model.json", open("/model.json", "rb").read(), {}, 80)["file"]
found["content"].decode() if found else ""
`);
  const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/i.exec(page)?.[1] ?? "";
  const of = (directive) => (new RegExp(`${directive} ([^;]*)`).exec(policy)?.[1] ?? "").match(/'sha256-[^']+'/g) ?? [];
  return { scripts: of("script-src").join(" "), styles: of("style-src").join(" ") };
}

install();
rmSync(here("dist"), { recursive: true, force: true });
mkdirSync(here("dist/pyodide"), { recursive: true });
for (const name of PYODIDE) copyFileSync(here(`node_modules/pyodide/${name}`), here(`dist/pyodide/${name}`));
cpSync(here("node_modules/h5wasm/dist/esm"), here("dist/h5wasm"), { recursive: true });
copyFileSync(here("node_modules/h5wasm/LICENSE.txt"), here("dist/h5wasm/LICENSE.txt"));
cpSync(here("src"), here("dist"), { recursive: true });

const pyodide = await pack();
pyodide.FS.writeFile("/model.json", readFileSync(here("../examples/lstm_1_2.json")));
const { scripts, styles } = reportHashes(pyodide);
const page = readFileSync(here("src/index.html"), "utf8");
writeFileSync(here("dist/index.html"), page.replace("REPORT_SCRIPTS", scripts).replace("REPORT_STYLES", styles));

mkdirSync(here("dist/examples"));
const examples = [];
for (const folder of ["../examples/python", "../examples"]) {
  for (const name of readdirSync(here(folder)).sort()) {
    if (!/\.(py|json|yaml|h5)$/.test(name) || existsSync(here(`dist/examples/${name}`))) continue;
    copyFileSync(here(`${folder}/${name}`), here(`dist/examples/${name}`));
    examples.push(name);
  }
}
const releases = pyodide.runPython("from lstmlint.model.releases import ALL; list(map(str, ALL))").toJs();
writeFileSync(here("dist/lists.json"), JSON.stringify({ examples, releases }));
