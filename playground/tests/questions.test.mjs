// The questions that lstmlint began with, asked in the page: each has its number and its explanation.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { output, start } from "./page.mjs";

let site;
before(async () => (site = await start()));
after(async () => {
  await site.stop();
  assert.deepEqual(site.problems, []);
});

const QUESTIONS = [
  // example, fields of the Explain tab, what the answer holds
  ["why_480.py", { layer: "lstm", expect: "120" }, ["4 · (10·(1+10) + 10) = 480", "These mistakes give 120"]],
  ["features_or_timesteps.py", { layer: "lstm", expect: "4352" }, ["17,024", "4,352"]],
  ["bidirectional.py", { set: "vocabulary=5000" }, ["98,816", "41,216", "640,000"]],
];
const MODELS = [
  // a program of two models: the check shows both
  ["one_unit_or_all.py", ["20 params", "128 params"]],
  ["units_or_timesteps.py", ["640 params", "640 params"]],
];

for (const [example, fields, expected] of QUESTIONS) {
  test(example, async () => {
    const page = await site.open();
    await page.selectOption("#example", example);
    await page.click("#tab-explain");
    for (const [name, value] of Object.entries(fields)) await page.fill(`[name=${name}]`, value);
    const text = await output(page, expected.at(-1));
    for (const part of expected) assert.ok(text.includes(part), `${part} in:\n${text}`);
    await page.close();
  });
}

for (const [example, expected] of MODELS) {
  test(example, async () => {
    const page = await site.open();
    await page.selectOption("#example", example);
    const text = await output(page, expected.at(-1));
    for (const part of expected) assert.ok(text.includes(part), `${part} in:\n${text}`);
    await page.close();
  });
}

test("a layer without a model", async () => {
  const page = await site.open();
  await page.fill("#text", "LSTM(10)");
  await page.fill("[name=input_shape]", "13,1");
  await page.fill("[name=expect]", "120");
  const text = await output(page, "These mistakes give 120");
  assert.ok(text.includes("480"));
  assert.equal(await page.locator("#line").textContent(), "lstmlint count 'LSTM(10)' --input 13,1 --expect 120");
  await page.selectOption("[name=lang]", "es");
  await output(page, "480 parámetros");
  await page.close();
});
