// The pages in headless Chromium, used as people use them. Reads one JSON line: {chromium, axe, pictures, cases,
// atOnce, patience, runs: [{name, mcp, cases}]}, where the first cases are all there are, and patience is how many seconds are waited
// for what a page must show or a client must be told. Prints one for each case: {run, case, fault, seconds}.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { options as chromiumOptions } from "../clients/chromium.mjs";
import { cases } from "./page_cases.mjs";
import { Client, Landing } from "./page_client.mjs";

// For a whole case, and for what only a busy machine makes slow: a picture, a page that is loaded.
const SECONDS = 180;
const asked = JSON.parse(readFileSync(0, "utf8"));
assert.deepEqual(Object.keys(cases), asked.cases);
// The package lies in the cache, not beside this file.
const { chromium } = createRequire(`${process.env.NPM_FOLDER}/`)("playwright-core");
const options = chromiumOptions(asked.chromium);
const axe = readFileSync(asked.axe, "utf8");
const browser = await chromium.launch(options);

// What a case is given: the bridge, and contexts that are closed after it.
async function perform(run, name) {
  const began = performance.now();
  const opened = [];
  const landing = await new Landing(asked.patience).listen();
  const pageOf = (context) => {
    opened.push(context);
    context.setDefaultTimeout(1000 * asked.patience);
    context.setDefaultNavigationTimeout(1000 * SECONDS);
    return context.newPage();
  };
  const world = {
    axe,
    base: run.mcp.slice(0, -"/mcp".length),
    landing,
    picture: (page, text) => page.screenshot({ path: `${asked.pictures}/${run.name}-${text}.png`, fullPage: true, timeout: 1000 * SECONDS }),
    client: (about) => new Client(run.mcp, landing, about).register(),
    // Nothing of ours needs scripts.
    page: async (more = {}) => {
      const context = await browser.newContext({ javaScriptEnabled: false, ...more });
      return pageOf(context);
    },
    // A browser whose owner has blocked all cookies.
    withoutCookies: async () => {
      const folder = mkdtempSync(`${process.env.HOME}/chromium-`);
      const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
      mkdirSync(`${folder}/Default`);
      writeFileSync(`${folder}/Default/Preferences`, JSON.stringify(preferences));
      const context = await chromium.launchPersistentContext(folder, { ...options, javaScriptEnabled: false });
      return pageOf(context);
    },
  };
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done in ${SECONDS} s`)), 1000 * SECONDS);
  });
  let fault = null;
  try {
    await Promise.race([cases[name](world), late]);
  } catch (error) {
    fault = String(error?.stack ?? error).slice(0, 1500);
  }
  clearTimeout(timer);
  await Promise.all(opened.map((context) => context.close().catch(() => {})));
  landing.close();
  const seconds = (performance.now() - began) / 1000;
  process.stdout.write(`${JSON.stringify({ run: run.name, case: name, fault, seconds })}\n`);
}

const jobs = asked.runs.flatMap((run) => run.cases.map((name) => [run, name]));
await Promise.all(
  Array.from({ length: asked.atOnce }, async () => {
    for (let job; (job = jobs.shift()); ) await perform(...job);
  }),
);
await browser.close();
