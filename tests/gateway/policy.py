"""A policy of API Management, read: sections of elements, with comments gone and expressions parsed where they stand."""

import re
from pathlib import Path
from xml.etree import ElementTree

import expression

PROJECT = Path(__file__).resolve().parents[2]
FILE, OAUTH_FILE, ENTRA_FILE = (PROJECT / f"apim-policy{kind}.xml" for kind in ("", ".oauth", ".entra"))
SECTIONS = ("inbound", "backend", "outbound", "on-error")
NAMED_VALUE = re.compile(r"\{\{([A-Za-z0-9._-]+)\}\}")


class Policy:
    def __init__(self, text):
        self.text = text
        self.root = ElementTree.fromstring(text)

    @classmethod
    def stored(cls):
        return cls(FILE.read_text())

    def section(self, name):
        """The elements of a section in their order; none if it is missing."""
        found = self.root.find(name)
        return [] if found is None else list(found)

    def every(self):
        """Each element with the section it stands in."""
        for section in SECTIONS:
            for child in self.section(section):
                for element in child.iter():
                    yield section, element

    def texts(self):
        """Each attribute value and each text that is not empty, as (section, element, attribute or None, text)."""
        for section, element in self.every():
            for name, value in element.attrib.items():
                yield section, element, name, value.strip()
            if (element.text or "").strip():
                yield section, element, None, element.text.strip()

    def expressions(self):
        """Each parsed expression; an unreadable one raises."""
        for section, element, _, text in self.texts():
            if text.startswith("@"):
                yield section, element, parsed(text)


def parsed(text):
    """The tree of an expression as it stands in a policy; a named value in it may be a text's part or a number."""
    return expression.parse(NAMED_VALUE.sub("1", text.strip()))


def value(text, facts, named_values):
    """What a text of the policy stands for in one exchange."""
    text = NAMED_VALUE.sub(lambda found: named_values[found.group(1)], text.strip())
    if text.startswith("@"):
        return expression.evaluate(expression.parse(text), facts)
    return text
