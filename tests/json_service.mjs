// Asks the JSON language service of Visual Studio Code: node json_service.mjs SCHEMA < questions.json
// A question is {text, kind}: kind "problems", or "completion" or "hover" at the first "|" of the text.
import fs from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { getLanguageService, TextDocument } = require("vscode-json-languageservice");

const schema = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const service = getLanguageService({ schemaRequestService: (uri) => Promise.reject(`not from the network: ${uri}`) });
service.configure({ validate: true, schemas: [{ uri: schema.$id, fileMatch: ["*.json"], schema }] });

async function answer({ text, kind }) {
  const source = kind === "problems" ? text : text.replace("|", "");
  const document = TextDocument.create("file:///model.json", "json", 1, source);
  const parsed = service.parseJSONDocument(document);
  const place = document.positionAt(text.indexOf("|"));
  if (kind === "problems") {
    const found = await service.doValidation(document, parsed);
    return found.map((problem) => [document.getText(problem.range), problem.message]);
  }
  if (kind === "hover") {
    return (await service.doHover(document, place, parsed)).contents.join("\n");
  }
  const { items } = await service.doComplete(document, place, parsed);
  return items.map((item) => [item.label, item.documentation ?? "", item.insertText]);
}

const answers = [];
for (const question of JSON.parse(fs.readFileSync(0, "utf8"))) {
  const start = performance.now();
  const result = await answer(question);
  answers.push({ result, milliseconds: performance.now() - start });
}
console.log(JSON.stringify(answers));
