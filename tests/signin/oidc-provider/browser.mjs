// A browser without scripts: cookies by path, redirects, forms by their buttons.

const HOPS_MAX = 12;

export class Browser {
  #jar = new Map();

  /** Follows redirects, but none to an address that begins with `stop`. */
  async open(url, { stop, method = "GET", body } = {}) {
    for (let hop = 0; hop < HOPS_MAX; hop += 1) {
      const headers = { cookie: this.#cookies(url) };
      if (body !== undefined) {
        headers["content-type"] = "application/x-www-form-urlencoded";
        headers.origin = new URL(url).origin;
      }
      const response = await fetch(url, { method, headers, body, redirect: "manual" });
      response.headers.getSetCookie().forEach((line) => this.#take(line));
      const page = { status: response.status, url, text: await response.text(), location: undefined };
      const location = response.headers.get("location");
      if (!location) return page;
      page.location = new URL(location, url).href;
      if (stop && page.location.startsWith(stop)) return page;
      [url, method, body] = [page.location, "GET", undefined];
    }
    throw new Error(`redirects without end: ${url}`);
  }

  /** Sends the page's first form, with a button and what a person types. */
  async press(page, { button, fields = {}, stop } = {}) {
    const form = page.text.match(/<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/);
    if (!form) throw new Error(`no form at ${page.url} (${page.status}): ${words(page)}`);
    const body = new URLSearchParams();
    for (const [tag] of form[2].matchAll(/<input[^>]*>/g)) {
      const name = attribute(tag, "name");
      if (name) body.append(name, fields[name] ?? attribute(tag, "value") ?? "");
    }
    if (button) body.append(...button);
    const url = new URL(unescaped(form[1]), page.url).href;
    return this.open(url, { stop, method: "POST", body: body.toString() });
  }

  #cookies(url) {
    const { pathname } = new URL(url);
    const fits = [...this.#jar].filter(([, { path }]) => pathname.startsWith(path));
    return fits.map(([name, { value }]) => `${name}=${value}`).join("; ");
  }

  #take(line) {
    const [pair, ...attributes] = line.split(";").map((part) => part.trim());
    const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
    const named = Object.fromEntries(attributes.map((part) => part.split("=")).map(([n, v]) => [n.toLowerCase(), v ?? ""]));
    const isOver = named["max-age"] === "0" || (named.expires && Date.parse(named.expires) < Date.now());
    if (isOver) this.#jar.delete(name);
    else this.#jar.set(name, { value, path: named.path ?? "/" });
  }
}

/** What a person reads. */
export const words = ({ text }) => text.replace(/<style>[\s\S]*?<\/style>|<[^>]*>/g, " ").replace(/\s+/g, " ").trim().slice(0, 300);

export const has = ({ text }, name) => new RegExp(`<button[^>]*name="${name}"`).test(text);

const attribute = (tag, name) => {
  const found = tag.match(new RegExp(`\\s${name}="([^"]*)"`));
  return found && unescaped(found[1]);
};

const unescaped = (text) => text.replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
