// What needs no browser: guesses and links.
import assert from "node:assert/strict";
import { test } from "node:test";
import { guess, tidy } from "../src/kinds.js";
import { decode, encode } from "../src/link.js";

const TEXTS = [
  ["LSTM(10)", "layer"],
  ["keras.layers.LSTM(10, return_sequences=True)\n", "layer"],
  ["x = LSTM(10)", "train.py"],
  ["model.add(LSTM(10))\nmodel.compile()", "train.py"],
  ["from keras import layers", "train.py"],
  ["class_name: Sequential\nconfig: {}", "model.yaml"],
  [' {"class_name": "Sequential"}', "model.json"],
  ['{"cells": [], "nbformat": 4}', "notebook.ipynb"],
  ["", "model.json"],
];
for (const [text, name] of TEXTS) test(`guess ${JSON.stringify(text)}`, () => assert.equal(guess(text), name));

const NAMES = [
  ["a/b\\c.json", "c.json"], ["..", "model.json"], ["", "model.json"], ["a\0\nb.py", "ab.py"], ["/", "model.json"],
];
for (const [name, tidied] of NAMES) test(`tidy ${JSON.stringify(name)}`, () => assert.equal(tidy(name), tidied));

test("a link gives the same state", async () => {
  const state = { text: "é 漢字 😀\u0000".repeat(50), name: "a.json", command: "check", options: {} };
  assert.deepEqual(await decode(await encode(state)), state);
});

test("links that are too large or damaged", async () => {
  const text = Array.from({ length: 40_000 }, (_, i) => (i * 7919) % 104729).join(" ");
  assert.equal(await encode({ text, name: "" }), null);
  assert.equal(await decode("#other"), null);
  for (const hash of ["#model=AAAA", "#model=____", "#model=qgA"]) await assert.rejects(decode(hash));
  const bomb = await encode({ text: "a".repeat(5_000_000), name: "" });
  await assert.rejects(decode(bomb), /too large/);
});
