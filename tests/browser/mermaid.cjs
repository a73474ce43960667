// Draw the diagrams that standard input holds as a JSON list, with mermaid in Chromium, as strictly as GitHub does.
// Prints a JSON list: for each diagram its texts, or the error.
const { readFileSync } = require("node:fs");
const { chromium } = require("playwright-core");

async function draw(text) {
  try {
    mermaid.initialize({ startOnLoad: false, securityLevel: "strict", maxTextSize: 50000, maxEdges: 500 });
    const { svg } = await mermaid.render("drawn", text);
    const place = document.createElement("div");
    place.innerHTML = svg;
    document.body.replaceChildren(place);
    const elements = [...place.querySelectorAll("*")];
    const active = elements.filter((one) => one.matches("script, a, iframe, img, image") || [...one.attributes].some((a) => a.name.startsWith("on")));
    const lines = (found) => [...place.querySelectorAll(found)].map((one) => one.innerHTML.split(/<br\s*\/?>/).map((part) => {
      const span = document.createElement("span");
      span.innerHTML = part;
      return span.textContent;
    }));
    return { boxes: lines(".node .nodeLabel p, .node .nodeLabel:not(:has(p))"), active: active.length, width: place.firstChild.viewBox.baseVal.width };
  } catch (error) {
    return { error: String(error) };
  }
}

async function main() {
  const diagrams = JSON.parse(readFileSync(0, "utf8"));
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"];
  const browser = await chromium.launch({ executablePath: process.argv[2], args });
  const page = await browser.newPage();
  await page.setContent("<body></body>");
  await page.addScriptTag({ path: require.resolve("mermaid/dist/mermaid.min.js") });
  const found = [];
  for (const text of diagrams) found.push(await page.evaluate(draw, text));
  await browser.close();
  process.stdout.write(JSON.stringify(found));
}

main();
