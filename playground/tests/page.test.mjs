// The page as a person uses it. Times are printed, not asserted.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { output, start } from "./page.mjs";

const example = (name) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
const milliseconds = (page) => page.locator("#panel").getAttribute("data-milliseconds");

let site;
before(async () => (site = await start()));
after(async () => {
  await site.stop();
  assert.deepEqual(site.problems, []);
});

// Open the page, show a text, and wait for a part of the answer.
async function pasted(text, expected) {
  const page = await site.open();
  await page.fill("#text", text);
  await output(page, expected);
  return page;
}

test("the first answer, and the next", async (t) => {
  const begun = performance.now();
  const page = await site.open();
  await page.setInputFiles("#file", example("lstm_1_2.json"));
  await output(page, "Total params: 16");
  t.diagnostic(`first answer after ${Math.round(performance.now() - begun)} ms`);
  await page.fill("[name=max_params]", "10");
  await output(page, "C501");
  t.diagnostic(`next answer after ${await milliseconds(page)} ms`);
  assert.match(await page.locator("#code").textContent(), /exit code 1/);
  await page.close();
});

const PROGRAM = "import keras\nmodel = keras.Sequential([keras.Input((13, 1)), keras.layers.LSTM(10)])\n";
const TEXTS = [
  // what is pasted, the name that it gets, part of the answer
  [readFileSync(example("needs_sequences.json"), "utf8"), "model.json", "S102"],
  [readFileSync(example("why_480.yaml"), "utf8"), "model.yaml", "480"],
  [PROGRAM, "train.py", "480"],
  ['{"cells": [{"cell_type": "code", "source": ' + JSON.stringify(PROGRAM) + '}], "nbformat": 4, "metadata": {}}', "notebook.ipynb", "480"],
  ["not a model", "model.json", "E00"],
];
for (const [text, name, expected] of TEXTS) {
  test(`a text that is ${name}`, async () => {
    const page = await pasted(text, expected);
    assert.equal(await page.inputValue("#name"), name);
    await page.close();
  });
}

test("files that are not text", async () => {
  const page = await site.open();
  await page.setInputFiles("#file", example("weights/colab.keras"));
  await output(page, "Total params");
  await page.setInputFiles("#file", example("tf2_12.h5"));
  assert.match(await output(page, "without its weights"), /Total params/);
  await page.setInputFiles("#file", { name: "broken.h5", mimeType: "", buffer: Buffer.from("\x89HDF\r\n\x1a\n broken", "latin1") });
  await output(page, "E001");
  await page.close();
});

test("a file that is dropped", async () => {
  const page = await site.open();
  const data = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "dropped.py"));
    return transfer;
  }, PROGRAM);
  await page.dispatchEvent("#source", "drop", { dataTransfer: data });
  await output(page, "dropped.py");
  await page.close();
});

test("the graph is a report in a frame", async () => {
  const page = await pasted(readFileSync(example("seq2seq.json"), "utf8"), "Total params");
  await page.click("#tab-page");
  const frame = page.frameLocator("#report");
  await frame.locator("body", { hasText: "lstm" }).waitFor();
  assert.ok((await frame.locator("svg").count()) > 0);
  await page.close();
});

test("compat and convert", async () => {
  const page = await pasted(readFileSync(example("lstm_1_2.json"), "utf8"), "Total params");
  await page.click("#tab-compat");
  await output(page, "Keras 3.15");
  await page.click("#tab-convert");
  await page.fill("[name=to]", "3.4");
  await output(page, '"class_name"');
  await page.locator("#line", { hasText: "--to 3.4" }).waitFor();
  const waiting = page.waitForEvent("download");
  await page.click("#download");
  const download = await waiting;
  assert.equal(download.suggestedFilename(), "model-3.4.json");
  assert.equal(JSON.parse(readFileSync(await download.path(), "utf8")).class_name, "Functional");
  await page.close();
});

test("a link holds the model and the question", async () => {
  const page = await pasted(PROGRAM, "480");
  await page.click("#tab-explain");
  await page.fill("[name=expect]", "120");
  await output(page, "These mistakes give 120");
  await page.click("#share");
  await page.waitForFunction(() => location.hash.startsWith("#model="));
  const other = await site.open(new URL(page.url()).hash);
  await output(other, "These mistakes give 120");
  assert.equal(await other.inputValue("#text"), PROGRAM);
  const damaged = await site.open("#model=AAAA");
  await damaged.locator("#status", { hasText: "damaged" }).waitFor();
  for (const one of [page, other, damaged]) await one.close();
});

test("a hostile model is text", async () => {
  const name = "</script><img src=x onerror=\"document.title='owned'\">\u001b[31m\u202e";
  const model = { class_name: "Sequential", config: { name, layers: [
    { class_name: "Dense", config: { name, units: 3, batch_input_shape: [null, 2] } }] } };
  const page = await pasted(JSON.stringify(model), "Total params");
  await page.click("#tab-page");
  await page.frameLocator("#report").locator("body", { hasText: "onerror" }).waitFor();
  assert.equal(await page.title(), "lstmlint playground");
  assert.equal(await page.frameLocator("#report").locator("img").count(), 0);
  await page.fill("#text", "[".repeat(200_000));
  await page.click("#tab-check");
  await output(page, "nested too deeply");
  await page.fill("#text", PROGRAM); // a new engine answers
  await output(page, "480");
  await page.close();
  const expected = /Pyodide has suffered|The cause of the fatal error|Maximum call stack/;
  site.problems.splice(0, Infinity, ...site.problems.filter((problem) => !expected.test(problem)));
});

test("keyboard", async () => {
  const page = await pasted(PROGRAM, "480");
  await page.focus("#tab-check");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await page.locator("[role=tab][aria-selected=true]").textContent(), "Convert");
  assert.equal(await page.evaluate(() => document.activeElement.id), "tab-convert");
  await page.close();
});

test("nothing leaves the browser", () => {
  assert.ok(site.requests.length > 10);
  for (const { url, method, body } of site.requests) {
    assert.ok(url.startsWith(site.home) || url.startsWith("blob:") || url.startsWith("data:") || url === "about:srcdoc", url);
    assert.equal(method, "GET");
    assert.equal(body, null);
  }
});
