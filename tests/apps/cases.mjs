// What is done with each page, as a person would.

import assert from "node:assert/strict";

const HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script> "quoted" & done';
const PROJECT = { project_key: "ACME" };

const value = (result) => JSON.parse(result.content[0].text);

async function call(world, name, args) {
  const result = await world.client.callTool({ name, arguments: args });
  assert.ok(!result.isError, `${name}: ${result.content[0].text}`);
  return value(result);
}

const created = (world, summary) =>
  call(world, "jira_create_issue", { ...PROJECT, issue_type: "Bug", summary, description: `Seen: ${summary}` });

async function gone(world, key) {
  const result = await world.client.callTool({ name: "jira_get_issue", arguments: { issue_key: key } });
  return Boolean(result.isError);
}

async function card(world) {
  const { key, url } = await created(world, HOSTILE);
  await call(world, "jira_add_comment", { issue_key: key, body: HOSTILE });
  const { view } = await world.open("jira_get_issue", { issue_key: key, include: ["comments"] });
  assert.equal(await view.getByRole("heading", { level: 1 }).innerText(), HOSTILE);
  assert.equal(await world.frame.evaluate(() => document.querySelectorAll("img, main script").length), 0);
  await view.getByText("Comments (1)").click();
  await view.getByText("Anna Admin, ").waitFor();
  await view.getByRole("link", { name: key }).click();
  await view.getByRole("button", { name: "Open in Jira" }).click();
  assert.deepEqual(world.opened, [url, url]);
  await view.getByRole("button", { name: "Look again" }).press("Enter");
  await world.frame.waitForFunction(() => document.activeElement.tagName === "H1");
  assert.deepEqual(world.calls, [{ name: "jira_get_issue", arguments: { issue_key: key, include: ["comments"] } }]);
  await world.open("jira_get_issue", { issue_key: "ACME-5", include: ["comments"] });
  await world.look("issue");
}

async function noIssue(world) {
  const { view } = await world.open("jira_get_issue", { issue_key: "NO-1" });
  await view.getByRole("alert").getByText("Not found").waitFor();
  await world.look("no-issue");
}

async function board(world) {
  const { view } = await world.open("jira_get_sprint_issues", { sprint_id: "active", ...PROJECT, max_results: 9 });
  const columns = async () => view.locator("section h2").allInnerTexts();
  const [todo, ...others] = (await columns()).map((name) => name.replace(/ \(\d+\)/, ""));
  assert.deepEqual([todo, others.length > 0], ["To Do", true]);
  assert.equal(await view.locator("article").count(), 9);
  await world.look("board");
  await view.getByRole("button", { name: "Show more" }).press("Enter");
  await view.locator("article").nth(17).waitFor();
  assert.equal(await view.locator("article").count(), 18);
  assert.ok(world.calls[0].arguments.next_page_token, JSON.stringify(world.calls));
}

async function form(world) {
  // The agent knows no type, so Jira was not asked, and the person goes on.
  const { result, view } = await world.open("jira_create_issue", { ...PROJECT, summary: "Wrong price", labels: ["shop"] });
  assert.ok(result.isError);
  await view.getByLabel("Issue type").selectOption("Bug");
  await view.getByLabel("Priority").selectOption("High");
  assert.equal(await view.getByLabel("Summary").inputValue(), "Wrong price");
  assert.equal(await view.getByLabel("Labels").inputValue(), "shop");
  await world.look("form");
  await view.getByLabel("Summary").fill(HOSTILE);
  const before = world.calls.length;
  await view.getByRole("button", { name: "Preview" }).click();
  await view.getByRole("heading", { name: "This would be created" }).waitFor();
  assert.equal(world.calls[before].arguments.dry_run, true);
  await world.look("form-preview");
  const press = view.getByRole("button", { name: "Create issue" });
  // What a script presses is no agreement.
  await world.frame.evaluate(() => document.querySelector("button.act").click());
  assert.equal(world.calls.length, before + 1);
  await press.click();
  await view.getByRole("heading", { name: "was created" }).waitFor();
  const [, sent] = world.calls.slice(before);
  const { request_id: id, ...rest } = sent.arguments;
  assert.match(id, /^form-[0-9a-f]{24}$/);
  assert.deepEqual(rest, { ...PROJECT, issue_type: "Bug", summary: HOSTILE, labels: ["shop"], priority: "High" });
  assert.match(world.told[0], /^The user created ACME-\d+ with the form\.$/);
  await world.look("form-created");
}

