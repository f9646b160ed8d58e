// The official TypeScript clients behind a pipe: `sdk` is the 1.x package, `client` the 2.x one.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [library, url, token, mode] = process.argv.slice(2);
const folder = process.env.NPM_FOLDER;
// The packages lie in the cache, not beside this file.
const require = createRequire(`${folder}/`);

function load() {
  if (library === "client") return require("@modelcontextprotocol/client");
  return {
    ...require("@modelcontextprotocol/sdk/client/index.js"),
    ...require("@modelcontextprotocol/sdk/client/streamableHttp.js"),
  };
}

function options() {
  if (mode === "default") return {};
  return { versionNegotiation: { mode: mode === "auto" ? mode : { pin: mode } } };
}

const { Client, StreamableHTTPClientTransport } = load();
const client = new Client({ name: "interop", version: "1" }, options());
const transport = new StreamableHTTPClientTransport(new URL(url), {
  requestInit: { headers: { Authorization: `Bearer ${token}` } },
});
await client.connect(transport);

const manifest = `${folder}/node_modules/@modelcontextprotocol/${library}/package.json`;
const { version } = JSON.parse(readFileSync(manifest, "utf8"));
const negotiated = client.getNegotiatedProtocolVersion?.() ?? transport.protocolVersion;
say({ version, negotiated });

for await (const line of createInterface({ input: process.stdin })) {
  const { method, name, arguments: args } = JSON.parse(line);
  try {
    say(method === "list" ? await client.listTools() : await client.callTool({ name, arguments: args }));
  } catch (fault) {
    say({ fault: String(fault) });
  }
}

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
