// A client by hand, so that the pages have somebody who asks: it registers, makes the address for the browser, and takes the answer
// at a server of its own.

import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";

export class Landing {
  answers = [];
  // What the server shows beside the answers.
  html = "<!doctype html><title>client</title>";

  constructor(patience) {
    this.patience = patience;
  }

  async listen() {
    this.server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url, "http://client");
      if (pathname === "/callback") this.answers.push(Object.fromEntries(searchParams));
      response.setHeader("Content-Type", "text/html");
      response.end(this.html);
    });
    await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
    this.port = this.server.address().port;
    return this;
  }

  // The answer that belongs to a state, when it has come.
  async answer(state) {
    for (let tries = 0; tries < 20 * this.patience; tries++) {
      const found = this.answers.find((answer) => answer.state === state);
      if (found) return found;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`the client got no answer, only ${JSON.stringify(this.answers)}`);
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
  }
}

export class Client {
  constructor(mcp, landing, { name = "Page client", redirect } = {}) {
    this.mcp = mcp;
    this.base = mcp.slice(0, -"/mcp".length);
    this.landing = landing;
    this.name = name;
    this.redirect = redirect ?? `http://127.0.0.1:${landing.port}/callback`;
  }

  async register() {
    const about = { client_name: this.name, redirect_uris: [this.redirect], token_endpoint_auth_method: "none" };
    const reply = await fetch(`${this.base}/register`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(about),
    });
    this.id = (await reply.json()).client_id;
    return this;
  }

  // A new address each time, as a client makes it for each sign-in.
  address() {
    this.verifier = randomBytes(32).toString("base64url");
    this.state = randomBytes(12).toString("base64url");
    const query = new URLSearchParams({
      response_type: "code",
      client_id: this.id,
      redirect_uri: this.redirect,
      state: this.state,
      code_challenge: createHash("sha256").update(this.verifier).digest("base64url"),
      code_challenge_method: "S256",
      resource: this.mcp,
    });
    return `${this.base}/authorize?${query}`;
  }

  answer() {
    return this.landing.answer(this.state);
  }

  // Who the client works as, with the code that came for its state.
  async whoami() {
    const { code, iss } = await this.answer();
    if (iss !== this.base) throw new Error(`the answer is of ${iss}`);
    const form = {
      grant_type: "authorization_code",
      code,
      redirect_uri: this.redirect,
      client_id: this.id,
      code_verifier: this.verifier,
    };
    const reply = await fetch(`${this.base}/token`, { method: "POST", body: new URLSearchParams(form) });
    const { access_token: token } = await reply.json();
    const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "jira_whoami", arguments: {} } };
    const called = await fetch(this.mcp, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${token}`,
        Accept: "application/json, text/event-stream",
        "Content-Type": "application/json",
      },
      body: JSON.stringify(call),
    });
    const { result } = await called.json();
    return JSON.parse(result.content[0].text).name;
  }
}