// The agent made a dry run: the person sees it, and creates it or changes it.
async function dryRun(world) {
  const args = { ...PROJECT, issue_type: "Task", summary: "Count the stock", dry_run: true };
  const { view } = await world.open("jira_create_issue", args);
  await view.getByRole("button", { name: "Change" }).click();
  await view.getByLabel("Summary").fill("");
  await view.getByRole("button", { name: "Preview" }).click();
  assert.equal(await view.getByRole("heading", { level: 1 }).innerText(), "Create issue", "a required field is empty");
  await view.getByLabel("Summary").fill("Count the stock twice");
  await view.getByRole("button", { name: "Preview" }).click();
  await view.getByText("Count the stock twice").waitFor();
  await view.getByRole("button", { name: "Create issue" }).press("Enter");
  await view.getByRole("heading", { name: "was created" }).waitFor();
  assert.equal(world.calls.at(-1).arguments.dry_run, undefined);
}

// A host's own word, without a mark of an error, is no result of the tool.
async function refusedByHost(world) {
  const { key } = await created(world, "stays");
  const { view } = await world.open("jira_delete_issue", { issue_key: key });
  world.instead = { content: [{ type: "text", text: "The user rejected this tool call." }] };
  await view.getByRole("button", { name: "Delete issue" }).click();
  await view.getByRole("alert").getByText("rejected").waitFor();
  assert.deepEqual([world.told, await gone(world, key)], [[], false]);
}

async function confirm(world) {
  const { key } = await created(world, HOSTILE);
  const { result, view } = await world.open("jira_delete_issue", { issue_key: key });
  await view.getByRole("heading", { name: "Delete issue?" }).waitFor();
  assert.ok((await view.locator("dl").first().innerText()).includes(HOSTILE));
  await world.look("confirm-deletion");
  await world.frame.evaluate(() => document.querySelector("button.danger").click());
  assert.deepEqual(world.calls, []);
  assert.equal(await gone(world, key), false);
  await view.getByRole("button", { name: "Delete issue" }).press("Enter");
  await view.getByRole("heading", { name: "Delete issue: done" }).waitFor();
  const token = value(result).confirm;
  assert.deepEqual(world.calls, [{ name: "jira_delete_issue", arguments: { issue_key: key, confirm: token } }]);
  assert.equal(await gone(world, key), true);
  assert.match(world.told[0], /^The user confirmed jira_delete_issue\./);
  await world.look("confirm-done");
}

async function declined(world) {
  const { view } = await world.open("jira_bulk_edit", { jql: "project = ACME AND key >= ACME-101 AND key <= ACME-125", add_labels: ["autumn"] });
  await view.getByText("and 15 more").waitFor();
  await world.look("confirm");
  await view.getByRole("button", { name: "Cancel" }).click();
  await view.getByRole("heading", { name: "Nothing was changed" }).waitFor();
  assert.deepEqual([world.calls, world.told], [[], ["The user declined jira_bulk_edit. Nothing was changed."]]);
}

export const cases = {
  "issue card": ["modern", card],
  "issue that is not there": ["legacy", noIssue],
  "sprint board": ["legacy", board],
  "create form": ["modern", form],
  "create after a dry run": ["legacy", dryRun],
  "a confirmation that the host refuses": ["modern", refusedByHost],
  "confirm a deletion": ["modern", confirm],
  "decline a bulk edit": ["legacy", declined],
};
