"use strict";
// What all pages share: the line to the host, and elements made of texts. Texts of Jira become text
// nodes and nothing else; no page ever makes markup of a string.
// Source: MCP Apps, 2026-01-26.

const TOOL = document.documentElement.dataset.tool;
const TITLE = document.title;

const host = (() => {
  const waiting = new Map();
  const heard = {};
  let last = 0;
  const send = (message) => parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
  const request = (method, params) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      send({ id: last, method, params });
    });
  const context = ({ theme, styles }) => {
    const root = document.documentElement;
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    for (const [name, value] of Object.entries(styles?.variables ?? {})) {
      if (name.startsWith("--") && value) root.style.setProperty(name, value);
    }
  };
  const on = {
    "ui/notifications/host-context-changed": context,
    "ui/notifications/tool-input": (params) => heard.input?.(params.arguments ?? {}),
    "ui/notifications/tool-result": (params) => heard.result?.(read(params)),
    "ui/notifications/tool-cancelled": () => heard.result?.({ failed: { message: "The call was cancelled." } }),
  };
  addEventListener("message", ({ source, data }) => {
    if (source !== parent || data?.jsonrpc !== "2.0") return;
    if (data.method === undefined) {
      const asked = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.error) asked?.reject(new Error(String(data.error.message ?? "The host refused.")));
      else asked?.resolve(data.result);
    } else if (data.id === undefined) {
      on[data.method]?.(data.params ?? {});
    } else if (data.method === "ping" || data.method === "ui/resource-teardown") {
      send({ id: data.id, result: {} });
    } else {
      send({ id: data.id, error: { code: -32601, message: "Method not found" } });
    }
  });
  return {
    // Begins; `hears` has what is done with the tool's arguments and with its result.
    async begin(hears) {
      Object.assign(heard, hears);
      const started = await request("ui/initialize", {
        protocolVersion: "2026-01-26",
        appInfo: { name: TOOL, title: TITLE, version: "1" },
        appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] },
      });
      context(started?.hostContext ?? {});
      send({ method: "ui/notifications/initialized", params: {} });
      new ResizeObserver(() => {
        const { width, height } = document.body.getBoundingClientRect();
        send({ method: "ui/notifications/size-changed", params: { width: Math.ceil(width), height: Math.ceil(height) } });
      }).observe(document.body);
    },
    // Calls a tool of this server with the user's own rights.
    async call(name, args) {
      try {
        return read(await request("tools/call", { name, arguments: args }));
      } catch (fault) {
        return { failed: { message: fault.message } };
      }
    },
    open: (url) => request("ui/open-link", { url }).catch(() => {}),
    // What the model is told of what the person did here.
    tell: (text) => request("ui/update-model-context", { content: [{ type: "text", text }] }).catch(() => {}),
  };
})();

// A tool's result: `{ value }`, or `{ failed }` with message and hint. All results of this server
// are objects, so what is none is a host's own word, such as that the person rejected the call.
function read(result) {
  const text = result?.content?.find((block) => block.type === "text")?.text ?? "";
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  if (!isObject) value = { message: text || "There is no result." };
  return result?.isError || !isObject ? { failed: value, value } : { value };
}

// An element. Children that are no elements become text; those that are nothing are left out.
function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...present(children));
  return made;
}

const present = (children) => children.flat(Infinity).filter((child) => child || child === 0);

const isWeb = (url) => /^https?:\/\//.test(url ?? "");

function link(url, text) {
  if (!isWeb(url)) return el("span", {}, text);
  const go = (event) => {
    event.preventDefault();
    host.open(url);
  };
  return el("a", { href: url, rel: "noreferrer", onclick: go }, text);
}

const heading = (text) => el("h1", { tabindex: "-1" }, text);

// Shows these in place of what was there; `focus` when a person's press brought them.
function show(children, focus = false) {
  document.querySelector("main").replaceChildren(...present(children));
  if (focus) document.querySelector("h1")?.focus();
}

const alerted = (failed) =>
  el("p", { class: "alert", role: "alert" }, [failed.message, failed.hint].filter(Boolean).join(" "));

const named = (key) => (key.charAt(0).toUpperCase() + key.slice(1)).replaceAll("_", " ");

// Any value as a person reads it.
const ITEMS_MAX = 10;
function shown(value) {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== "object")) return value.join(", ");
    const items = value.map((item) => el("li", {}, line(item)));
    const more = items.splice(ITEMS_MAX);
    return [
      el("ul", {}, items),
      more.length > 0 && el("details", {}, el("summary", {}, `and ${more.length} more`), el("ul", {}, more)),
    ];
  }
  if (value !== null && typeof value === "object") return facts(Object.entries(value));
  if (typeof value === "boolean") return value ? "yes" : "no";
  return plain(value);
}

// A time as people write it.
const plain = (value) => String(value ?? "").replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*$/, "$1 $2");

const line = (item) =>
  item !== null && typeof item === "object"
    ? Object.values(item).map((part) => (typeof part === "object" ? JSON.stringify(part) : plain(part))).join(" · ")
    : plain(item);

const facts = (entries) =>
  el("dl", {}, entries.map(([key, value]) => [el("dt", {}, named(key)), el("dd", {}, shown(value))]));

const waitingFor = (text) => show([el("p", { class: "quiet", role: "status" }, text)]);
