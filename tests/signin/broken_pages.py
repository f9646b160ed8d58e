"""Faults of the pages, made in front of a good bridge: each must turn the case red that is there for it."""

import re

from broken import located

STYLE = r"style-src '[^']+'"


def page(*pairs, headers=lambda answer: None):
    """Other texts in every page of the bridge's; a style that was changed would be refused by its hash, so any is let in."""

    def change(asked, forward):
        answer = forward(asked)
        if answer["Content-Type"].startswith("text/html"):
            policy = answer["Content-Security-Policy"]
            answer.set("Content-Security-Policy", re.sub(STYLE, "style-src 'unsafe-inline'", policy))
            answer.replace(*pairs)
            headers(answer)
        return answer

    return lambda: change


def style(old, new=""):
    return page((old, new))


def added_to_policy(text):
    return page(headers=lambda answer: answer.set("Content-Security-Policy", answer["Content-Security-Policy"] + text))


def may_be_framed(answer):
    policy = answer["Content-Security-Policy"].replace("frame-ancestors 'none'", "")
    answer.set("Content-Security-Policy", policy).set("X-Frame-Options", None)


def at_answers(route, make):
    def change(asked, forward):
        answer = forward(asked)
        return make(asked, answer) if asked.route == route else answer

    return lambda: change


def without_cookies():
    """What the bridge sets does not arrive."""
    return lambda asked, forward: forward(asked).set("Set-Cookie", None)


def cookies_are_not_needed():
    """Whoever keeps none is given those of the last one who did."""
    kept = {}

    def change(asked, forward):
        others = [(name, text) for name, text in asked.headers if name.lower() != "cookie"]
        if kept:
            asked.headers = [*others, ("Cookie", "; ".join(f"{name}={text}" for name, text in kept.items()))]
        answer = forward(asked)
        for name, text in answer.headers:
            if name.lower() == "set-cookie":
                kept.update([text.partition(";")[0].split("=", 1)])
        return answer

    return change


def each_page_is_another_browser():
    """The second consent page takes the first one's cookie away."""

    def change(asked, forward):
        if (asked.method, asked.route) == ("GET", "/authorize"):
            asked.headers = [(name, text) for name, text in asked.headers if name.lower() != "cookie"]
        return forward(asked)

    return change


def callbacks_work_twice():
    """The answer to a callback is given again, with its code."""
    given = {}

    def change(asked, forward):
        if asked.route != "/auth/callback":
            return forward(asked)
        state = re.search(r"\bstate=[^&]+", asked.path)[0]
        return given.setdefault(state, None) or given.update({state: forward(asked)}) or given[state]

    return change


def deny_allows():
    def change(asked, forward):
        asked.body = asked.body.replace(b"decision=deny", b"decision=allow")
        return forward(asked)

    return change


def nobody_is_signed_out():
    def change(asked, forward):
        if asked.route == "/auth/logout":
            return forward(type(asked)("GET", "/auth/status", asked.headers, b""))
        return forward(asked)

    return change


MOUSE, KEYS, PLAIN = "mouse, desktop, light", "keyboard, phone", "no script, nothing wide"
DAY, NIGHT = "axe, phone, light", "axe, desktop, dark"
ALLOW = 'value="allow"'
# What is broken: the change, the case that must see it, and what that case says then (a pattern).
FAULTS = {
    "the policy has form-action": (added_to_policy("; form-action 'self'"), MOUSE, '"user"'),
    "no cookies are set": (without_cookies, "mouse, phone, dark", '"user"'),
    "the program's name is not shown": (page(("Visual Studio Code", "")), "mouse, phone, light", "lacks Visual Studio Code"),
    "the place of the answer is not shown": (page(("<bdi>127.0.0.1:", "<bdi>")), "mouse, desktop, dark", "lacks 127.0.0.1"),
    "another state comes back": (at_answers("/auth/callback", located(r"\bstate=[^&]+", "state=other")), MOUSE, "no answer"),
    "another issuer answers": (at_answers("/auth/callback", located(r"\biss=[^&]+", "iss=other")), MOUSE, "the answer is of other"),
    "Deny allows": (deny_allows, KEYS, "no answer"),
    "Allow is passed over by Tab": (page((ALLOW, ALLOW + ' tabindex="-1"')), "keyboard, desktop", "'allow'"),
    "the focus cannot be seen": (style("outline:3px solid var(--text)", "outline:none"), KEYS, "the focus cannot be seen"),
    "nobody is signed out": (nobody_is_signed_out, KEYS, "You are signed out"),
    "a page has a script": (page(("</main>", "<script>1</script></main>")), PLAIN, "scripts: 1"),
    "a page has a handler": (page(("<main>", '<main onclick="1">')), PLAIN, "scripts: 1"),
    "a page is wide": (style("main{max-width:36rem", "main{min-width:22rem;max-width:36rem"), PLAIN, "wide: true"),
    "a long name is not broken": (style(";overflow-wrap:anywhere"), PLAIN, "wide: true"),
    "text is small": (style("font:1rem/1.5", "font:.8rem/1.5"), PLAIN, r"small: [1-9]"),
    "buttons are low": (style("min-height:3rem;padding:.5rem", "padding:.1rem"), PLAIN, r"low: [1-9]"),
    "nobody may zoom": (page(("initial-scale=1", "initial-scale=1, maximum-scale=1")), PLAIN, "zoom: true"),
    "the language is not said": (page((' lang="en"', "")), DAY, "html-has-lang"),
    "grey on grey by day": (style("--soft:#44546f", "--soft:#a0a8b4"), DAY, "color-contrast"),
    "grey on grey by night": (style("--soft:#b3bcc7", "--soft:#4a5058"), NIGHT, "color-contrast"),
    "there is no night": (style("@media (prefers-color-scheme:dark)", "@media not all"), "axe, phone, dark", "the ground is"),
    "a button without a name": (page((">Deny</button>", "></button>")), "axe, desktop, light", "button-name"),
    "a foreign page may frame": (page(headers=may_be_framed), "framing", "a foreign page frames"),
    "a sign-in works twice": (callbacks_work_twice, "back button", "backButton"),
    "two tabs are two browsers": (each_page_is_another_browser, "two tabs", "twoTabs"),
    "cookies are not needed": (cookies_are_not_needed, "cookies blocked", "cookiesBlocked"),
}
