/** Starts the language server of lstmlint, and shows whether it runs. */

import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type MessageSignature, State } from "vscode-languageclient/node";

import { findServer } from "./server";

const NAME = "lstmlint";
const DOCUMENTATION = "https://lstmlint.github.io/lstmlint/editors/";
const LANGUAGES = ["json", "jsonc", "yaml", "python"];
const RESTARTING = ["enable", "path", "interpreter"];

/** A client that does not report requests which fail because it is stopped. */
class Client extends LanguageClient {
  override handleFailedRequest<T>(
    type: MessageSignature,
    token: vscode.CancellationToken | undefined,
    error: unknown,
    otherwise: T,
    notify?: boolean,
  ): T {
    return client === this ? super.handleFailedRequest(type, token, error, otherwise, notify) : otherwise;
  }
}

let client: Client | undefined;
let output: vscode.OutputChannel;
let status: vscode.StatusBarItem;
// Starting and stopping take turns: a restart must not overtake the one before it.
let turn: Promise<void> = Promise.resolve();

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  output = vscode.window.createOutputChannel(NAME);
  status = vscode.window.createStatusBarItem(NAME, vscode.StatusBarAlignment.Right);
  status.name = NAME;
  status.command = "lstmlint.showOutput";
  context.subscriptions.push(
    output,
    status,
    vscode.commands.registerCommand("lstmlint.restart", restart),
    vscode.commands.registerCommand("lstmlint.showOutput", () => output.show()),
    vscode.commands.registerCommand("lstmlint.fixAll", fixAll),
    vscode.workspace.onDidChangeConfiguration(changed),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    await interpreterChanges(),
  );
  await restart();
}

export async function deactivate(): Promise<void> {
  await inTurn(stop);
}

/** Runs a function after those that were to run before it. */
function inTurn(work: () => Promise<void>): Promise<void> {
  turn = turn.then(work, work);
  return turn;
}

function restart(): Promise<void> {
  return inTurn(async () => {
    await stop();
    await start();
  });
}

async function stop(): Promise<void> {
  const old = client;
  client = undefined;
  try {
    await old?.dispose();
  } catch (error) {
    output.appendLine(`The server did not stop in order: ${text(error)}`);
  }
}

async function start(): Promise<void> {
  if (!settings().get<boolean>("enable", true)) {
    status.hide();
    return;
  }
  show("$(sync~spin)", "starting");
  const server = await findServer({
    path: settings().get<string>("path", ""),
    interpreter: settings().get<string>("interpreter", "") || (await selectedInterpreter()),
  });
  if (server === undefined) {
    missing("lstmlint was not found.");
    return;
  }
  output.appendLine(`Starting ${[server.command, ...server.args].join(" ")}`);
  const started = new Client(NAME, NAME, { ...server, options: { env: process.env } }, options());
  client = started;
  started.onDidChangeState(({ newState }) => {
    if (newState === State.Running) {
      const version = started.initializeResult?.serverInfo?.version ?? "";
      show("$(check)", `${version} is running: ${server.command}`);
    } else if (newState === State.Stopped && client === started) {
      show("$(error)", "the server has stopped", true);
    }
  });
  try {
    await started.start();
  } catch (error) {
    missing(`The server does not start: ${text(error)}`);
  }
}

function options(): LanguageClientOptions {
  return {
    documentSelector: LANGUAGES.flatMap((language) =>
      ["file", "untitled", "vscode-notebook-cell"].map((scheme) => ({ language, scheme })),
    ),
    initializationOptions: serverSettings(),
    outputChannel: output,
    middleware: {
      provideInlayHints: (document, range, token, next) =>
        settings().get<boolean>("inlayHints", true) ? next(document, range, token) : [],
      provideCodeLenses: (document, token, next) =>
        settings().get<boolean>("codeLens", true) ? next(document, token) : [],
    },
  };
}

/** Returns the settings that the server itself uses. */
function serverSettings(): Record<string, string[]> {
  const names = ["config", "select", "ignore", "target"];
  return Object.fromEntries(names.map((name) => [name, settings().get<string[]>(name, [])]));
}

async function changed(event: vscode.ConfigurationChangeEvent): Promise<void> {
  if (RESTARTING.some((name) => event.affectsConfiguration(`${NAME}.${name}`))) {
    await restart();
  } else if (event.affectsConfiguration(NAME) && client?.state === State.Running) {
    const parameters = { settings: { [NAME]: serverSettings() } };
    await client.sendNotification("workspace/didChangeConfiguration", parameters);
  }
}

async function fixAll(): Promise<void> {
  const kind = "source.fixAll.lstmlint";
  await vscode.commands.executeCommand("editor.action.codeAction", { kind, apply: "ifSingle" });
}

function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration(NAME);
}

function show(icon: string, state: string, problem = false): void {
  status.text = `${icon} ${NAME}`;
  status.tooltip = `${NAME}: ${state}`;
  status.backgroundColor = problem ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
  status.show();
}

/** Shows that there is no server, and how to get one. */
function missing(problem: string): void {
  show("$(error)", problem, true);
  output.appendLine(problem);
  const [help, log] = ["How to Install", "Show Output"];
  const advice = "Install it in the selected environment: pip install 'lstmlint[lsp]'";
  void vscode.window.showErrorMessage(`${problem} ${advice}`, help, log).then((chosen) => {
    if (chosen === help) {
      void vscode.env.openExternal(vscode.Uri.parse(DOCUMENTATION));
    } else if (chosen === log) {
      output.show();
    }
  });
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// The interpreter that the Python extension has selected. It is not a dependency.

interface PythonEnvironments {
  getActiveEnvironmentPath(): { path: string };
  resolveEnvironment(from: { path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
  onDidChangeActiveEnvironmentPath(listener: () => unknown): vscode.Disposable;
}

async function environments(): Promise<PythonEnvironments | undefined> {
  const extension = vscode.extensions.getExtension<{ environments?: PythonEnvironments }>("ms-python.python");
  try {
    return (await extension?.activate())?.environments;
  } catch (error) {
    output.appendLine(`The Python extension does not start: ${text(error)}`);
    return undefined;
  }
}

async function selectedInterpreter(): Promise<string> {
  const found = await environments();
  const environment = await found?.resolveEnvironment(found.getActiveEnvironmentPath());
  return environment?.executable.uri?.fsPath ?? "";
}

async function interpreterChanges(): Promise<vscode.Disposable> {
  return (await environments())?.onDidChangeActiveEnvironmentPath(restart) ?? new vscode.Disposable(() => undefined);
}
