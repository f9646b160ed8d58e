// The bridge's binary with SIGNIN_PROVIDER=entra before a provider that we did not write, used by a scripted browser.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

import { Browser, has, words } from "./browser.mjs";
import { startProvider } from "./provider.mjs";

/** Where the program waits for its code; nobody listens, the browser stops there. */
const PROGRAM = "http://127.0.0.1:9/cb";
const PATIENCE_MS = 60_000;

async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

async function until(what, holds) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(50)) if (await holds()) return;
  throw new Error(`waited in vain until ${what}`);
}

async function startBridge(binary, port, { authority, tenant, client }) {
  const own = {
    HOST: "127.0.0.1", PORT: String(port), ADMIN_ADDR: "", PUBLIC_BASE_URL: `http://127.0.0.1:${port}`,
    AUTH: "signin", SIGNIN_PROVIDER: "entra", REFRESH_REUSE_GRACE_MS: "0",
    ENTRA_AUTHORITY: authority, ENTRA_TENANT_ID: tenant, ENTRA_CLIENT_ID: client.id, ENTRA_CLIENT_SECRET: client.secret,
    // Never asked: the link to connect Jira is followed up to its page.
    ATLASSIAN_AUTH_BASE_URL: "http://127.0.0.1:9", JIRA_API_BASE_URL: "http://127.0.0.1:9",
    ATLASSIAN_CLIENT_ID: "unused", ATLASSIAN_CLIENT_SECRET: "unused-secret",
  };
  const { PATH, HOME } = process.env;
  const bridge = spawn(binary, ["serve"], { env: { PATH, HOME, ...own }, stdio: ["ignore", "ignore", "pipe"] });
  const log = [];
  bridge.stderr.on("data", (data) => log.push(data));
  process.on("exit", () => bridge.kill());
  const ready = () => fetch(`${own.PUBLIC_BASE_URL}/healthz`).then((answer) => answer.ok, () => bridge.exitCode !== null);
  await until("the bridge is ready", ready);
  assert.equal(bridge.exitCode, null, Buffer.concat(log).toString());
  return { issuer: own.PUBLIC_BASE_URL, log: () => Buffer.concat(log).toString(), stop: () => bridge.kill() };
}

