// A form for a new issue. It asks Jira which fields there are, shows what would be created, and
// creates it after a press.
const FIELDS = "jira_get_create_fields";
// Fields of Jira that the tool has arguments for; all others go into `fields`.
const ARGUMENTS = {
  summary: "summary", description: "description", assignee: "assignee", priority: "priority", labels: "labels",
  components: "components", fixVersions: "fix_versions", parent: "parent_key", duedate: "due_date",
};
const LISTS = ["labels", "components", "fix_versions"];
let asked = {};
let types = [];
let fields = [];
// One form makes one issue: whoever presses again after an answer was lost gets the first one.
const ONCE = `form-${[...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;

async function result({ failed, value }, focus) {
  if (!failed && value.created) return created(value, focus);
  if (!failed && value.dry_run) return preview(value, focus);
  // The host did not run the tool to an end, so the form does the rest.
  await form(failed, focus);
}

function created(value, focus) {
  show([heading(`${value.key} was created`), el("p", {}, link(value.url, `Open ${value.key} in Jira`))], focus);
}

async function learn() {
  const site = asked.site ? { site: asked.site } : {};
  types = [];
  fields = [];
  if (!asked.project_key) return;
  const project = await host.call(FIELDS, { project_key: asked.project_key, ...site });
  if (project.failed) return project.failed;
  types = (project.value.issue_types ?? []).map(({ name }) => name);
  if (!asked.issue_type || !types.includes(asked.issue_type)) return;
  const known = await host.call(FIELDS, { project_key: asked.project_key, issue_type: asked.issue_type, ...site });
  if (known.failed) return known.failed;
  const required = (known.value.required ?? []).map((field) => ({ ...field, required: true }));
  const usual = (known.value.optional ?? []).filter(({ id }) => id in ARGUMENTS);
  fields = [...required, ...usual].filter(({ id }) => id !== "project" && id !== "issuetype");
}

const others = () => {
  try {
    return typeof asked.fields === "string" ? JSON.parse(asked.fields) : { ...asked.fields };
  } catch {
    return {};
  }
};

async function form(failed, focus) {
  waitingFor("Asking Jira which fields there are…");
  const fault = await learn();
  const given = others();
  const project = input("project_key", "Project key", asked.project_key, true);
  const type = types.length > 0
    ? choice("issue_type", "Issue type", asked.issue_type, types, true)
    : input("issue_type", "Issue type", asked.issue_type, true);
  const other = () => {
    gather(made);
    form(undefined, true);
  };
  project.querySelector("input").addEventListener("change", other);
  type.querySelector("input, select").addEventListener("change", other);
  const rest = fields.length > 0
    ? fields.map((field) => entry(field, given))
    : [input("summary", "Summary", asked.summary, true), area("description", "Description", asked.description)];
  const send = async (event) => {
    event.preventDefault();
    gather(made);
    made.querySelector("button").disabled = true;
    result(await host.call(TOOL, { ...asked, dry_run: true }), true);
  };
  const made = el("form", { onsubmit: send }, project, type, rest,
    el("div", { class: "actions" }, el("button", { class: "act" }, "Preview")));
  show([heading(TITLE), (failed ?? fault) && alerted(failed ?? fault), made], focus);
}

function entry(field, given) {
  const { id, name, type, values, required } = field;
  const argument = ARGUMENTS[id];
  const key = argument ?? `field:${name}`;
  const value = argument ? asked[argument] : given[name] ?? given[id];
  const plain = (values ?? []).every((item) => typeof item === "string");
  if (values?.length > 0 && plain && type !== "several of" && !/^list/.test(type)) return choice(key, name, value, values, required);
  if (type === "rich text") return area(key, name, value, required);
  const kind = type === "date" ? "text" : type === "number" ? "number" : "text";
  const hint = LISTS.includes(argument) ? " (with commas between them)" : "";
  return input(key, `${name}${hint}`, Array.isArray(value) ? value.join(", ") : value, required, kind);
}

const labelled = (name, required, control) =>
  el("label", {}, el("span", {}, `${name}${required ? " (required)" : ""}`), control);

const input = (key, name, value, required, type = "text") =>
  labelled(name, required, el("input", { name: key, type, value: value ?? "", required }));

const area = (key, name, value, required) =>
  labelled(name, required, el("textarea", { name: key, rows: "4", required }, value ?? ""));

const choice = (key, name, value, values, required) =>
  labelled(name, required, el("select", { name: key, required },
    el("option", { value: "" }, "–"),
    values.map((one) => el("option", { value: one, selected: sameWord(one, value) }, one))));

// Jira takes names in any letter case.
const sameWord = (one, other) => one.toLowerCase() === String(other ?? "").toLowerCase();

// Takes what the form holds into the tool's arguments.
function gather(made) {
  const given = others();
  for (const [key, raw] of new FormData(made)) {
    const value = raw.trim();
    const own = key.startsWith("field:") ? key.slice(6) : undefined;
    const list = () => value.split(",").map((part) => part.trim()).filter(Boolean);
    if (own !== undefined) {
      // Given by its id, it would stand there twice.
      const id = fields.find(({ name }) => name === own)?.id;
      delete given[id];
      if (value) given[own] = value;
      else delete given[own];
    } else if (value) {
      asked[key] = LISTS.includes(key) ? list() : value;
    } else {
      delete asked[key];
    }
  }
  delete asked.dry_run;
  if (Object.keys(given).length > 0) asked.fields = JSON.stringify(given);
  else delete asked.fields;
}

function preview(value, focus) {
  const { dry_run: _, ...args } = asked;
  const create = async (event) => {
    // A person's press, not one that a script made.
    if (!event.isTrusted) return;
    event.target.disabled = true;
    const reply = await host.call(TOOL, { request_id: ONCE, ...args });
    result(reply, true);
    if (reply.value?.created) host.tell(`The user created ${reply.value.key} with the form.`);
  };
  show(
    [
      heading("This would be created"),
      facts(Object.entries(value.would_create ?? {})),
      el("div", { class: "actions" },
        el("button", { type: "button", onclick: () => form(undefined, true) }, "Change"),
        el("button", { type: "button", class: "act", onclick: create }, TITLE)),
    ],
    focus,
  );
}

waitingFor("Waiting for Jira…");
host.begin({ input: (args) => (asked = { ...args }), result });
