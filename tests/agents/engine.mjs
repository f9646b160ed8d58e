// Microsoft's client for JavaScript, direct to engine: `node engine.mjs JSON` with `url`, `token`, `steps`.
// It never says that it was refused, and asks again for ever; so it is given so much time and no more.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const { url, token, steps, patience } = JSON.parse(process.argv[2]);
// The packages lie in the cache, not beside this file.
const require = createRequire(`${process.env.NPM_FOLDER}/`);
const { CopilotStudioClient } = require("@microsoft/agents-copilotstudio-client");
const { Activity } = require("@microsoft/agents-activity");

const client = new CopilotStudioClient({ directConnectUrl: url }, token);
const told = [];
let refused = null;
for (const step of steps) {
  const heard = [];
  const turn = listen(step, heard).then(() => null, String);
  const fault = await Promise.race([turn, sleep(patience).then(() => "no end")]);
  told.push({ step: step.name, fault, heard: [...heard] });
  if (step.event && fault) {
    refused = fault;
    break;
  }
}
const folder = `${process.env.NPM_FOLDER}/node_modules/@microsoft/agents-copilotstudio-client`;
const { version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
process.stdout.write(`${JSON.stringify({ version, told, refused })}\n`, () => process.exit(0));

async function listen(step, heard) {
  const said = () => client.sendActivityStreaming(Activity.fromObject({ type: "message", text: step.text }));
  for await (const activity of step.event ? client.startConversationStreaming(true) : said()) heard.push(activity);
}
