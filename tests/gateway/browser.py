"""A person's browser without JavaScript: keeps cookies by their rules, follows redirects, presses the buttons of forms."""

import sys
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from client import send

HOPS_MAX = 10


class Page(HTMLParser):
    """The forms of a page: address, hidden fields, buttons."""

    def __init__(self, text):
        super().__init__()
        self.forms = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag == "form":
            self.forms.append({"action": named.get("action", ""), "fields": [], "buttons": []})
        elif tag in ("input", "button") and self.forms and named.get("type", "submit") != "hidden":
            self.forms[-1]["buttons"].append((named.get("name"), named.get("value")))
        elif tag == "input" and self.forms:
            self.forms[-1]["fields"].append((named["name"], named.get("value", "")))


class Browser:
    """`url` and `reply` are what is shown; an address that begins with `stop` is a client's own and never opened."""

    def __init__(self, stop):
        self.stop, self.jar, self.set_lines = stop, {}, []
        self.url = self.reply = None

    def open(self, url, method="GET", body=b"", headers=()):
        for _ in range(HOPS_MAX):
            if url.startswith(self.stop):
                self.url, self.reply = url, None
                return self
            self.url, self.reply = url, self.ask(url, method, body, headers)
            if self.reply.status not in (302, 303):
                return self
            url, method, body, headers = urljoin(url, self.reply["Location"]), "GET", b"", ()
        raise RuntimeError(f"redirects without an end: {url}")

    def ask(self, url, method, body, headers):
        # Cookies know no ports, so each server of this machine is told apart here.
        host = urlsplit(url).netloc
        cookies = "; ".join(f"{name}={text}" for (at, name), text in self.jar.items() if at == host)
        reply = send(url, method, [*headers, ("Accept", "text/html"), *([("Cookie", cookies)] if cookies else [])], body)
        for line in (text for name, text in reply.lines if name.lower() == "set-cookie"):
            self.set_lines.append(line)
            pair, *rules = [part.strip() for part in line.split(";")]
            name, _, text = pair.partition("=")
            if name.startswith("__Host-") and not {"Secure", "Path=/"} <= set(rules):
                continue
            self.jar[host, name] = text
            if "Max-Age=0" in rules:
                del self.jar[host, name]
        return reply

    def press(self, name=None, value=None):
        """The button with that name and value; without them the page's first form."""
        forms = Page(self.reply.body.decode()).forms
        form = next(form for form in forms if name is None or (name, value) in form["buttons"])
        body = urlencode([*form["fields"], *([(name, value)] if name else [])]).encode()
        origin = "http://" + urlsplit(self.url).netloc
        headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", origin), ("Sec-Fetch-Site", "same-origin")]
        return self.open(urljoin(self.url, form["action"] or self.url), "POST", body, headers)


def agree(url, stop):
    """Consents and signs in as Anna; the address at which the client gets its answer."""
    return Browser(stop).open(url).press("decision", "allow").press("user", "anna").url


if __name__ == "__main__":
    print(agree(*sys.argv[1:]))
