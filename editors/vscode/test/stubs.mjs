/** Stands in for the editor and for its client, and records what the extension does with them. */

import * as esbuild from "esbuild";
import { createRequire } from "node:module";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const require = createRequire(import.meta.url);

/** Returns the extension's module, bundled with the stubs in place of `vscode` and its language client. */
export async function load(entry, modules = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lstmlint-"));
  const outfile = path.join(folder, "bundle.cjs");
  const external = Object.keys(modules);
  await esbuild.build({ entryPoints: [entry], bundle: true, outfile, platform: "node", format: "cjs", external, logLevel: "error" });
  const bundle = { exports: {} };
  const given = (name) => modules[name] ?? require(name);
  new Function("require", "module", "exports", fs.readFileSync(outfile, "utf8"))(given, bundle, bundle.exports);
  fs.rmSync(folder, { recursive: true });
  return bundle.exports;
}

class Disposable {
  constructor(work) {
    this.work = work;
  }
  dispose() {
    this.work?.();
  }
}

export const State = { Stopped: 1, Running: 2, Starting: 3 };

/** An editor with settings, in which the Python extension has selected an interpreter, if one is given. */
export class Editor {
  constructor(settings = {}, interpreter) {
    this.settings = settings;
    this.commands = {};
    this.executed = [];
    this.errors = [];
    this.lines = [];
    this.clients = [];
    this.opened = [];
    this.failure = undefined;
    this.answer = undefined;
    this.status = { visible: false, show: () => (this.status.visible = true), hide: () => (this.status.visible = false), dispose() {} };
    this.events = {};
    const editor = this;
    const event = (name) => (listener) => {
      editor.events[name] = listener;
      return new Disposable();
    };
    const python = {
      getActiveEnvironmentPath: () => ({ path: interpreter }),
      resolveEnvironment: async () => ({ executable: { uri: { fsPath: interpreter } } }),
      onDidChangeActiveEnvironmentPath: event("interpreter"),
    };
    this.vscode = {
      Disposable,
      ThemeColor: class {
        constructor(id) {
          this.id = id;
        }
      },
      StatusBarAlignment: { Left: 1, Right: 2 },
      Uri: { parse: (text) => text },
      env: { openExternal: async (uri) => editor.opened.push(uri) },
      window: {
        createOutputChannel: () => ({ appendLine: (line) => editor.lines.push(line), show: () => (editor.outputShown = true), dispose() {} }),
        createStatusBarItem: () => editor.status,
        showErrorMessage: async (message) => {
          editor.errors.push(message);
          return editor.answer;
        },
      },
      commands: {
        registerCommand: (name, work) => {
          editor.commands[name] = work;
          return new Disposable(() => delete editor.commands[name]);
        },
        executeCommand: async (...call) => editor.executed.push(call),
      },
      workspace: {
        getConfiguration: (section) => ({ get: (name, fallback) => editor.settings[`${section}.${name}`] ?? fallback }),
        onDidChangeConfiguration: event("configuration"),
        onDidGrantWorkspaceTrust: event("trust"),
      },
      extensions: {
        getExtension: () => (interpreter === undefined ? undefined : { activate: async () => ({ environments: python }) }),
      },
    };
    this.client = {
      State,
      LanguageClient: class {
        constructor(id, name, server, options) {
          Object.assign(this, { server, options, state: State.Stopped, sent: [], listeners: [] });
          editor.clients.push(this);
        }
        onDidChangeState(listener) {
          this.listeners.push(listener);
        }
        become(state) {
          this.state = state;
          this.listeners.forEach((listener) => listener({ newState: state }));
        }
        async start() {
          if (editor.failure) {
            throw editor.failure;
          }
          this.initializeResult = { serverInfo: { version: "0.1.0" } };
          this.become(State.Running);
        }
        async dispose() {
          this.become(State.Stopped);
          this.disposed = true;
        }
        handleFailedRequest(type, token, error) {
          throw error;
        }
        async sendNotification(...message) {
          this.sent.push(message);
        }
      },
    };
  }

  /** Starts the extension. */
  async start() {
    const modules = { vscode: this.vscode, "vscode-languageclient/node": this.client };
    this.extension = await load(new URL("../src/extension.ts", import.meta.url).pathname, modules);
    this.context = { subscriptions: [] };
    await this.extension.activate(this.context);
    return this;
  }

  /** Changes a setting as the user does. */
  async set(name, value) {
    this.settings[name] = value;
    await this.events.configuration({ affectsConfiguration: (section) => name === section || name.startsWith(`${section}.`) });
  }
}
