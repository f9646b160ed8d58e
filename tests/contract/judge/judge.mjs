// Judges exchanges of the service desk API by a client that we did not write: jira.js, whose schemas follow Atlassian's
// OpenAPI document for Jira Service Management. A line of JSON on stdin is one exchange; a line on stdout is what is wrong.
//
// Run with AUDIT_SCHEMAS=true: then the schemas take no member that the document lacks.

import { createInterface } from "node:readline";
import * as desk from "jira.js/serviceDesk";

const HOST = "https://judge.example";
const API = "/rest/servicedeskapi";
const DESK = `${API}/servicedesk/([^/]+)`;
const REQUEST = `${API}/request/([^/]+)`;
const number = (text) => (text === undefined ? undefined : Number(text));
const page = (query) => ({ start: number(query.start), limit: number(query.limit) });

// Method, path, the client's own call for it, and the schema of the answer.
const TABLE = [
  ["GET", `${API}/servicedesk`, (c, _, q) => c.servicedesk.getServiceDesks(page(q)), desk.PagedServiceDeskSchema],
  ["GET", `${DESK}/requesttype`, (c, [d], q) => c.servicedesk.getRequestTypes({ serviceDeskId: d, ...page(q) }), desk.PagedRequestTypeSchema],
  ["GET", `${DESK}/requesttype/([^/]+)/field`, (c, [d, t]) => c.servicedesk.getRequestTypeFields({ serviceDeskId: d, requestTypeId: Number(t) }), desk.CustomerRequestCreateMetaSchema],
  ["GET", `${DESK}/queue`, (c, [d], q) => c.servicedesk.getQueues({ serviceDeskId: d, ...page(q), includeCount: q.includeCount && q.includeCount === "true" }), desk.PagedQueueSchema],
  ["GET", `${DESK}/queue/([^/]+)/issue`, (c, [d, n], q) => c.servicedesk.getIssuesInQueue({ serviceDeskId: d, queueId: Number(n), ...page(q) }), desk.PagedIssueSchema],
  ["GET", REQUEST, (c, [k], q) => c.request.getCustomerRequestByIdOrKey({ issueIdOrKey: k, expand: q.expand?.split(",") }), desk.CustomerRequestSchema],
  ["GET", `${REQUEST}/sla`, (c, [k], q) => c.request.getSlaInformation({ issueIdOrKey: k, ...page(q) }), desk.PagedSlaInformationSchema],
  ["GET", `${REQUEST}/approval`, (c, [k], q) => c.request.getApprovals({ issueIdOrKey: k, ...page(q) }), desk.PagedApprovalSchema],
  ["GET", `${REQUEST}/participant`, (c, [k], q) => c.request.getRequestParticipants({ issueIdOrKey: k, ...page(q) }), desk.PagedUserSchema],
  ["POST", `${API}/request`, (c, _p, _q, body) => c.request.createCustomerRequest(body), desk.CustomerRequestSchema, desk.RequestCreateSchema],
  ["POST", `${REQUEST}/approval/([^/]+)`, (c, [k, a], _, body) => c.request.answerApproval({ issueIdOrKey: k, approvalId: Number(a), ...body }), desk.ApprovalSchema, desk.ApprovalDecisionRequestSchema],
].map(([method, path, call, answer, body]) => ({ method, path: new RegExp(`^${path}$`), name: `${method} ${path}`, call, answer, body }));

let asked;
globalThis.fetch = async (address, options) => {
  const url = new URL(address instanceof Request ? address.url : address);
  asked = { method: options?.method ?? "GET", path: url.pathname, query: queryOf(url.searchParams), body: options?.body && JSON.parse(options.body) };
  return new Response("{}", { status: 200, headers: { "content-type": "application/json" } });
};
const client = desk.createServiceDeskClient({ host: HOST, auth: { type: "basic", email: "a@example.com", apiToken: "x" }, onSchemaMismatch: "silent" });

// A list is the same repeated or with commas.
function queryOf(params) {
  const query = {};
  for (const [name, text] of params) query[name] = query[name] === undefined ? text : `${query[name]},${text}`;
  return query;
}

function canonical(value) {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, canonical(value[name])]));
}

const same = (one, other) => JSON.stringify(canonical(one ?? {})) === JSON.stringify(canonical(other ?? {}));

const complaints = (schema, value) => {
  const read = schema.safeParse(value);
  return read.success ? [] : read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
};

async function judge(exchange) {
  const path = exchange.path.replace(/^\/ex\/jira\/[^/]+/, "");
  const row = TABLE.find((row) => row.method === exchange.method && row.path.test(path));
  if (!row) return { name: null, wrong: ["no such call is known"] };
  const wrong = [];
  const query = queryOf(new URLSearchParams(exchange.query));
  await row.call(client, path.match(row.path).slice(1), query, exchange.body).catch(() => {});
  if (asked.method !== exchange.method || asked.path !== path) wrong.push(`the client asks ${asked.method} ${asked.path}`);
  if (!same(asked.query, query)) wrong.push(`the client's query is ${JSON.stringify(asked.query)}, not ${JSON.stringify(query)}`);
  if (!same(asked.body, exchange.body)) wrong.push(`the client's body is ${JSON.stringify(asked.body)}`);
  if (row.body) wrong.push(...complaints(row.body, exchange.body).map((text) => `body: ${text}`));
  if (exchange.status < 300) {
    wrong.push(...complaints(row.answer, exchange.answer).map((text) => `answer: ${text}`));
    // The judge must notice a member that nobody knows, and one of another kind.
    if (!complaints(row.answer, { ...exchange.answer, unheardOf: 1 }).length) wrong.push("the judge takes anything");
  } else {
    wrong.push(...complaints(desk.ErrorResponseSchema, exchange.answer).map((text) => `refusal: ${text}`));
  }
  return { name: row.name, wrong };
}

const seen = new Set();
let count = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const exchange = JSON.parse(line);
  const { name, wrong } = await judge(exchange);
  count += 1;
  if (name) seen.add(name);
  for (const text of wrong) console.log(`violation: ${exchange.method} ${exchange.path} ${exchange.status}: ${text}`);
}
for (const row of TABLE) if (!seen.has(row.name)) console.log(`never asked: ${row.name}`);
console.log(`${count} exchanges judged, ${seen.size} of ${TABLE.length} calls`);
