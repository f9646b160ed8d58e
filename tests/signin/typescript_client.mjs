// The official TypeScript clients with their own sign-in behind a pipe, given nothing but a URL: one JSON line in, one out. `sdk`
// is the 1.x package, `client` the 2.x one.
//
// `typescript_client.mjs LIBRARY URL [STORE [DOCUMENT]]`: tokens are kept in the file STORE; DOCUMENT is the address of the
// client's metadata document.

import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const [library, url, store, document] = process.argv.slice(2);
const folder = process.env.NPM_FOLDER;
// The packages lie in the cache, not beside this file.
const require = createRequire(`${folder}/`);
const browser = fileURLToPath(new URL("browser.py", import.meta.url));
// Nobody listens there: the browser stops before it.
const redirect = "http://127.0.0.1:9/callback";

function load() {
  if (library === "client") return require("@modelcontextprotocol/client");
  return {
    ...require("@modelcontextprotocol/sdk/client/index.js"),
    ...require("@modelcontextprotocol/sdk/client/streamableHttp.js"),
    ...require("@modelcontextprotocol/sdk/client/auth.js"),
  };
}

const { Client, StreamableHTTPClientTransport, UnauthorizedError } = load();
const kept = store && existsSync(store) ? JSON.parse(readFileSync(store, "utf8")) : {};
const keep = (name, value) => {
  kept[name] = value;
  if (store) writeFileSync(store, JSON.stringify(kept));
};
let answer;
const provider = {
  redirectUrl: redirect,
  clientMetadataUrl: document,
  clientMetadata: { client_name: "interop", redirect_uris: [redirect], token_endpoint_auth_method: "none" },
  state: () => crypto.randomUUID(),
  clientInformation: () => kept.client,
  saveClientInformation: (client) => keep("client", client),
  tokens: () => kept.tokens,
  saveTokens: (tokens) => keep("tokens", tokens),
  codeVerifier: () => kept.verifier,
  saveCodeVerifier: (verifier) => keep("verifier", verifier),
  invalidateCredentials: (what) => {
    if (["all", "tokens"].includes(what)) keep("tokens", undefined);
    if (["all", "client"].includes(what)) keep("client", undefined);
  },
  redirectToAuthorization: async (address) => {
    const shown = await promisify(execFile)("python3", ["-B", browser, String(address), redirect]);
    answer = new URL(shown.stdout.trim()).searchParams;
  },
};

let client, transport;
async function connect() {
  transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
  client = new Client({ name: "interop", version: "1" });
  await client.connect(transport);
}

// What the documentation tells an application to do: finish the sign-in, then try again.
async function signedIn(act, again) {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    await transport.finishAuth(library === "client" ? answer : answer.get("code"));
    return again();
  }
}

await signedIn(connect, connect);
const manifest = `${folder}/node_modules/@modelcontextprotocol/${library}/package.json`;
const { version } = JSON.parse(readFileSync(manifest, "utf8"));
say({ version, negotiated: client.getNegotiatedProtocolVersion?.() ?? transport.protocolVersion });

for await (const line of createInterface({ input: process.stdin })) {
  const { method, name, arguments: args } = JSON.parse(line);
  const call = () => client.callTool({ name, arguments: args });
  try {
    say(method === "grant" ? { client_id: kept.client.client_id, ...kept.tokens } : await signedIn(call, call));
  } catch (fault) {
    say({ fault: String(fault) });
  }
}
process.exit(0);

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
