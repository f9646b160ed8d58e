// What every page must be, whatever it says: readable on a narrow screen, by keyboard and by screen reader, by day and by night.

import assert from "node:assert/strict";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
const NARROWEST = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };

// Shows one page after the other; `look` is called on each.
async function each(world, page, person, look) {
  const { base } = world;
  // No fault that is looked for here keeps anything from coming: whatever is late is late because the machine is busy.
  page.setDefaultTimeout(0);
  const shows = async (name, text) => {
    const found = await page.locator("h1").innerText();
    assert.ok(found.includes(text), `${name}: the page is "${found}"`);
    await look(name);
  };
  await page.goto(`${base}/auth/status`);
  await shows("not signed in", "You are not signed in");
  // The longest that a client may bring, without a place to break.
  const client = await world.client({ name: "W".repeat(60), redirect: `https://${"w".repeat(60)}.example/callback` });
  await page.goto(client.address());
  await shows("consent of a website", "Allow access to Jira?");
  const local = await world.client();
  await page.goto(local.address());
  await shows("consent of a program", "Allow access to Jira?");
  const app = await world.client({ redirect: "cursor://anysphere.cursor-retrieval/oauth/callback" });
  await page.goto(app.address());
  await shows("consent of an app", "Allow access to Jira?");
  await page.goto(`${base}/authorize?client_id=nobody&redirect_uri=https%3A%2F%2Fa.example&response_type=code`);
  await shows("error", "This did not work");
  // Somebody with a program, so that the status page has something to show.
  await page.goto(local.address());
  await page.locator('button[value="allow"]').click();
  await look("people");
  await page.locator(`button[value="${person}"]`).click();
  await local.whoami();
  await page.goto(`${base}/auth/login`);
  await page.locator(`button[value="${person}"]`).click();
  await page.goto(`${base}/auth/status`);
  assert.match(await page.locator("main").innerText(), /You are signed in as [^]*Page client/);
  await shows("status", "Your access to Jira");
  await page.locator("form button").click();
  await shows("signed out", "You are signed out");
}

export function looks(size, colorScheme, person) {
  return async (world) => {
    // The judge is a script; our own policy would not let it in, so the browser brings it.
    const page = await world.page({ ...size, colorScheme, javaScriptEnabled: true });
    await each(world, page, person, async (name) => {
      await page.evaluate(`${world.axe};0`);
      const { violations, passes } = await page.evaluate((values) => axe.run({ runOnly: { type: "tag", values } }), RULES);
      // The first page that is at fault ends it: looking at the others costs a busy machine a minute.
      assert.deepEqual(violations.map(({ id, nodes }) => `${name}: ${id} at ${nodes[0].target}`), []);
      assert.ok(passes.some(({ id }) => id === "color-contrast"), `${name}: contrast was not looked at`);
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const light = Number(ground.match(/\d+/)[0]) > 128;
      assert.equal(light, colorScheme === "light", `${name}: the ground is ${ground}`);
    });
  };
}

export const readable = (person) => async (world) => {
  const page = await world.page(NARROWEST);
  await each(world, page, person, async (name) => {
    const is = await page.evaluate(() => {
      const all = [...document.querySelectorAll("*")];
      const count = (matches) => all.filter(matches).length;
      const zoom = document.querySelector("meta[name=viewport]")?.content ?? "none";
      return {
        lang: document.documentElement.lang,
        title: document.title.trim() !== "",
        headings: document.querySelectorAll("h1").length,
        mains: document.querySelectorAll("main").length,
        scripts: document.scripts.length + count((e) => [...e.attributes].some(({ name }) => name.startsWith("on"))),
        // Nothing comes from elsewhere.
        loaded: performance.getEntriesByType("resource").length,
        wide: Math.max(document.documentElement.scrollWidth, ...all.map((e) => e.getBoundingClientRect().right)) > 320.5,
        small: count((e) => e.children.length === 0 && e.innerText?.trim() && parseFloat(getComputedStyle(e).fontSize) < 14),
        low: count((e) => e.tagName === "BUTTON" && e.getBoundingClientRect().height < 44),
        zoom: /user-scalable *= *(no|0)|maximum-scale/.test(zoom) || !zoom.includes("width=device-width"),
      };
    });
    const good = { lang: "en", title: true, headings: 1, mains: 1, scripts: 0, loaded: 0 };
    Object.assign(good, { wide: false, small: 0, low: 0, zoom: false });
    assert.deepEqual({ name, ...is }, { name, ...good });
  });
};
