// One issue as a card.
let asked = {};
const OWN = ["key", "type", "status", "summary", "description", "url", "comments", "links", "transitions", "changelog"];

function card({ failed, value }, focus) {
  if (failed) return show([heading(TITLE), alerted(failed), actions()], focus);
  const rest = Object.entries(value).filter(([key, item]) => !OWN.includes(key) && !(Array.isArray(item) && item.length === 0));
  show(
    [
      el("p", { class: "quiet" }, link(value.url, value.key), value.type ? ` · ${value.type}` : ""),
      heading(value.summary ?? value.key),
      value.status && el("p", {}, el("span", { class: "badge" }, value.status)),
      facts(rest),
      value.description && [el("h2", {}, "Description"), el("p", { class: "text" }, value.description)],
      linked(value.links ?? []),
      folded("Comments", (value.comments ?? []).map(({ author, created, body }) => [
        el("p", { class: "quiet" }, `${author ?? "Somebody"}, ${(created ?? "").slice(0, 10)}`),
        el("p", { class: "text" }, body ?? ""),
      ])),
      folded("History", (value.changelog ?? []).map(({ when, who, field, from, to }) =>
        el("p", {}, `${(when ?? "").slice(0, 10)} ${who ?? ""}: ${field} ${from ?? "–"} → ${to ?? "–"}`))),
      actions(value.url),
    ],
    focus,
  );
}

const linked = (links) =>
  links.length > 0 && [
    el("h2", {}, "Links"),
    el("ul", {}, links.map(({ relation, key, status, summary }) =>
      el("li", {}, `${relation} ${key}: ${summary ?? ""}${status ? ` (${status})` : ""}`))),
  ];

const folded = (label, items) =>
  items.length > 0 &&
  el("details", {}, el("summary", {}, `${label} (${items.length})`), items.map((item) => el("article", {}, item)));

function actions(url) {
  const again = async (event) => {
    event.target.disabled = true;
    card(await host.call(TOOL, asked), true);
  };
  return el("div", { class: "actions" },
    el("button", { type: "button", onclick: again }, "Look again"),
    isWeb(url) && el("button", { type: "button", onclick: () => host.open(url) }, "Open in Jira"));
}

waitingFor("Waiting for Jira…");
host.begin({ input: (args) => (asked = args), result: card });
