// What must hold of the pages, a case each; a case throws where something does not.

import assert from "node:assert/strict";
import { looks, readable } from "./page_looks.mjs";

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const DESKTOP = { viewport: { width: 1280, height: 800 } };
const SIZES = { phone: PHONE, desktop: DESKTOP };
const ANNA = "Anna Admin";
const BEN = "Ben Developer";

const press = (page, name, value) => page.locator(`button[name="${name}"][value="${value}"]`).click();
const allow = (page) => press(page, "decision", "allow");
const deny = (page) => press(page, "decision", "deny");
const be = (page, person) => press(page, "user", person);
const heading = async (page) => (await page.locator("h1").innerText()).trim();

// From the client's address to its answer.
async function signIn(page, client, person) {
  await page.goto(client.address());
  await allow(page);
  await be(page, person);
}

// Tab until the wanted button has the focus; what was passed, in order.
async function tabTo(page, name, value) {
  const passed = [];
  for (let steps = 0; steps < 15; steps++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const { name = "", value = "", tagName } = document.activeElement;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
      const seen = (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
      return { name, value, tagName, seen };
    });
    if (at.tagName === "BODY") continue;
    assert.ok(at.seen, `the focus cannot be seen on ${at.tagName} ${at.name}=${at.value}`);
    passed.push(at.value || at.tagName);
    if (at.name === name && at.value === value) return passed;
  }
  throw new Error(`Tab does not reach ${name}=${value}, only ${passed}`);
}

function byMouse(size, colorScheme) {
  return async (world) => {
    const page = await world.page({ ...SIZES[size], colorScheme });
    const client = await world.client({ name: "Visual Studio Code" });
    await page.goto(client.address());
    const text = await page.locator("main").innerText();
    for (const shown of ["Visual Studio Code", `127.0.0.1:${world.landing.port}`]) {
      assert.ok(text.includes(shown), `the consent page lacks ${shown}`);
    }
    await world.picture(page, `consent-${size}-${colorScheme}`);
    await allow(page);
    await world.picture(page, `person-${size}-${colorScheme}`);
    await be(page, "anna");
    assert.equal(await client.whoami(), ANNA);
  };
}

function byKeyboard(size, person, name) {
  return async (world) => {
    const page = await world.page(SIZES[size]);
    const client = await world.client();
    await page.goto(client.address());
    assert.deepEqual(await tabTo(page, "decision", "deny"), ["allow", "deny"]);
    await page.keyboard.press("Enter");
    const { error, iss } = await client.answer();
    assert.deepEqual([error, iss], ["access_denied", world.base]);
    await page.waitForURL(({ pathname }) => pathname === "/callback");

    await page.goto(client.address());
    await tabTo(page, "decision", "allow");
    await page.keyboard.press("Enter");
    await page.locator('button[name="user"]').first().waitFor();
    await tabTo(page, "user", person);
    await page.keyboard.press("Space");
    assert.equal(await client.whoami(), name);
    await page.waitForURL(({ pathname }) => pathname === "/callback");

    await page.goto(`${world.base}/auth/login`);
    await be(page, person);
    await page.goto(`${world.base}/auth/status`);
    assert.ok((await page.locator("main").innerText()).includes("Page client"), "the status page lacks the program");
    await tabTo(page, "", "");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
  };
}

async function framing(world) {
  const page = await world.page({ javaScriptEnabled: true });
  const client = await world.client();
  for (const address of [client.address(), `${world.base}/auth/status`, `${world.base}/authorize`]) {
    world.landing.html = `<!doctype html><title>foreign</title><iframe src="${address.replaceAll("&", "&amp;")}"></iframe>`;
    // Another site, so that no rule about one's own pages applies.
    await page.goto(`http://localhost:${world.landing.port}/`);
    const [, frame] = page.frames();
    await frame.waitForLoadState().catch(() => {});
    // What the browser puts in its place says nothing of ours.
    assert.ok(!(await frame.content()).includes("Jira MCP bridge"), `a foreign page frames ${address.slice(0, 60)}`);
  }
}

// Back from the provider, and back from the client: each press leads to an answer or to a page that says what to do.
async function backButton(world) {
  const page = await world.page();
  const client = await world.client();
  await page.goto(client.address());
  await allow(page);
  await page.goBack();
  assert.equal(await heading(page), "Allow access to Jira?");
  await allow(page);
  await be(page, "anna");
  assert.equal(await client.whoami(), ANNA);

  const before = world.landing.answers.length;
  await page.goBack();
  await be(page, "ben");
  assert.equal(await heading(page), "This did not work");
  assert.ok((await page.locator("main").innerText()).includes("it was used already"), "why it did not");
  assert.equal(world.landing.answers.length, before, "a sign-in was used twice");

  await page.goto(client.address());
  await allow(page);
  await page.goBack();
  await deny(page);
  assert.equal((await client.answer()).error, "access_denied");
}

// Two clients ask in one browser at the same time; each gets the person who was chosen for it.
async function twoTabs(world) {
  const one = await world.page();
  const two = await one.context().newPage();
  const [first, second] = [await world.client({ name: "First" }), await world.client({ name: "Second" })];
  await one.goto(first.address());
  await two.goto(second.address());
  await allow(one);
  await allow(two);
  await be(two, "ben");
  await be(one, "anna");
  assert.deepEqual([await first.whoami(), await second.whoami()], [ANNA, BEN]);
}

async function cookiesBlocked(world) {
  const page = await world.withoutCookies();
  const client = await world.client();
  const shown = await page.goto(client.address());
  assert.equal(shown.status(), 200);
  await allow(page);
  // The provider's page may come first; nobody gets in behind it either.
  if (await page.locator('button[name="user"]').count()) await be(page, "anna");
  assert.equal(await heading(page), "This did not work");
  assert.match(await page.locator("main").innerText(), /Allow cookies for this site/);
  assert.deepEqual(world.landing.answers, []);
}

// pages.py says which of them share a bridge.
export const cases = {
  "mouse, phone, light": byMouse("phone", "light"),
  "mouse, phone, dark": byMouse("phone", "dark"),
  "mouse, desktop, light": byMouse("desktop", "light"),
  "mouse, desktop, dark": byMouse("desktop", "dark"),
  framing,
  "back button": backButton,
  "two tabs": twoTabs,
  "cookies blocked": cookiesBlocked,
  "keyboard, phone": byKeyboard("phone", "anna", ANNA),
  "keyboard, desktop": byKeyboard("desktop", "ben", BEN),
  "no script, nothing wide": readable("carla"),
  "axe, phone, light": looks(PHONE, "light", "anna"),
  "axe, phone, dark": looks(PHONE, "dark", "ben"),
  "axe, desktop, light": looks(DESKTOP, "light", "carla"),
  "axe, desktop, dark": looks(DESKTOP, "dark", "dana"),
};
