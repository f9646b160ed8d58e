// The window and the console in headless Chromium. Reads one JSON line from the runner, prints {passed, faults, shown}.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import http from "node:http";
import { options } from "../clients/chromium.mjs";

const asked = JSON.parse(readFileSync(0, "utf8"));
const { chromium } = createRequire(`${process.env.NPM_FOLDER}/`)("playwright-core");
const axe = readFileSync(asked.axe, "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
const WIDTHS = { phone: [360, 740], tablet: [820, 720], desktop: [1280, 640] };
const SCHEMES = ["light", "dark"];
const PAGES = {
  board: () => `${asked.window}/`,
  issue: () => `${asked.window}/browse/ACME-5`,
  calls: () => `${asked.window}/calls`,
  connect: () => `${asked.window}/connect`,
  console: () => `${asked.console}/`,
};
// Which of them are kept as pictures.
const KEPT = {
  "window-board.png": ["board", "desktop", "light"],
  "window-calls.png": ["calls", "tablet", "dark"],
  "window-issue.png": ["issue", "phone", "light"],
  "console.png": ["console", "desktop", "dark"],
};

const browser = await chromium.launch(options(asked.chromium));
const said = { passed: 0, faults: [], shown: {} };

async function attempt(name, work) {
  const [contexts, began] = [[], performance.now()];
  const page = async (more = {}) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 760 }, ...more });
    contexts.push(context);
    context.setDefaultTimeout(90_000);
    const page = await context.newPage();
    page.on("request", (request) => {
      const { origin } = new URL(request.url());
      if (origin !== asked.window && origin !== asked.console) said.faults.push(`${name}: asked ${request.url()}`);
    });
    // What the policy refuses is told here, too.
    page.on("console", (line) => line.type() === "error" && said.faults.push(`${name}: ${line.text()}`));
    page.on("pageerror", (error) => said.faults.push(`${name}: ${error}`));
    page.on("dialog", (dialog) => said.faults.push(`${name}: a dialogue says ${dialog.message()}`) && dialog.dismiss());
    return page;
  };
  try {
    await work(page);
    said.passed += 1;
  } catch (error) {
    said.faults.push(`${name}: ${String(error?.message ?? error).slice(0, 800)}`);
  }
  await Promise.all(contexts.map((context) => context.close().catch(() => {})));
  console.error(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

async function call(tool, given) {
  const params = { name: tool, arguments: given };
  const answer = await fetch(asked.mcp, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${asked.token}` },
    body: JSON.stringify({ jsonrpc: "2.0", id: "1", method: "tools/call", params }),
  });
  return JSON.parse((await answer.json()).result.content[0].text);
}

// Numbers of one run are not those of the next, but for those of issues.
const NUMBERS = /(?<![\w-])\d[\d,.:/]*/g;
const UNITS = /# (ms|s|B|kB|MB|GB|min|h)\b|less than a minute/g;
const plain = (text) => text.replace(NUMBERS, "#").replace(UNITS, "# _");
const lines = (text) => [...new Set(plain(text).split(/\s*\n\s*/).filter(Boolean))];

async function look(open, name, width, colorScheme) {
  const [wide, high] = WIDTHS[width];
  const page = await open({ viewport: { width: wide, height: high }, colorScheme, reducedMotion: "reduce" });
  const answer = await page.goto(PAGES[name]());
  assert.equal(answer.status(), 200);
  await page.evaluate(`${axe};0`);
  const { violations, passes } = await page.evaluate((values) => axe.run({ runOnly: { type: "tag", values } }), RULES);
  assert.deepEqual(violations.map(({ id, nodes }) => `${id} at ${nodes[0].target}`), []);
  assert.ok(passes.some(({ id }) => id === "color-contrast"), "contrast was not looked at");
  const is = await page.evaluate(() => ({
    light: Number(getComputedStyle(document.body).backgroundColor.match(/\d+/)[0]) > 128,
    wide: document.documentElement.scrollWidth > innerWidth,
    headings: document.querySelectorAll("h1").length,
    small: [...document.querySelectorAll("body *")].filter(
      (e) => e.children.length === 0 && e.innerText?.trim() && parseFloat(getComputedStyle(e).fontSize) < 14,
    ).length,
  }));
  assert.deepEqual(is, { light: colorScheme === "light", wide: false, headings: 1, small: 0 });
  for (const [file, [kept, size, scheme]] of Object.entries(KEPT)) {
    if (kept !== name || size !== width || scheme !== colorScheme) continue;
    said.shown[file] = { page: name, width: wide, scheme, text: lines(await page.locator("main").innerText()) };
    if (asked.pictures) await page.screenshot({ path: `${asked.pictures}/${file}` });
  }
}

for (const name of Object.keys(PAGES)) {
  const all = Object.keys(WIDTHS).flatMap((width) => SCHEMES.map((scheme) => [width, scheme]));
  await Promise.all(all.map((one) => attempt(`${name}, ${one.join(", ")}`, (open) => look(open, name, ...one))));
}

await attempt("a call is seen while the page is open", async (open) => {
  const page = await open();
  await page.goto(PAGES.calls());
  const before = await page.locator("#calls > li").count();
  await page.locator("details").first().locator("summary").focus();
  await page.keyboard.press("Enter");
  const held = await page.evaluate(() => document.activeElement.id);
  await call("jira_get_issue", { issue_key: "ACME-7" });
  await page.waitForFunction((count) => document.querySelectorAll("#calls > li").length === count, before + 1);
  await page.waitForFunction(() => document.getElementById("said").textContent.includes("jira_get_issue"));
  assert.match(await page.locator("#calls > li").first().innerText(), /jira_get_issue/);
  // What was open stays open, and the keyboard stays where it was.
  assert.equal(await page.locator("details[open]").count(), 1);
  assert.equal(await page.evaluate(() => document.activeElement.id), held);
});

await attempt("a card moves on an open board", async (open) => {
  const page = await open();
  await page.goto(PAGES.board());
  const made = await call("jira_create_issue", {
    project_key: "ACME",
    issue_type: "Task",
    summary: "<script>alert(1)</script><img src=x onerror=alert(2)>",
  });
  const card = page.locator(`#card-${made.key}`);
  await card.waitFor();
  await call("jira_transition_issue", { issue_key: made.key, transition: "In Progress" });
  await page.locator(".column", { hasText: "In Progress" }).locator(`#card-${made.key}`).waitFor();
  await card.click();
  assert.match(await page.locator("h1").innerText(), /<script>alert\(1\)<\/script>/);
  assert.equal(await page.locator("main script, main img").count(), 0);
  // Its address, as the agent was told it, is this page.
  assert.equal(page.url(), made.url);
  await call("jira_add_comment", { issue_key: made.url, body: "Seen **live**" });
  await page.locator("#comments", { hasText: "Seen live" }).waitFor();
});

await attempt("updates can be paused", async (open) => {
  const page = await open();
  await page.goto(PAGES.calls());
  await page.locator(".updates button").click();
  const before = await page.locator("#totals").innerText();
  const answered = page.waitForEvent("request", { predicate: (one) => one.url() === PAGES.calls(), timeout: 1_500 });
  const isSilent = answered.then(() => false, () => true);
  await call("jira_whoami", {});
  assert.ok(await isSilent, "a paused page asks again");
  assert.equal(await page.locator("#totals").innerText(), before);
  await page.locator(".updates button").click();
  await page.waitForFunction((text) => document.getElementById("totals").innerText !== text, before);
});

await attempt("by keyboard alone", async (open) => {
  const page = await open();
  await page.goto(PAGES.board());
  const press = async (key, until) => {
    for (let left = 60; left > 0; left -= 1) {
      await page.keyboard.press(key);
      const here = await page.evaluate(() => ({ id: document.activeElement.id, text: document.activeElement.innerText }));
      const shown = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      assert.notEqual(shown, "none", `the focus is not seen at ${here.text}`);
      if (until(here)) return;
    }
    throw new Error("the keyboard does not lead there");
  };
  await press("Tab", ({ id }) => id === "project");
  await page.keyboard.type("OPS");
  await press("Tab", ({ id }) => id === "as");
  await page.keyboard.type("dana");
  await press("Tab", ({ text }) => text === "Show");
  await page.keyboard.press("Enter");
  await page.waitForURL(/project=OPS&as=dana/);
  await press("Tab", ({ id }) => id.startsWith("card-OPS-"));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/browse\/OPS-\d+\?as=dana/);
  await press("Tab", ({ text }) => text === "Connect");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/connect/);
  await press("Tab", ({ text }) => text === "Copy");
});

