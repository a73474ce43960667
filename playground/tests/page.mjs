// Opens the page in Chromium, and records what it does: errors, refused content, and every request.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { serve } from "../serve.mjs";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const WAIT = 60_000; // milliseconds; a busy machine is slow

export async function start() {
  const server = await serve();
  const profile = mkdtempSync(join(tmpdir(), "playground-"));
  const context = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, args: FLAGS, acceptDownloads: true });
  const home = `http://127.0.0.1:${server.address().port}/`;
  const requests = [];
  const problems = [];
  context.on("request", (request) => requests.push({ url: request.url(), method: request.method(), body: request.postData() }));
  context.on("weberror", (error) => problems.push(String(error.error())));

  async function open(fragment = "") {
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT);
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await page.goto(home + fragment);
    return page;
  }

  async function stop() {
    await context.close();
    server.close();
    rmSync(profile, { recursive: true, force: true });
  }
  return { home, requests, problems, open, stop };
}

// Wait until the output holds a text, and return the output.
export async function output(page, text) {
  await page.locator("#output", { hasText: text }).waitFor();
  return page.locator("#output").textContent();
}
