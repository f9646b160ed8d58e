"""What a request to Jira costs of the points that all users of an OAuth app share.

Atlassian's published model, "Rate limiting" of Jira Cloud's REST API: each call 1, a read 1 more for each core object of its
answer (issue, project, attachment) and 2 more for each identity object (user, group, role, permission), a write nothing more.
How Atlassian counts objects *within* objects is not published; only the objects that an answer is made of are counted here.
"""

import json
import re
from urllib.parse import urlsplit

# Lists in an answer, by the end of its path, and what one entry costs.
LISTS = [
    (re.compile(r"/search/jql$|/issue/bulkfetch$|/sprint/[^/]+/issue$|/board/[^/]+/(issue|backlog)$"), "issues", 1),
    (re.compile(r"/project/search$"), "values", 1),
    (re.compile(r"/user/search$|/user/assignable/search$|/user/assignable/multiProjectSearch$"), None, 2),
    (re.compile(r"/issue/[^/]+/watchers$"), "watchers", 2),
    (re.compile(r"/mypermissions$"), "permissions", 2),
    (re.compile(r"/project/[^/]+/role(details)?$"), None, 2),
]
# Answers that are one object.
SINGLE = [
    (re.compile(r"/issue/[^/]+$"), 1),
    (re.compile(r"/project/[^/]+$"), 1),
    (re.compile(r"/attachment/[^/]+$"), 1),
    (re.compile(r"/(myself|user)$"), 2),
]
# Reads by POST, whose question is too long for an address.
READS_BY_POST = re.compile(r"/(search/jql|issue/bulkfetch|changelog/bulkfetch|search/approximate-count|jql/parse)$")


def cost(method, target, status, body):
    """Points of one exchange."""
    path = urlsplit(target).path
    if method != "GET" and not READS_BY_POST.search(path):
        return 1
    if status >= 300:
        return 1
    try:
        answer = json.loads(body)
    except ValueError:
        return 1
    for pattern, name, each in LISTS:
        if pattern.search(path):
            held = answer if name is None else answer.get(name) or []
            return 1 + each * len(held)
    return 1 + next((each for pattern, each in SINGLE if pattern.search(path)), 0)


def _checked():
    """Three examples of Atlassian's page, the first ones, and what we read out of it: the model must not drift unseen."""
    issues = json.dumps({"issues": [{}] * 50}).encode()
    users = json.dumps([{}] * 8).encode()
    for expected, exchange in [
        (51, ("POST", "/ex/jira/c/rest/api/3/search/jql", 200, issues)),
        (2, ("GET", "/ex/jira/c/rest/api/3/issue/A-1?fields=summary", 200, b"{}")),
        (17, ("GET", "/ex/jira/c/rest/api/3/user/search?query=a", 200, users)),
        (1, ("POST", "/ex/jira/c/rest/api/3/issue", 201, b"{}")),
        (1, ("PUT", "/ex/jira/c/rest/api/3/issue/A-1", 204, b"")),
        (1, ("GET", "/ex/jira/c/rest/api/3/issue/A-1", 404, b"{}")),
        (1, ("GET", "/ex/jira/c/rest/api/3/issue/A-1/transitions", 200, b"{}")),
    ]:
        assert cost(*exchange) == expected, exchange


_checked()
