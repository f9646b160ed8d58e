// Microsoft's client of Direct Line has a conversation: `node directline.mjs JSON` with `url`, `mode`, `steps`, and a `secret` or
// a `token`. Prints what it heard in each step.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const { url, secret, token, mode, steps, patience } = JSON.parse(process.argv[2]);
// The packages lie in the cache, not beside this file.
const require = createRequire(`${process.env.NPM_FOLDER}/`);
// What the library takes from the browser; sockets are there without help.
globalThis.XMLHttpRequest = require("xmlhttprequest-ssl").XMLHttpRequest;
const { DirectLine, ConnectionStatus } = require("botframework-directlinejs");
// It writes its warnings where the answer belongs.
console.log = console.warn;

const line = new DirectLine({ secret, token, domain: url, webSocket: mode === "socket", pollingInterval: 200 });
const from = { id: "dl_somebody", name: "Somebody", role: "user" };
let heard = [];
let refused = null;
line.connectionStatus$.subscribe((status) => {
  if (status === ConnectionStatus.FailedToConnect || status === ConnectionStatus.ExpiredToken) refused ??= ConnectionStatus[status];
});
line.activity$.subscribe((activity) => heard.push(activity), (fault) => (refused ??= String(fault)));

const told = [];
for (const step of steps) {
  if (refused) break;
  heard = [];
  const activity = step.event ? { type: "event", name: step.event, from } : { type: "message", text: step.text, from };
  const posted = await post(activity);
  if (step.until) await until(() => heard.some((one) => one.type === step.until.type && (one.text ?? "").startsWith(step.until.text)));
  // What comes too much may come a little later.
  await sleep(step.rest ?? 0);
  told.push({ step: step.name, ...posted, heard });
}
const { version } = JSON.parse(readFileSync(`${process.env.NPM_FOLDER}/node_modules/botframework-directlinejs/package.json`, "utf8"));
process.stdout.write(`${JSON.stringify({ version, told, refused })}\n`, () => process.exit(0));

function post(activity) {
  const sent = new Promise((resolve) => {
    line.postActivity(activity).subscribe(
      (id) => resolve(id === "retry" ? { fault: id } : { posted: id }),
      (fault) => resolve({ fault: `${fault.status ?? fault}` }),
    );
  });
  return Promise.race([sent, sleep(patience).then(() => ({ fault: "no answer" }))]);
}

async function until(holds) {
  const end = Date.now() + patience;
  while (!holds() && !refused && Date.now() < end) await sleep(20);
}
