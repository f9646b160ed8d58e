// A load test with k6: what Copilot Studio sends for one turn of a user, again and again.
//
//     MCP_URL=https://…/jira-mcp/mcp MCP_TOKEN=… k6 run --no-usage-report deploy/load/k6.js
//
// 100 users for 30 seconds; `--vus` and `--duration` on the command line say otherwise. From the environment:
//
//     MCP_URL              the endpoint
//     MCP_TOKEN            the bearer; several with commas, of which each user takes one
//     MCP_GATEWAY_TOKEN    sent as X-Gateway-Token, where the bridge is called past its gateway
//     MCP_TOOL             what is called, jira_whoami without it; only what reads
//     MCP_ARGUMENTS        its arguments as JSON, {} without it
//     PAUSE_S              what a user waits between two turns, 0 without it
//     P95_MS               bound of the 95th percentile of tools/list, 1000 without it
//     CALL_P95_MS          the same of tools/call, 5000 without it
//
// A value that cannot be read ends the test before it begins, and names the setting.
//
// tools/list never asks Jira: its time is what the network, the gateway and the bridge add. The two bounds without a value
// of yours are no promise, they only find a server that hangs: take them from a first run on your own machines.
//
// One bearer is one user. RATE_LIMIT_PER_USER_PER_MINUTE, MAX_CONCURRENT_PER_USER and the gateway's limits hold here too: give
// as many bearers as you have users, or raise them for the test. Every turn costs a call of the OAuth app's quota at Jira.

import http from 'k6/http';
import { check, sleep } from 'k6';

const setting = (name, without) => (__ENV[name] === undefined || __ENV[name] === '' ? without : __ENV[name]);
const url = __ENV.MCP_URL;
const tokens = (__ENV.MCP_TOKEN || '').split(',').map((one) => one.trim()).filter((one) => one !== '');
const tool = setting('MCP_TOOL', 'jira_whoami');

// A wrong setting ends the test before it begins: NaN would be no bound and no pause, and say nothing.
function number(name, without, least) {
  const text = setting(name, without);
  if (!/^[0-9]+(\.[0-9]+)?$/.test(text) || Number(text) < least) {
    throw new Error(`${name} is ${JSON.stringify(text)}: give a number such as ${without}${least > 0 ? ', larger than 0' : ''}.`);
  }
  return Number(text);
}
function object(name) {
  let read;
  try {
    read = JSON.parse(setting(name, '{}'));
  } catch (_) {
    read = undefined;
  }
  if (read === null || typeof read !== 'object' || Array.isArray(read)) {
    throw new Error(`${name} is no JSON object: give the arguments of ${tool}, such as {"jql": "project = ACME"}.`);
  }
  return read;
}
const toolArguments = object('MCP_ARGUMENTS');
const pause = number('PAUSE_S', '0', 0);
const listBound = number('P95_MS', '1000', 1e-9);
const callBound = number('CALL_P95_MS', '5000', 1e-9);

if (!url || tokens.length === 0) {
  throw new Error('Set MCP_URL to the address of /mcp and MCP_TOKEN to a bearer that it takes.');
}

export const options = {
  vus: 100,
  duration: '30s',
  thresholds: {
    http_req_failed: ['rate<0.05'],
    checks: ['rate>0.99'],
    'http_req_duration{name:tools/list}': [`p(95)<${listBound}`],
    'http_req_duration{name:tools/call}': [`p(95)<${callBound}`],
  },
};

// No Origin and no MCP-Protocol-Version: Copilot Studio sends neither.
function post(message) {
  const headers = {
    Accept: 'application/json,text/event-stream',
    'Content-Type': 'application/json; charset=utf-8',
    'User-Agent': 'CopilotStudio PowerFx/1.99.0-local',
    Authorization: `Bearer ${tokens[(__VU - 1) % tokens.length]}`,
  };
  if (setting('MCP_GATEWAY_TOKEN')) {
    headers['X-Gateway-Token'] = setting('MCP_GATEWAY_TOKEN');
  }
  return http.post(url, JSON.stringify(message), { headers, tags: { name: message.method }, timeout: '110s' });
}

// The result of a JSON-RPC answer to this very request; nothing for an error, another id, or what is no JSON.
function result(answer, id) {
  try {
    const reply = answer.json();
    return answer.status === 200 && reply.jsonrpc === '2.0' && reply.id === id ? reply.result : undefined;
  } catch (_) {
    return undefined;
  }
}

// Said once by each user: a limit that is kept looks like a server that fails.
let hasWarned = false;
function warnOfLimits(answer) {
  if (!hasWarned && (answer.status === 429 || String(answer.body).includes('too many calls'))) {
    hasWarned = true;
    console.warn('refused by a limit of one user: more bearers in MCP_TOKEN, or limits that are raised for the test (head of this file)');
  }
}

// What a tool says is JSON text; a failed call has the status 200 too, and isError.
function said(outcome) {
  try {
    return outcome && outcome.isError !== true && JSON.parse(outcome.content[0].text) !== null;
  } catch (_) {
    return false;
  }
}

export default function () {
  const hello = {
    protocolVersion: '2024-11-05',
    capabilities: {},
    clientInfo: { name: 'mcs', version: '1.0.0', agentName: 'load test', channelId: 'pva-studio' },
    sessionContext: {},
  };
  const opened = post({ jsonrpc: '2.0', id: '1', method: 'initialize', params: hello });
  check(opened, {
    'initialize answers with the version that was asked for': (r) => (result(r, '1') || {}).protocolVersion === '2024-11-05',
  });

  const noted = post({ jsonrpc: '2.0', id: null, method: 'notifications/initialized' });
  check(noted, { 'a notification gets 202 and no body': (r) => r.status === 202 && !r.body });

  const listed = post({ jsonrpc: '2.0', id: '2', method: 'tools/list', params: {} });
  check(listed, {
    'tools/list holds the tool': (r) => ((result(r, '2') || {}).tools || []).some((one) => one.name === tool),
  });

  const called = post({ jsonrpc: '2.0', id: '3', method: 'tools/call', params: { name: tool, arguments: toolArguments } });
  warnOfLimits(called);
  check(called, { 'tools/call succeeds': (r) => said(result(r, '3')) });

  sleep(pause);
}
