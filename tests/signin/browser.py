"""A person's browser without JavaScript: keeps cookies by their rules, follows redirects, presses the buttons of forms.

`browser.py ADDRESS [STOP]` agrees to what a client asks for, as the person whose name stands in the file $SIGNIN_PERSON, and
prints where it ended. Each run adds a line to the file $SIGNIN_OPENED.
"""

import os
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

from exchange import send

HOPS_MAX = 10
# A client may open the browser before it listens for the answer.
LISTENS_SECONDS = 60
NOWHERE = "nowhere:"


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

    def __init__(self, stop=NOWHERE):
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
        lines = [*headers, ("Accept", "text/html"), *([("Cookie", cookies)] if cookies else [])]
        reply = send_when_it_listens(url, method, lines, body)
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
        form = next((form for form in forms if name is None or (name, value) in form["buttons"]), None)
        if form is None:
            raise RuntimeError(f"{self.url} has no button {name}={value}: {self.reply}")
        body = urlencode([*form["fields"], *([(name, value)] if name else [])]).encode()
        origin = "http://" + urlsplit(self.url).netloc
        headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", origin), ("Sec-Fetch-Site", "same-origin")]
        return self.open(urljoin(self.url, form["action"] or self.url), "POST", body, headers)


def send_when_it_listens(url, method, headers, body):
    end = time.monotonic() + LISTENS_SECONDS
    while True:
        try:
            return send(url, method, headers, body)
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
        time.sleep(0.1)


def agree(url, stop=NOWHERE, person="anna"):
    """Consents and signs in; the address at which the client gets its answer."""
    return Browser(stop).open(url).press("decision", "allow").press("user", person).url


def sign_out(base, person):
    """What the person sees of their programs, before signing out of all of them on the page for that."""
    browser = Browser().open(f"{base}/auth/login").press("user", person)
    shown = browser.open(f"{base}/auth/status").reply.body.decode()
    browser.press()
    return shown, browser.reply


def main(url, stop=NOWHERE):
    if "SIGNIN_OPENED" in os.environ:
        with open(os.environ["SIGNIN_OPENED"], "a") as opened:
            opened.write(f"{url}\n")
    person = Path(os.environ["SIGNIN_PERSON"]).read_text() if "SIGNIN_PERSON" in os.environ else "anna"
    print(agree(url, stop, person))


if __name__ == "__main__":
    main(*sys.argv[1:])
