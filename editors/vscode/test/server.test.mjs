import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createRequire } from "node:module";
import * as path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { load } from "./stubs.mjs";

const require = createRequire(import.meta.url);
const rpc = require("vscode-jsonrpc/node");
const { findServer } = await load(new URL("../src/server.ts", import.meta.url).pathname);
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** A system with some programs, and interpreters that have the server. */
function having(programs, interpreters = [], PATH = "/usr/bin:relative:/opt/bin", platform = "linux") {
  return {
    platform,
    environment: { PATH },
    isExecutable: async (file) => programs.includes(file.replaceAll("\\", "/")),
    hasServer: async (interpreter) => interpreters.includes(interpreter),
  };
}

const INTERPRETER = "/env/bin/python";
for (const [name, choice, system, expected] of [
  ["the setting", { path: "/my/lstmlint", interpreter: INTERPRETER }, having([]), ["/my/lstmlint", "server"]],
  ["beside the interpreter", { path: "", interpreter: INTERPRETER }, having(["/env/bin/lstmlint"]), ["/env/bin/lstmlint", "server"]],
  ["a module of the interpreter", { path: "", interpreter: INTERPRETER }, having([], [INTERPRETER]), [INTERPRETER, "-P", "-m", "lstmlint", "server"]],
  ["on the PATH", { path: "", interpreter: INTERPRETER }, having(["/opt/bin/lstmlint"]), ["/opt/bin/lstmlint", "server"]],
  ["no relative folder", { path: "", interpreter: "" }, having(["relative/lstmlint"]), undefined],
  ["no PATH", { path: "", interpreter: "" }, having([], [], undefined), undefined],
  ["on Windows", { path: "", interpreter: "/env/python.exe" }, having(["/env/Scripts/lstmlint.exe"], [], "", "win32"), ["/env/Scripts/lstmlint.exe", "server"]],
]) {
  test(`finds the server: ${name}`, async () => {
    const found = await findServer(choice, system);
    assert.deepEqual(found && [found.command, ...found.args], expected);
  });
}

/** Returns an interpreter that can run the server of this repository: $PYTHON, or one on the PATH. */
function interpreter() {
  for (const python of [process.env.PYTHON, "python3", "python"].filter(Boolean)) {
    try {
      execFileSync(python, ["-c", "import lstmlint, pygls"], { env: environment(), stdio: "ignore" });
      return python;
    } catch {
      // try the next one
    }
  }
  return undefined;
}

function environment() {
  return { ...process.env, PYTHONPATH: [ROOT, process.env.PYTHONPATH].filter(Boolean).join(path.delimiter) };
}

const PYTHON = interpreter();
const skip = PYTHON === undefined ? "no Python with lstmlint[lsp]: set PYTHON" : false;
const MODEL = JSON.stringify({
  class_name: "Sequential",
  config: { name: "m", layers: [{ class_name: "LSTM", config: { unitss: 10, batch_input_shape: [null, 13, 5] } }] },
});

test("a real server answers", { skip, timeout: 60_000 }, async () => {
  const server = spawn(PYTHON, ["-m", "lstmlint", "server"], { env: environment(), stdio: ["pipe", "pipe", "inherit"] });
  const connection = rpc.createMessageConnection(
    new rpc.StreamMessageReader(server.stdout),
    new rpc.StreamMessageWriter(server.stdin),
  );
  const published = new Promise((resolve) => connection.onNotification("textDocument/publishDiagnostics", resolve));
  connection.listen();
  const { capabilities } = await connection.sendRequest("initialize", { processId: null, rootUri: null, capabilities: {} });
  assert.ok(capabilities.hoverProvider && capabilities.inlayHintProvider && capabilities.codeActionProvider);
  await connection.sendNotification("initialized", {});
  const textDocument = { uri: "file:///m.json", languageId: "json", version: 1, text: MODEL };
  await connection.sendNotification("textDocument/didOpen", { textDocument });
  const { uri, diagnostics } = await published;
  assert.equal(uri, "file:///m.json");
  assert.deepEqual(diagnostics.map((one) => one.code), ["E006", "E005"]);
  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
  const code = await new Promise((resolve) => server.on("exit", resolve));
  assert.equal(code, 0);
  connection.dispose();
});
