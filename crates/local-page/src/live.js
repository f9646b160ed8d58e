// Keeps what is marked data-live as the server has it, and gives what is marked data-copy a button.
"use strict";

const said = document.getElementById("said");
const { events, every } = document.body.dataset;
let isPaused = false;
let isDue = false;
let isAsking = false;

// What the server said last of each; the page's own buttons are not among it.
const known = new WeakMap();
for (const element of document.querySelectorAll("[data-live]")) known.set(element, element.innerHTML);

function replace(old, fresh) {
  const html = fresh.innerHTML;
  if (known.get(old) === html) return false;
  known.set(old, html);
  const opened = [...old.querySelectorAll("details[open]")].map(({ id }) => id);
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceChildren(...fresh.childNodes);
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  return true;
}

async function refresh() {
  if (isPaused || document.hidden || isAsking) {
    isDue = true;
    return;
  }
  isDue = false;
  isAsking = true;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const old of document.querySelectorAll("[data-live]")) {
      const found = fresh.getElementById(old.id);
      if (!found || !replace(old, found)) continue;
      addButtons(old);
      if (old.id === "news") said.textContent = old.textContent;
    }
  } catch {
    // The server is away; the next event, or the next few seconds, bring it back.
  } finally {
    isAsking = false;
    if (isDue) setTimeout(refresh, 250);
  }
}

function addButtons(root) {
  for (const text of root.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy ${text.dataset.copy}`);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.textContent);
        said.textContent = `Copied ${text.dataset.copy}.`;
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(text);
        said.textContent = "Selected; press the keys that copy.";
      }
    });
    text.after(button);
  }
}

function addPause(root) {
  const button = document.createElement("button");
  button.type = "button";
  const show = () => {
    button.textContent = isPaused ? "Go on updating" : "Pause updates";
  };
  button.addEventListener("click", () => {
    isPaused = !isPaused;
    show();
    if (!isPaused && isDue) refresh();
  });
  show();
  root.append(button);
}

addButtons(document);
if (events || every) {
  addPause(document.querySelector(".updates"));
  document.addEventListener("visibilitychange", () => {
    if (isDue) refresh();
  });
}
if (events) new EventSource(events).addEventListener("change", refresh);
if (every) setInterval(refresh, 1000 * Number(every));
