// Checks of the page that `lstmlint --format html` writes, in a browser:  node page.cjs CHROMIUM CHECK FILE [THEME]
// Every check fails on an error in the console, on a request, and on a violation of the page's policy.

const assert = require("node:assert/strict");
const { chromium } = require("playwright-core");

const SETTLED = "main[data-ready]";
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

const texts = (page, selector) => page.locator(selector).allTextContents();
const focused = (page) => page.evaluate(() => document.activeElement.getAttribute("aria-label") || document.activeElement.textContent);
const boxes = (page) => page.locator(".box").count();

const checks = {
  async "opens without serious faults of accessibility"(page) {
    const axe = require("axe-core");
    for (const step of ["", ".count >> nth=1", ".box .fold >> nth=0"]) {
      if (step && (await page.locator(step).count())) await page.locator(step).first().click();
      await page.waitForTimeout(200);
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
      assert.deepEqual(serious.map(({ id, nodes }) => [id, nodes.map((node) => `${node.html} ${node.failureSummary}`).slice(0, 3)]), [], step);
    }
  },

  async "shows the arithmetic of a count"(page) {
    const count = page.getByRole("button", { name: "480 parameters in lstm: show the arithmetic" });
    await count.click();
    assert.equal(await page.locator(".details .equation").textContent(), "4 · (10·(1+10) + 10) = 480");
    assert.equal(await page.locator(".details .formula").textContent(), "4 · (units · (input_dim + units) + units)");
    assert.match(await page.locator(".explanation").textContent(), /recurrent_kernel \(10, 40\) = 400/);
    assert.equal(await focused(page), "lstm (LSTM)");
    await page.keyboard.press("Escape");
    assert.ok(await page.locator(".details").isHidden());
    assert.match(await focused(page), /480 parameters/);
    await page.getByText("Arithmetic of the total").click();
    assert.equal(await page.locator(".sum .equation").textContent(), "480 + 11 = 491");
  },

  async "folds and unfolds models and repeated blocks"(page) {
    const folded = await boxes(page);
    assert.deepEqual(await texts(page, ".box .name"), ["inner", "last"]);
    await page.locator(".fold").click();
    await page.getByText("6 × Dense").waitFor();
    assert.deepEqual(await texts(page, ".box .name"), ["inner · Sequential · 528", "first", "6 × Dense", "last"]);
    await page.getByText("6 × Dense").click();
    await page.getByText("d0a to d0b").waitFor();
    await page.getByRole("button", { name: "Fold all", exact: true }).click();
    await page.waitForFunction((count) => document.querySelectorAll(".box").length === count, folded);
    await page.getByRole("button", { name: "Unfold all" }).click();
    await page.getByText("Dense · 36").first().waitFor();
    await page.getByRole("button", { name: "Fold all", exact: true }).click();
    // A layer in a folded block is shown, whatever it is in.
    await page.getByRole("searchbox").fill("d3b");
    await page.locator("tbody button.name").click();
    await page.locator(".box.selected").getByText("d3b", { exact: true }).waitFor();
  },

  async "sorts and searches the table"(page) {
    const names = () => texts(page, "tbody th .name");
    const inOrder = await names();
    await page.getByRole("button", { name: "Params" }).click();
    const counts = (await texts(page, "tbody .count")).map((text) => Number(text.replaceAll(",", "")));
    assert.deepEqual(counts, [...counts].sort((a, b) => b - a));
    assert.equal(await page.getByRole("columnheader", { name: "Params" }).getAttribute("aria-sort"), "descending");
    await page.getByRole("button", { name: "Params" }).click();
    assert.equal(await page.getByRole("columnheader", { name: "Params" }).getAttribute("aria-sort"), "ascending");
    await page.getByRole("button", { name: "Layer", exact: true }).click();
    assert.deepEqual(await names(), inOrder);
    await page.getByRole("searchbox").fill("lstm 256");
    assert.deepEqual(await names(), ["encoder", "decoder"]);
    assert.equal(await page.locator(".shown").textContent(), "2 of 5 layers");
    await page.getByRole("searchbox").fill("no such layer");
    assert.deepEqual(await names(), []);
  },

  async "is used with the keyboard alone"(page) {
    const tab = async (wanted) => {
      for (let presses = 0; presses < 40; presses += 1) {
        await page.keyboard.press("Tab");
        if (wanted.test(await focused(page))) return;
      }
      assert.fail(`Tab does not reach ${wanted}`);
    };
    await tab(/^Skip to the table/);
    await tab(/^inner Sequential · 528, output \(None, 8\)/);
    await page.keyboard.press("ArrowDown");
    assert.match(await focused(page), /^last Dense · 9, output/);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Space");
    await page.getByText("6 × Dense").waitFor();
    assert.equal(await page.locator(".box:focus").getAttribute("aria-expanded"), "true");
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    assert.equal(await focused(page), "last (Dense)");
    assert.match(await page.locator(".details .equation").textContent(), /8·1 \+ 1 = 9/);
    await page.keyboard.press("Escape");
    assert.match(await focused(page), /^last Dense · 9, output/);
    await page.keyboard.press("Home");
    await page.keyboard.press("Space");
    await page.getByText("6 × Dense").waitFor({ state: "detached" });
    await tab(/^Params/);
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("tbody .count").first().textContent(), "528");
    await tab(/^528 parameters in inner/);
    await page.keyboard.press("Enter");
    assert.equal(await focused(page), "inner (Sequential)");
  },

  async "treats hostile names as text"(page) {
    assert.match(await page.title(), /^lstmlint: /);
    await page.getByRole("button", { name: "Unfold all" }).click();
    for (const count of await page.locator(".count").all()) await count.click();
    for (const name of ["</script><script>document.title='pwned'</script>", "<img src=x onerror=alert(1)>", "\\u202egnp.exe", "a\\x00b\\x1b[31m"]) {
      assert.ok((await texts(page, "tbody .name")).includes(name), name);
    }
    assert.equal(await page.locator("body script").count(), 6);
    assert.equal(await page.locator("img").count(), 0);
  },

  async "works where workers are not allowed"(page) {
    assert.equal(await page.evaluate(() => typeof Worker), "undefined");
    await page.locator(".fold").click();
    await page.getByText("6 × Dense").waitFor();
  },

  async "is quick with 2,000 layers"(page) {
    const paint = await page.evaluate(() => performance.getEntriesByType("paint").find(({ name }) => name === "first-contentful-paint").startTime);
    console.log(`first paint after ${Math.round(paint)} ms`);
    assert.ok(paint < 2000, `first paint after ${paint} ms`);
    await page.getByRole("button", { name: /^Unfold all/ }).click();
    await page.waitForFunction(() => document.querySelectorAll(".box").length > 5);
    assert.ok((await boxes(page)) < 200, "only what is in sight is drawn");
    assert.ok((await page.locator("tbody tr").count()) < 1000, "rows are added as the table is scrolled");
    await page.locator(".scroll").evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length > 200);
    await page.mouse.move(300, 400);
    await page.mouse.wheel(0, 900);
    await page.mouse.down();
    await page.mouse.move(300, 100, { steps: 5 });
    await page.mouse.up();
    assert.ok((await boxes(page)) > 0);
  },

  async "says what is left out"(page) {
    assert.match(await page.locator(".left-out").textContent(), /^5,000 of 6,000 layers are shown/);
    assert.equal(await page.locator(".graph-note").textContent(), "1,000 more layers not shown");
  },

  async "shows what differs between two models"(page) {
    const names = () => texts(page, "tbody th .name");
    assert.deepEqual(await texts(page, ".box .name"), ["first", "~ second", "− third", "+ fourth"]);
    assert.deepEqual([await page.locator(".edge.added").count(), await page.locator(".edge.removed").count()], [1, 1]);
    assert.deepEqual(await names(), ["first", "second", "third", "fourth"]);
    await page.getByLabel("Only differences").check();
    assert.deepEqual(await names(), ["second", "third", "fourth"]);
    await page.getByRole("searchbox").fill("removed");
    assert.deepEqual(await names(), ["third"]);
    await page.getByRole("searchbox").fill("second");
    await page.locator("tbody .count").click();
    assert.deepEqual((await texts(page, ".details li")).slice(0, 1), ["units: 8 → 16"]);
  },

  async "lists several models"(page) {
    assert.deepEqual(await texts(page, "tbody th .name"), ["models/lstm.json", "models/other.json"]);
    await page.getByRole("button", { name: "Params" }).click();
    assert.deepEqual(await texts(page, "tbody th .name"), ["models/other.json", "models/lstm.json"]);
    await page.getByRole("link", { name: "models/lstm.json" }).click();
    await page.locator(".box").first().waitFor();
    assert.equal(await page.locator("h1").textContent(), "models/lstm.json");
    await page.getByRole("link", { name: "All models" }).click();
    await page.getByRole("link", { name: "models/other.json" }).waitFor();
  },

  async "has a dark and a light theme"(page) {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const seen = [await background()];
    for (let step = 0; step < 2; step += 1) {
      await page.locator("#theme").click();
      seen.push(await background());
    }
    assert.deepEqual(seen, ["rgb(255, 255, 255)", "rgb(20, 23, 28)", "rgb(255, 255, 255)"]);
  },
};

// What is done to the browser before a page is opened.
const before = {
  "works where workers are not allowed": () => delete window.Worker,
};

async function main() {
  const [executablePath, name, file, theme = "light"] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  const faults = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1300, height: 800 }, colorScheme: theme });
    page.setDefaultTimeout(20000);
    page.on("console", (message) => faults.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => faults.push(`dialog: ${dialog.message()}`));
    page.on("request", (request) => /^(file:.*\.html|blob:)/.test(request.url()) || faults.push(`request: ${request.url()}`));
    await page.addInitScript(() => {
      window.refused = [];
      document.addEventListener("securitypolicyviolation", (event) => window.refused.push(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    });
    if (before[name]) await page.addInitScript(before[name]);
    await page.goto(`file://${file}`);
    await page.waitForSelector(SETTLED, { timeout: 60000 });
    await checks[name](page);
    faults.push(...(await page.evaluate(() => window.refused)));
    assert.deepEqual(faults, []);
  } finally {
    await browser.close();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
