import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Editor } from "./stubs.mjs";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url)));
const PATH = { "lstmlint.path": "/tools/lstmlint" };

test("starts the server and shows that it runs", async () => {
  const editor = await new Editor(PATH).start();
  const [client] = editor.clients;
  assert.equal(client.server.command, "/tools/lstmlint");
  assert.deepEqual(client.server.args, ["server"]);
  assert.equal(editor.status.text, "$(check) lstmlint");
  assert.equal(editor.status.tooltip, "lstmlint: 0.1.0 is running: /tools/lstmlint");
  const schemes = client.options.documentSelector.filter((one) => one.language === "python").map((one) => one.scheme);
  assert.deepEqual(schemes, ["file", "untitled", "vscode-notebook-cell"]);
  assert.equal(client.options.outputChannel.show(), true);
});

test("has the commands and settings that the manifest declares", async () => {
  const editor = await new Editor(PATH).start();
  const declared = manifest.contributes.commands.map((command) => command.command);
  assert.deepEqual(Object.keys(editor.commands).sort(), declared.sort());
  const source = readFileSync(new URL("../src/extension.ts", import.meta.url), "utf8");
  for (const name of Object.keys(manifest.contributes.configuration.properties)) {
    const short = name.replace("lstmlint.", "");
    assert.ok(source.includes(`"${short}"`) || short === "trace.server", name);
  }
});

test("passes settings to the server, at the start and when they change", async () => {
  const editor = await new Editor({ ...PATH, "lstmlint.select": ["E"] }).start();
  const [client] = editor.clients;
  assert.deepEqual(client.options.initializationOptions, { config: [], select: ["E"], ignore: [], target: [] });
  await editor.set("lstmlint.ignore", ["R203"]);
  const expected = { lstmlint: { config: [], select: ["E"], ignore: ["R203"], target: [] } };
  assert.deepEqual(client.sent, [["workspace/didChangeConfiguration", { settings: expected }]]);
  await editor.set("other.setting", 1);
  assert.equal(client.sent.length, 1);
  assert.equal(editor.clients.length, 1);
});

test("restarts on the command, and when the program or the interpreter changes", async () => {
  const editor = await new Editor(PATH, "/env/bin/python").start();
  await editor.commands["lstmlint.restart"]();
  assert.deepEqual(editor.clients.map((client) => client.disposed ?? false), [true, false]);
  await editor.set("lstmlint.path", "/other/lstmlint");
  assert.equal(editor.clients[2].server.command, "/other/lstmlint");
  await editor.events.interpreter();
  await editor.events.trust();
  assert.equal(editor.clients.length, 5);
  await Promise.all([editor.commands["lstmlint.restart"](), editor.commands["lstmlint.restart"]()]);
  assert.equal(editor.clients.filter((client) => !client.disposed).length, 1);
  await editor.extension.deactivate();
  assert.equal(editor.clients.filter((client) => !client.disposed).length, 0);
});

test("does nothing while it is disabled", async () => {
  const editor = await new Editor({ ...PATH, "lstmlint.enable": false }).start();
  assert.deepEqual([editor.clients.length, editor.status.visible], [0, false]);
  await editor.set("lstmlint.enable", true);
  assert.deepEqual([editor.clients.length, editor.status.visible], [1, true]);
});

test("says how to install the server if there is none", async () => {
  const before = process.env.PATH;
  process.env.PATH = "";
  try {
    const editor = new Editor({}, "/nonexistent/bin/python");
    editor.answer = "How to Install";
    await editor.start();
    assert.match(editor.errors[0], /was not found.*pip install 'lstmlint\[lsp\]'/);
    assert.equal(editor.status.text, "$(error) lstmlint");
    assert.equal(editor.clients.length, 0);
    await new Promise(setImmediate);
    assert.deepEqual(editor.opened, [manifest.homepage]);
  } finally {
    process.env.PATH = before;
  }
});

test("shows that the server does not start, or has stopped", async () => {
  const editor = new Editor(PATH);
  editor.failure = new Error("spawn /tools/lstmlint ENOENT");
  editor.answer = "Show Output";
  await editor.start();
  assert.match(editor.errors[0], /does not start: spawn .* ENOENT/);
  editor.failure = undefined;
  await editor.commands["lstmlint.restart"]();
  const client = editor.clients.at(-1);
  client.become(1);
  assert.equal(editor.status.tooltip, "lstmlint: the server has stopped");
  assert.equal(editor.outputShown, true);
});

test("leaves out hints and totals if the user does not want them", async () => {
  const editor = await new Editor(PATH).start();
  const { provideInlayHints, provideCodeLenses } = editor.clients[0].options.middleware;
  assert.deepEqual([provideInlayHints(0, 0, 0, () => ["hint"]), provideCodeLenses(0, 0, () => ["lens"])], [["hint"], ["lens"]]);
  editor.settings["lstmlint.inlayHints"] = editor.settings["lstmlint.codeLens"] = false;
  assert.deepEqual([provideInlayHints(0, 0, 0, () => ["hint"]), provideCodeLenses(0, 0, () => ["lens"])], [[], []]);
});

test("fixes all findings with the source action", async () => {
  const editor = await new Editor(PATH).start();
  await editor.commands["lstmlint.fixAll"]();
  assert.deepEqual(editor.executed, [["editor.action.codeAction", { kind: "source.fixAll.lstmlint", apply: "ifSingle" }]]);
});

test("reports requests that fail, but not because the server is stopped", async () => {
  const editor = await new Editor(PATH).start();
  const [client] = editor.clients;
  const error = new Error("failed");
  assert.throws(() => client.handleFailedRequest({}, undefined, error, []), error);
  await editor.commands["lstmlint.restart"]();
  assert.deepEqual(client.handleFailedRequest({}, undefined, error, []), []);
});
