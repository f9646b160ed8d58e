// The official TypeScript clients with their own sign-in, given nothing but a URL: prints who they work as. `sdk` is the 1.x
// package, `client` the 2.x one.

import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";

const [library, url, browser] = process.argv.slice(2);
// The packages lie in the cache, not beside this file.
const require = createRequire(`${process.env.NPM_FOLDER}/`);
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
const kept = {};
let answer;
const provider = {
  redirectUrl: redirect,
  clientMetadata: { client_name: "interop", redirect_uris: [redirect], token_endpoint_auth_method: "none" },
  clientInformation: () => kept.client,
  saveClientInformation: (client) => void (kept.client = client),
  tokens: () => kept.tokens,
  saveTokens: (tokens) => void (kept.tokens = tokens),
  codeVerifier: () => kept.verifier,
  saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
  redirectToAuthorization: (address) => {
    const shown = execFileSync("python3", ["-B", browser, String(address), redirect], { encoding: "utf8" });
    answer = new URL(shown.trim()).searchParams;
  },
};

const transport = () => new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
const first = transport();
try {
  await new Client({ name: "interop", version: "1" }).connect(first);
  throw new Error("nobody asked for a sign-in");
} catch (error) {
  if (!(error instanceof UnauthorizedError)) throw error;
}
await first.finishAuth(library === "client" ? answer : answer.get("code"));
const client = new Client({ name: "interop", version: "1" });
await client.connect(transport());
const found = await client.callTool({ name: "jira_whoami", arguments: {} });
console.log(found.content[0].text);
process.exit(0);
