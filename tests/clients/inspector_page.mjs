// The Inspector's web page in headless Chromium, used as a person uses it; one JSON line with what was on the page.

import { createRequire } from "node:module";
import { options } from "./chromium.mjs";

const [chromiumPath, url, screenshots] = process.argv.slice(2);
// The package lies in the cache, not beside this file.
const { chromium } = createRequire(`${process.env.NPM_FOLDER}/`)("playwright-core");

const browser = await chromium.launch(options(chromiumPath));
try {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.setDefaultTimeout(90_000);
  const seen = {};
  const keep = async (name, text) => {
    await page.screenshot({ path: `${screenshots}/${name}.png` });
    seen[name] = text;
  };
  const open = (tab) => page.getByRole("banner").getByText(tab, { exact: true }).click();
  const listed = async () => {
    const heading = page.getByRole("heading", { name: /^(Tools|Prompts) \(\d+\)$/ });
    return Number((await heading.first().innerText()).match(/\d+/)[0]);
  };

  await page.goto(url);
  await page.getByRole("switch", { name: /Connect or disconnect/ }).click({ force: true });
  await page.getByText("Connected", { exact: true }).waitFor();
  await keep("connected", await page.getByText(/^MCP \d{4}-\d\d-\d\d$/).innerText());

  await open("Tools");
  await page.getByRole("button", { name: /jira_whoami/ }).click();
  seen.tools = await listed();
  await page.getByRole("button", { name: "Execute Tool" }).click();
  const name = page.getByText(/Anna Admin/).first();
  await name.waitFor();
  await keep("tool", await name.innerText());

  await open("Prompts");
  await page.getByRole("button", { name: /Hand over an issue/ }).click();
  seen.prompts = await listed();
  await page.getByRole("textbox", { name: /issue_key/ }).fill("ACME-5");
  await page.getByRole("textbox", { name: /transition/ }).click();
  const suggestion = page.getByRole("option").first();
  await suggestion.waitFor();
  await keep("completion", await suggestion.innerText());
  await suggestion.click();
  await page.getByRole("button", { name: "Get Prompt" }).click();
  const prompt = page.getByText(/Hand over ACME-5/).first();
  await prompt.waitFor();
  await keep("prompt", await prompt.innerText());

  await open("Resources");
  await page.getByRole("button", { name: "Jira issue", exact: true }).click();
  await page.getByRole("textbox", { name: /issue_key/ }).fill("ACME-5");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Read Resource" }).click();
  const issue = page.getByText(/"key": ?"ACME-5"|browse\/ACME-5/).first();
  await issue.waitFor();
  await keep("resource", await issue.innerText());
  process.stdout.write(`${JSON.stringify(seen)}\n`);
} finally {
  await browser.close();
}
