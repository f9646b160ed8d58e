// The dialogue before what cannot be undone: shows the preview, and sends its token after a press.
let asked = {};

function result({ failed, value }, focus) {
  const preview = value?.preview;
  if (preview !== undefined && value.confirm) return question(preview, value.confirm, failed, focus);
  if (failed) return show([heading(TITLE), alerted(failed)], focus);
  show([heading(`${TITLE}: done`), facts(Object.entries(value))], focus);
}

function question(preview, token, failed, focus) {
  const yes = async (event) => {
    // A person's press, not one that a script made.
    if (!event.isTrusted) return;
    const buttons = event.target.parentElement.querySelectorAll("button");
    buttons.forEach((button) => (button.disabled = true));
    const { confirm, ...args } = asked;
    const reply = await host.call(TOOL, { ...args, confirm: token });
    result(reply, true);
    // What asks once more was not done.
    if (!reply.failed && reply.value.preview === undefined) host.tell(`The user confirmed ${TOOL}. Its result: ${JSON.stringify(reply.value)}`);
  };
  const no = () => {
    show([heading("Nothing was changed"), el("p", {}, `${TITLE} was declined.`)], true);
    host.tell(`The user declined ${TOOL}. Nothing was changed.`);
  };
  show(
    [
      heading(`${TITLE}?`),
      failed && alerted(failed),
      el("p", {}, "Nothing has been changed yet. This is what it is about:"),
      facts(Object.entries(preview)),
      el("div", { class: "actions" },
        el("button", { type: "button", onclick: no }, "Cancel"),
        el("button", { type: "button", class: "danger", onclick: yes }, TITLE)),
    ],
    focus,
  );
}

waitingFor("Waiting for Jira…");
host.begin({ input: (args) => (asked = args), result });
