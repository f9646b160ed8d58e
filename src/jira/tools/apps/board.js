// A sprint or a backlog as a board: a column for each status.
let asked = {};
let first;
let issues = [];

const RANKS = [[/^(to ?do|open|new|backlog)/i, 0], [/(done|closed|resolved|cancel)/i, 2]];
const rank = (status) => RANKS.find(([words]) => words.test(status))?.[1] ?? 1;

function board({ failed, value }, focus) {
  if (failed) return show([heading(TITLE), alerted(failed)], focus);
  first ??= value;
  issues = issues.concat(value.issues ?? []);
  const counts = first.by_status ?? {};
  const names = [...new Set([...Object.keys(counts), ...issues.map(({ status }) => status ?? "No status")])];
  names.sort((one, other) => rank(one) - rank(other));
  const sprint = first.sprint ?? {};
  const days = [sprint.start, sprint.end].filter(Boolean).map((time) => time.slice(0, 10)).join(" to ");
  show(
    [
      heading(sprint.name ?? "Backlog"),
      el("p", { class: "quiet" }, [sprint.state, days, sprint.goal && `Goal: ${sprint.goal}`, total()].filter(Boolean).join(" · ")),
      el("div", { class: "columns" }, names.map((name) => column(name, counts[name]))),
      value.next_page_token && el("div", { class: "actions" }, more(value.next_page_token)),
    ],
    focus,
  );
}

const total = () => first.total !== undefined && `${issues.length} of ${first.total} issues are shown`;

function column(name, count) {
  const here = issues.filter(({ status }) => (status ?? "No status") === name);
  const cards = here.map(({ key, summary, assignee }) =>
    el("li", {}, el("article", {},
      el("p", {}, link(`${first.browse ?? ""}${key}`, key)),
      el("p", {}, summary ?? ""),
      el("p", { class: "quiet" }, assignee ?? "Unassigned"))));
  return el("section", {}, el("h2", {}, `${name} (${count ?? here.length})`), cards.length > 0 && el("ul", { class: "cards" }, cards));
}

function more(token) {
  const next = async (event) => {
    event.target.disabled = true;
    const page = await host.call(TOOL, { ...asked, next_page_token: token });
    board(page, true);
  };
  return el("button", { type: "button", onclick: next }, "Show more");
}

waitingFor("Waiting for Jira…");
host.begin({ input: (args) => (asked = args), result: board });
