// The page: reads a model, asks the engine, shows the answer.
import { Engine, Latest } from "./engine.js";
import { guess, tidy } from "./kinds.js";
import { decode, encode } from "./link.js";
import { columns, show } from "./terminal.js";

const DELAY = 200; // milliseconds after the last key
const FRAME = 24; // pixels around the output
const $ = (id) => document.getElementById(id);
const tabs = [...document.querySelectorAll("[role=tab]")];
const form = $("options");

let command = "check";
let named = null; // who chose the name: "user", "file", or null
let bytes = null; // the content of a file that is not text
let written = null; // {name, content}: what `convert` wrote
let timer = null;

const engine = new Engine(({ loading, ready, fault }) => {
  $("status").textContent = loading ? "Loading Python…" : ready ? `lstmlint ${ready}` : fault;
});
const latest = new Latest(answer);

function content() {
  return bytes ?? new TextEncoder().encode($("text").value);
}

function layer() {
  return bytes === null && named === null && guess($("text").value) === "layer" ? $("text").value.trim() : null;
}

// Return the command for the tab that is shown; a layer alone can only be explained.
function effective() {
  return layer() !== null ? "count" : command;
}

function options() {
  const wanted = effective();
  const found = {};
  for (const label of form.querySelectorAll("[data-for]")) {
    const field = label.querySelector("input, select");
    const value = field.type === "checkbox" ? (field.checked ? "1" : "") : field.value.trim();
    if (value && label.dataset.for.split(" ").includes(wanted)) found[field.name] = value;
  }
  return wanted === "count" ? { ...found, layer: layer() } : found;
}

function ask() {
  clearTimeout(timer);
  const wanted = effective();
  for (const tab of tabs) {
    const chosen = tab.dataset.command === (wanted === "count" ? "explain" : wanted);
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
    tab.disabled = wanted === "count" && !chosen;
    if (chosen) $("panel").setAttribute("aria-labelledby", tab.id);
  }
  for (const label of form.querySelectorAll("[data-for]")) label.hidden = !label.dataset.for.split(" ").includes(wanted);
  if (bytes === null && named === null && wanted !== "count") $("name").value = guess($("text").value);
  if (content().length === 0) return clear();
  const question = { command: wanted, name: tidy($("name").value), content: content(), options: options() };
  latest.put({ ...question, columns: columns($("line"), $("panel").clientWidth - FRAME) });
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(ask, DELAY);
}

// The name of a file no longer fits once its text is replaced by something of another kind.
function typed() {
  const suffix = (name) => /(\.\w+)?$/.exec(name)[0];
  if (named === "file" && suffix(guess($("text").value)) !== suffix($("name").value)) named = null;
  later();
}

function clear() {
  show($("output"), "");
  $("line").textContent = $("code").textContent = "";
  $("report").hidden = $("download").hidden = true;
  $("output").hidden = false;
}

async function answer(question, outdated) {
  $("panel").setAttribute("aria-busy", "true");
  const started = performance.now();
  const result = await engine.ask(question);
  if (outdated()) return;
  $("panel").setAttribute("aria-busy", "false");
  $("panel").dataset.milliseconds = Math.round(performance.now() - started);
  render(question, result);
}

function render(question, result) {
  written = result.file ?? null;
  $("line").textContent = result.line ?? "";
  $("code").textContent = result.fault ? "" : `exit code ${result.code}`;
  const page = question.command === "page" && written !== null;
  $("output").hidden = page;
  $("report").hidden = !page;
  $("download").hidden = written === null;
  if (page) {
    $("report").srcdoc = new TextDecoder().decode(written.content);
    return;
  }
  const saved = question.command === "convert" && written !== null ? new TextDecoder().decode(written.content) : "";
  show($("output"), result.fault ?? [result.messages, result.output, saved].filter(Boolean).join("\n"));
}

function setText(text, name = null) {
  bytes = null;
  $("text").value = text;
  $("text").hidden = false;
  $("binary").hidden = true;
  named = name === null ? null : "file";
  if (name !== null) $("name").value = name;
  ask();
}

async function openFile(file) {
  const read = new Uint8Array(await file.arrayBuffer());
  const name = tidy(file.name);
  try {
    setText(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(read), name);
  } catch {
    bytes = read;
    named = "file";
    $("name").value = name;
    $("text").hidden = true;
    $("binary").hidden = false;
    $("binary").textContent = `${name}: ${read.length.toLocaleString("en")} bytes. Open another file, or choose an example, to go back to text.`;
    ask();
  }
}

function choose(tab) {
  command = tab.dataset.command;
  ask();
}

function download() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([written.content]));
  link.download = written.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function share() {
  const fields = Object.fromEntries(Object.entries(options()).filter(([name]) => name !== "layer" || layer() === null));
  const state = { text: $("text").value, name: named === null ? "" : $("name").value, command, options: fields };
  const fragment = bytes === null ? await encode(state) : null;
  if (fragment === null) {
    $("status").textContent = "This model is too large for a link.";
    return;
  }
  history.replaceState(null, "", fragment);
  try {
    await navigator.clipboard.writeText(location.href);
    $("status").textContent = "Link copied.";
  } catch {
    $("status").textContent = "The address of this page now holds the model.";
  }
}

async function openLink() {
  let state;
  try {
    state = await decode(location.hash);
  } catch (error) {
    $("status").textContent = `The link is damaged: ${error.message}`;
    return false;
  }
  if (state === null) return false;
  for (const field of form.elements) {
    const value = typeof state.options?.[field.name] === "string" ? state.options[field.name] : "";
    if (field.type === "checkbox") field.checked = value !== "";
    else field.value = value;
  }
  if (tabs.some((tab) => tab.dataset.command === state.command)) command = state.command;
  setText(state.text, state.name ? tidy(state.name) : null);
  return true;
}

async function openExample(name) {
  const response = await fetch(new URL(`examples/${name}`, import.meta.url));
  openFile(new File([await response.arrayBuffer()], name));
}

function wire() {
  $("text").addEventListener("input", typed);
  $("name").addEventListener("input", () => {
    named = $("name").value === "" ? null : "user";
    later();
  });
  form.addEventListener("input", later);
  form.addEventListener("submit", (event) => event.preventDefault());
  $("open").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => {
    if ($("file").files[0]) openFile($("file").files[0]);
    $("file").value = "";
  });
  $("example").addEventListener("change", () => {
    if ($("example").value) openExample($("example").value);
  });
  $("download").addEventListener("click", download);
  $("share").addEventListener("click", share);
  for (const tab of tabs) tab.addEventListener("click", () => choose(tab));
  document.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const open = tabs.filter((tab) => !tab.disabled);
    const next = open[(open.indexOf(document.activeElement) + step + open.length) % open.length];
    next.focus();
    choose(next);
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    $("source").classList.add("dropping");
  });
  document.addEventListener("dragleave", () => $("source").classList.remove("dropping"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    $("source").classList.remove("dropping");
    if (event.dataTransfer.files[0]) openFile(event.dataTransfer.files[0]);
  });
  window.addEventListener("hashchange", openLink);
}

async function main() {
  wire();
  const lists = await (await fetch(new URL("lists.json", import.meta.url))).json();
  $("example").append(...lists.examples.map((name) => new Option(name, name)));
  $("releases").append(...lists.releases.map((name) => new Option(name, name)));
  if (!(await openLink())) ask();
}

main();