await attempt("without JavaScript", async (open) => {
  const page = await open({ javaScriptEnabled: false });
  for (const name of Object.keys(PAGES)) {
    await page.goto(PAGES[name]());
    assert.equal(await page.locator("h1").count(), 1, name);
    assert.equal(await page.locator("button", { hasText: /Copy|Pause/ }).count(), 0, name);
  }
  await page.goto(PAGES.board());
  await page.locator("#project").selectOption("MOB");
  await page.locator("form button").click();
  assert.match(await page.locator("#board").innerText(), /MOB-\d/);
});

await attempt("the console keeps up by itself", async (open) => {
  const page = await open();
  await page.goto(PAGES.console());
  const before = await page.locator("#part-0").innerText();
  await call("jira_list_transitions", { issue_key: "ACME-9" });
  await page.locator("#part-0", { hasText: "jira_list_transitions" }).waitFor();
  assert.ok(!before.includes("jira_list_transitions"));
  // No name of a person, no content: none of what the calls were about.
  assert.doesNotMatch(await page.locator("body").innerText(), /ACME|anna|Anna|alert/);
});

await attempt("a page of the internet gets nothing", async () => {
  for (const address of [asked.window, asked.console]) {
    const status = await new Promise((resolve, reject) => {
      const request = http.get(address, { headers: { host: "attacker.example" } }, (answer) => resolve(answer.resume().statusCode));
      request.on("error", reject);
    });
    assert.equal(status, 403, address);
  }
});

await browser.close();
process.stdout.write(JSON.stringify(said));