/** An OAuth client by hand. */
class Client {
  static async register(issuer) {
    const metadata = { redirect_uris: [PROGRAM], client_name: "Judge", token_endpoint_auth_method: "none" };
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${issuer}/register`, { method: "POST", headers, body: JSON.stringify(metadata) });
    return Object.assign(new Client(), { issuer, id: (await answer.json()).client_id });
  }

  async signIn(browser, person) {
    const verifier = randomBytes(32).toString("base64url");
    const query = new URLSearchParams({
      response_type: "code", client_id: this.id, redirect_uri: PROGRAM, state: "s-1", resource: `${this.issuer}/mcp`,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"), code_challenge_method: "S256",
    });
    const page = await atProvider(browser, `${this.issuer}/authorize?${query}`, person);
    assert.ok(page.location, `${page.status} ${words(page)}`);
    const back = new URL(page.location).searchParams;
    assert.equal(back.get("error"), null, page.location);
    assert.deepEqual([back.get("state"), back.get("iss")], ["s-1", this.issuer]);
    const [status, tokens] = await this.token({
      grant_type: "authorization_code", code: back.get("code"), redirect_uri: PROGRAM, code_verifier: verifier,
    });
    assert.equal(status, 200, JSON.stringify(tokens));
    return tokens;
  }

  refresh = (refresh_token) => this.token({ grant_type: "refresh_token", refresh_token });

  async token(form) {
    const body = new URLSearchParams({ client_id: this.id, ...form });
    const answer = await fetch(`${this.issuer}/token`, { method: "POST", body });
    return [answer.status, await answer.json()];
  }

  async rpc(token, method, params = {}) {
    const headers = {
      authorization: `Bearer ${token}`, "content-type": "application/json", accept: "application/json, text/event-stream",
    };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const answer = await fetch(`${this.issuer}/mcp`, { method: "POST", headers, body });
    return [answer.status, await answer.json().catch(() => ({}))];
  }
}

/** Agrees at the bridge, then signs in and agrees on the provider's own pages. */
async function atProvider(browser, url, person) {
  let page = await browser.open(url, { stop: PROGRAM });
  for (let step = 0; step < 5 && !page.location && !has(page, "decision"); step += 1) page = await atForm(browser, page, person);
  if (has(page, "decision") && url.includes("/authorize?")) {
    page = await browser.press(page, { button: ["decision", "allow"], stop: PROGRAM });
    for (let step = 0; step < 5 && !page.location; step += 1) page = await atForm(browser, page, person);
  }
  return page;
}

/** One page of the provider: the name and any password, or the button that goes on. */
function atForm(browser, page, person) {
  if (!page.text.includes("<form")) return { ...page, location: undefined };
  return browser.press(page, { fields: { login: person, password: "any" }, stop: PROGRAM });
}

const checks = {
  async "a person signs in, end to end"({ client, anna, seen, kept }) {
    kept.tokens = await client.signIn(anna, "anna");
    assert.equal(seen.grants.authorization_code, 1);
    assert.deepEqual([...seen.challenges], ["S256"]);
    assert.equal(seen.resources, 0, "the client's resource was passed on");
    const [status, { result }] = await client.rpc(kept.tokens.access_token, "tools/list");
    assert.ok(status === 200 && result.tools.length > 10, `${status}`);
  },
  async "a tool says that Jira must be connected, and the link asks the right person"({ client, anna, kept }) {
    const [, { result }] = await client.rpc(kept.tokens.access_token, "tools/call", { name: "jira_whoami", arguments: {} });
    const told = JSON.parse(result.content[0].text);
    assert.equal(told.error, "sign_in_required");
    const page = await anna.open(told.url);
    assert.ok(page.status === 200 && has(page, "decision"), words(page));
    assert.ok(words(page).includes("anna"), words(page));
    const bens = await atProvider(new Browser(), told.url, "ben");
    assert.equal(bens.status, 403, words(bens));
    const phone = await atProvider(new Browser(), told.url, "anna");
    assert.ok(phone.status === 200 && has(phone, "decision"), words(phone));
  },
  async "the grant is renewed, again and again, and our refresh tokens rotate"({ client, seen, kept }) {
    const first = kept.tokens.refresh_token;
    await until("the provider has renewed the grant three times", async () => {
      const [status, tokens] = await client.refresh(kept.tokens.refresh_token);
      assert.equal(status, 200, JSON.stringify(tokens));
      kept.tokens = tokens;
      return seen.grants.refresh_token >= 3;
    });
    assert.equal((await client.rpc(kept.tokens.access_token, "ping"))[0], 200);
    const [status, { error }] = await client.refresh(first);
    assert.deepEqual([status, error], [400, "invalid_grant"]);
    assert.equal((await client.rpc(kept.tokens.access_token, "ping"))[0], 401, "a stolen token ends the family");
  },
  async "a grant that the provider ends is the end of the session"({ client, anna, seen }) {
    const tokens = await client.signIn(anna, "anna");
    await seen.newest.destroy();
    await until("the bridge has noticed", async () => (await client.rpc(tokens.access_token, "ping"))[0] === 401);
    const [status, { error }] = await client.refresh(tokens.refresh_token);
    assert.deepEqual([status, error], [400, "invalid_grant"]);
  },
  async "two people are two people, and a sign-out ends what is one's own"({ client, anna, issuer }) {
    const ben = new Browser();
    const [hers, his] = [await client.signIn(anna, "anna"), await client.signIn(ben, "ben")];
    const status = await anna.open(`${issuer}/auth/status`);
    assert.ok(words(status).includes("signed in as anna"), words(status));
    const out = await anna.press(status);
    assert.ok(words(out).includes("You are signed out"), words(out));
    assert.equal((await client.rpc(hers.access_token, "ping"))[0], 401);
    assert.equal((await client.refresh(hers.refresh_token))[1].error, "invalid_grant");
    assert.equal((await client.rpc(his.access_token, "ping"))[0], 200);
  },
};

const port = await freePort();
const provider = await startProvider(`http://127.0.0.1:${port}/auth/callback`);
const bridge = await startBridge(process.argv[2], port, provider);
const world = {
  issuer: bridge.issuer, client: await Client.register(bridge.issuer), anna: new Browser(), seen: provider.seen, kept: {},
};
let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check(world);
    console.log(`ok      ${name}`);
  } catch (fault) {
    failed += 1;
    console.log(`FAILED  ${name}\n        ${fault.stack}\n        ${provider.seen.errors.slice(-3).join("\n        ")}`);
  }
}
const log = bridge.log();
if (log.includes(provider.client.secret)) {
  failed += 1;
  console.log("FAILED  the log holds the client secret");
}
if (failed > 0) console.log(log.slice(-3000));
console.log(`\n${Object.keys(checks).length - failed} passed, ${failed} failed`);
bridge.stop();
provider.stop();
process.exit(failed === 0 ? 0 : 1);
