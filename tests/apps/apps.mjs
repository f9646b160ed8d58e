// The pages of MCP Apps in Chromium, hosted by the official host package over the official client. Reads one JSON line:
// {chromium, url, token, pictures}; prints one for each thing that was looked at: {case, fault}, and at the end {texts}.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { options } from "../clients/chromium.mjs";
import { cases } from "./cases.mjs";

const asked = JSON.parse(readFileSync(0, "utf8"));
const folder = process.env.NPM_FOLDER;
// The packages lie in the cache, not beside this file.
const require = createRequire(`${folder}/`);
const { Client, StreamableHTTPClientTransport } = require("@modelcontextprotocol/client");
const { chromium } = require("playwright-core");
const MEDIA_TYPE = "text/html;profile=mcp-app";
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
const WIDTHS = [320, 640, 1100];
const SECONDS = 180;
const PICTURED = ["issue", "board", "form", "confirm"];

async function connected(mode) {
  const capabilities = { extensions: { "io.modelcontextprotocol/ui": { mimeTypes: [MEDIA_TYPE] } } };
  const client = new Client({ name: "apps", version: "1" }, { capabilities, versionNegotiation: { mode } });
  const requestInit = { headers: { Authorization: `Bearer ${asked.token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(asked.url), { requestInit }));
  return client;
}

const bundled = await require("esbuild").build({
  stdin: { contents: readFileSync(new URL("host.mjs", import.meta.url), "utf8"), resolveDir: folder },
  bundle: true,
  write: false,
  format: "iife",
  logLevel: "error",
});
const hostPage = `<!doctype html><html lang="en"><title>host</title><style>body{margin:0}iframe{width:100%;border:0}</style>
<body><script>${bundled.outputFiles[0].text.replaceAll("</script", "<\\/script")}</script></body></html>`;
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

// What a host makes of a page's own wishes. Source: MCP Apps, 2026-01-26, "Content Security Policy Enforcement".
function policy({ resourceDomains = [], connectDomains = [], frameDomains = [], baseUriDomains = [] }) {
  const own = resourceDomains.join(" ");
  return [
    "default-src 'none'",
    `script-src 'unsafe-inline' ${own}`,
    `style-src 'unsafe-inline' ${own}`,
    `img-src data: ${own}`,
    `connect-src ${connectDomains.join(" ") || "'none'"}`,
    `frame-src ${frameDomains.join(" ") || "'none'"}`,
    "object-src 'none'",
    `base-uri ${baseUriDomains.join(" ") || "'none'"}`,
  ].join("; ");
}

class World {
  texts = {};

  constructor(client, tools, page) {
    Object.assign(this, { client, tools, page, calls: [], opened: [], told: [], foreign: [], errors: [] });
  }

  async begin() {
    const { page } = this;
    page.on("pageerror", (fault) => this.errors.push(String(fault)));
    page.on("dialog", (dialog) => (this.errors.push("a dialogue"), dialog.dismiss()));
    await page.exposeFunction("callTool", (params) => (this.calls.push(params), this.instead ?? this.client.callTool(params)));
    await page.exposeFunction("opened", (url) => void this.opened.push(url));
    await page.exposeFunction("told", (text) => void this.told.push(text));
    await page.route("**/*", (route) => {
      const url = route.request().url();
      if (url === "https://host.test/") return route.fulfill({ contentType: "text/html", body: hostPage });
      if (url === "https://view.test/") return route.fulfill(this.view);
      this.foreign.push(url);
      return route.abort();
    });
  }

  // The page of a tool, with the result that the tool gives for these arguments.
  async open(name, args) {
    const tool = this.tools.find((tool) => tool.name === name);
    const uri = tool?._meta?.ui?.resourceUri;
    assert.ok(uri, `${name} names no page`);
    const { contents } = await this.client.readResource({ uri });
    const [{ text, mimeType, _meta }] = contents;
    assert.equal(mimeType, MEDIA_TYPE);
    const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy(_meta.ui.csp) };
    this.view = { headers, body: text };
    const result = await this.client.callTool({ name, arguments: args });
    for (const list of [this.calls, this.opened, this.told]) list.length = 0;
    await this.page.goto("https://host.test/");
    const app = await this.page.evaluate((all) => window.openApp(all), { tool, args, result, theme: "light" });
    assert.equal(app.name, name);
    this.frame = this.page.frames().find((frame) => frame.url().startsWith("https://view.test"));
    return { result, view: this.page.frameLocator("iframe") };
  }

  // Looks at what is shown: in both lights, at three widths, by axe-core, and at nothing from elsewhere.
  async look(name) {
    const found = [];
    for (const theme of ["light", "dark"]) {
      await this.page.evaluate((theme) => window.themed(theme), theme);
      await this.frame.waitForFunction((theme) => document.documentElement.dataset.theme === theme, theme);
      for (const width of WIDTHS) {
        await this.page.setViewportSize({ width, height: 800 });
        const is = await this.frame.evaluate(() => ({
          ground: Number(getComputedStyle(document.body).backgroundColor.match(/\d+/)[0]) > 128,
          wide: document.documentElement.scrollWidth - innerWidth,
          low: [...document.querySelectorAll("button")].filter((one) => one.getBoundingClientRect().height < 44).length,
          headings: document.querySelectorAll("h1").length,
        }));
        assert.deepEqual(is, { ground: theme === "light", wide: 0, low: 0, headings: 1 }, `${name}, ${theme}, ${width}`);
        if (asked.pictures && PICTURED.includes(name) && width === 640) await this.picture(`${name}-${theme}`);
      }
      await this.frame.evaluate(`${axe};0`);
      const { violations, passes } = await this.frame.evaluate((values) => axe.run({ runOnly: { type: "tag", values } }), RULES);
      found.push(...violations.map(({ id, nodes }) => `${theme}: ${id} at ${nodes[0].target}`));
      assert.ok(passes.some(({ id }) => id === "color-contrast"), "contrast was not looked at");
    }
    assert.deepEqual({ found, foreign: this.foreign, errors: this.errors }, { found: [], foreign: [], errors: [] }, name);
    this.texts[name] = await this.visible();
  }

  async picture(name) {
    // Only what is in view is painted, and not at once.
    const height = await this.frame.evaluate(() => Math.ceil(document.body.getBoundingClientRect().height));
    await this.page.setViewportSize({ width: 640, height: height + 20 });
    await this.frame.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await this.page.locator("iframe").screenshot({ path: `${asked.pictures}/app-${name}.png` });
  }

  // Numbers and days are those of the moment.
  async visible() {
    const text = await this.frame.evaluate(() => document.body.innerText);
    return text.split("\n").map((line) => line.trim().replace(/\d+/g, "0")).filter(Boolean);
  }
}

const browser = await chromium.launch(options(asked.chromium));
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const texts = {};
// Both eras: what a client declared is in each request, or in its first one only.
const clients = { modern: await connected({ pin: "2026-07-28" }), legacy: await connected("legacy") };
for (const [name, [era, play]] of Object.entries(cases)) {
  const client = clients[era];
  let fault = null;
  const context = await browser.newContext({ viewport: { width: 640, height: 800 } });
  context.setDefaultTimeout(1000 * SECONDS);
  try {
    const { tools } = await client.listTools();
    const world = new World(client, tools, await context.newPage());
    await world.begin();
    await play(world);
    Object.assign(texts, world.texts);
  } catch (error) {
    fault = String(error?.stack ?? error).slice(0, 1500);
  }
  await context.close();
  say({ case: name, fault });
}
say({ texts });
await browser.close();
await Promise.all(Object.values(clients).map((client) => client.close()));
