// The Inspector's web page signs in at a bridge: its own redirects, in a browser that a person uses. Prints what a tool answered.

import { createRequire } from "node:module";
import { options } from "../clients/chromium.mjs";

const [chromiumPath, url] = process.argv.slice(2);
// The package lies in the cache, not beside this file.
const { chromium } = createRequire(`${process.env.NPM_FOLDER}/`)("playwright-core");

const browser = await chromium.launch(options(chromiumPath));
try {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.setDefaultTimeout(90_000);
  await page.goto(url);
  await page.getByRole("switch", { name: /Connect or disconnect/ }).click({ force: true });
  await page.locator('button[name="decision"][value="allow"]').click();
  await page.locator('button[name="user"][value="anna"]').click();
  await page.getByText("Connected", { exact: true }).waitFor();
  await page.getByRole("banner").getByText("Tools", { exact: true }).click();
  await page.getByRole("button", { name: /jira_whoami/ }).click();
  await page.getByRole("button", { name: "Execute Tool" }).click();
  const name = page.getByText(/Anna Admin/).first();
  await name.waitFor();
  process.stdout.write(await name.innerText());
} finally {
  await browser.close();
}
