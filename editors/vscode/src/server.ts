/** Finds the program to start as the server. */

import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import * as path from "node:path";

/** A program with its arguments. */
export interface Command {
  command: string;
  args: string[];
}

/** What decides which program is started. */
export interface Choice {
  /** The setting `lstmlint.path`. */
  path: string;
  /** The setting `lstmlint.interpreter`, else the interpreter that the Python extension has selected. */
  interpreter: string;
}

/** What is asked of the system; tests replace it. */
export interface System {
  platform: NodeJS.Platform;
  environment: NodeJS.ProcessEnv;
  isExecutable(file: string): Promise<boolean>;
  /** Whether a Python interpreter can run the server. */
  hasServer(interpreter: string): Promise<boolean>;
}

export const system: System = {
  platform: process.platform,
  environment: process.env,
  async isExecutable(file) {
    try {
      await access(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  },
  hasServer(interpreter) {
    return new Promise((resolve) => {
      // -P leaves the current folder out, in which a file may have the name of a module.
      const imports = "import lstmlint, pygls";
      execFile(interpreter, ["-P", "-c", imports], { timeout: 20_000 }, (error) => resolve(error === null));
    });
  },
};

/** Returns the program to start; undefined if there is none. */
export async function findServer(choice: Choice, use: System = system): Promise<Command | undefined> {
  if (choice.path) {
    return { command: choice.path, args: ["server"] };
  }
  const windows = use.platform === "win32";
  const program = windows ? "lstmlint.exe" : "lstmlint";
  if (choice.interpreter) {
    const beside = [path.join(path.dirname(choice.interpreter), program)];
    if (windows) {
      beside.push(path.join(path.dirname(choice.interpreter), "Scripts", program));
    }
    for (const file of beside) {
      if (await use.isExecutable(file)) {
        return { command: file, args: ["server"] };
      }
    }
    if (await use.hasServer(choice.interpreter)) {
      return { command: choice.interpreter, args: ["-P", "-m", "lstmlint", "server"] };
    }
  }
  // Not left to the system, which on Windows looks in the current folder first.
  const separator = windows ? ";" : ":";
  const folders = (use.environment["PATH"] ?? use.environment["Path"] ?? "").split(separator);
  for (const folder of folders.filter((folder) => path.isAbsolute(folder))) {
    const file = path.join(folder, program);
    if (await use.isExecutable(file)) {
      return { command: file, args: ["server"] };
    }
  }
  return undefined;
}
