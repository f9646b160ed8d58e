"""Thirty plain requests, as a developer, a lead, support and a maker say them, and how few calls answer each.

Each is played by the ideal agent on the sandbox's own issues, without anything prepared: `run.py` counts the calls and
fails when there are more than the ideal says. Whether the request was met is asked of the sandbox itself.
"""

from tasks import active_sprint, found, keys


def open_key(agent, project, place=0):
    """An issue that is not done, as a person would name it."""
    jql = f"project = {project} AND statusCategory = 'To Do' AND issuetype not in subTaskIssueTypes() ORDER BY key DESC"
    return found(agent, jql, "summary")[place]["key"]


def on_my_plate(agent):
    jql = "assignee = currentUser() AND statusCategory != Done ORDER BY updated DESC"
    assert keys(agent("jira_search", jql=jql)) == [issue["key"] for issue in found(agent, jql)][:25]


def behind_a_link(agent):
    read = agent("jira_get_issue", issue_key="https://sandbox.atlassian.net/browse/ACME-9")
    assert read["summary"] == agent.jira.fields("ACME-9", "summary")["summary"] and read["description"]


def said_lately(agent):
    said = agent("jira_get_comments", issue_key="ACME-30", since="-30d")["comments"]
    assert all(comment["author"] and comment["body"] for comment in said)


def start(agent):
    key = open_key(agent, "ACME")
    agent("jira_transition_issue", issue_key=key, transition="in progress")
    assert agent.jira.fields(key, "status")["status"]["name"] == "In Progress"


def review_and_tell(agent):
    key = open_key(agent, "ACME", 1)
    agent("jira_transition_issue", issue_key=key, transition="In Review", comment="@[Ben Developer] over to you")
    assert agent.jira.fields(key, "status")["status"]["name"] == "In Review"
    newest = agent.jira.rest(f"issue/{key}/comment", orderBy="-created")["comments"][0]
    assert newest["body"]["content"][0]["content"][0]["type"] == "mention"


def two_hours(agent):
    agent("jira_add_worklog", issue_key="ACME-12", time_spent="2h", started="yesterday 14:00")
    logged = agent.jira.rest("issue/ACME-12/worklog", maxResults=100)["worklogs"]
    assert any(one["timeSpentSeconds"] == 7200 and "T14:00" in one["started"] for one in logged)


def bug_for_dana(agent):
    asked = {"project_key": "ACME", "issue_type": "Bug", "summary": "Crash on start"}
    failed, fault = agent.attempt("jira_create_issue", **asked, assignee="Dana")
    assert failed and len(fault["candidates"]) == 1, "a first name alone is a question"
    made = agent("jira_create_issue", **asked, assignee="Dana Analyst")
    assert agent.jira.fields(made["key"], "assignee")["assignee"]["displayName"] == "Dana Analyst"


def stack_trace(agent):
    agent("jira_add_attachment", issue_key="ACME-9", file_name="trace.txt", text="it broke here")
    assert "trace.txt" in [file["filename"] for file in agent.jira.fields("ACME-9", "attachment")["attachment"]]


def this_blocks_that(agent):
    agent("jira_link_issues", from_key="ACME-15", relation="blocks", to_key="MOB-5")
    links = agent.jira.fields("ACME-15", "issuelinks")["issuelinks"]
    assert "MOB-5" in [link["outwardIssue"]["key"] for link in links if "outwardIssue" in link]


def what_happened(agent):
    told = agent("jira_get_changelog", issue_key="ACME-9", fields=["status"])
    assert all(change["field"] == "status" for change in told["changes"])


def sprint_now(agent):
    stands = agent("jira_get_sprint_issues", sprint_id="active", project_key="ACME", max_results=0)
    assert stands["sprint"]["name"] == active_sprint(agent)["name"] and stands["by_status"]


def last_sprint(agent):
    report = agent("jira_get_sprint_report", sprint_id="last", board_id="ACME")
    closed = agent.jira.agile("board/1/sprint", state="closed")["values"]
    assert report["sprint"]["name"] == max(closed, key=lambda sprint: sprint["completeDate"])["name"]
    assert {"done", "not_done", "added", "removed"} <= set(report["counts"])


def came_in_late(agent):
    report = agent("jira_get_sprint_report", sprint_id="active", board_id="ACME")
    counts = report["counts"]
    total = len(found(agent, f"sprint = {active_sprint(agent)['id']}"))
    assert counts["at_start"] + counts["added"] == total + counts["removed"]


def epic_progress(agent):
    epic = found(agent, "project = ACME AND issuetype = Epic ORDER BY key", "summary")[0]["key"]
    tree = agent("jira_get_epic_tree", issue_key=epic)
    children = found(agent, f"parent = {epic}")
    assert sum(tree["children_by_status"].values()) == len(children) <= tree["progress"]["total"]


def in_the_way(agent):
    told = agent("jira_get_dependencies", sprint_id=active_sprint(agent)["name"])
    assert told["asked"] == len(found(agent, f"sprint = {active_sprint(agent)['id']}")) and "blockers" in told


def across_projects(agent):
    told = agent("jira_get_dependencies", jql="project = ACME AND issueLinkType = blocks")
    pairs = {(row["key"], blocked["key"]) for row in told["blockers"] for blocked in row["blocks"]}
    assert len(pairs) <= told["open_links"] and all(first != second for first, second in pairs)


def bugs_by_person(agent):
    jql = "project = ACME AND issuetype = Bug AND statusCategory != Done"
    assert agent("jira_search", jql=jql, group_by="assignee")["count"] == len(found(agent, jql))


def give_to_ben(agent):
    failed, _ = agent.attempt("jira_update_issue", issue_key="ACME-12", assignee="Ben")
    assert failed, "a first name alone is a question"
    agent("jira_update_issue", issue_key="ACME-12", assignee="Ben Developer")
    assert agent.jira.fields("ACME-12", "assignee")["assignee"]["displayName"] == "Ben Developer"


def next_sprint(agent):
    key = open_key(agent, "ACME", 2)
    agent("jira_move_to_sprint", issue_keys=[key], sprint_id="ACME Sprint 8")
    assert [issue["key"] for issue in found(agent, f"key = {key} AND sprint = 8")] == [key]


def label_both(agent):
    for key in ("ACME-20", "ACME-21"):
        agent("jira_update_issue", issue_key=key, add_labels=["release-note"])
    assert all("release-note" in agent.jira.fields(key, "labels")["labels"] for key in ("ACME-20", "ACME-21"))


def filed_this_week(agent):
    jql = "project = OPS AND created >= -7d ORDER BY created DESC"
    assert keys(agent("jira_search", jql=jql)) == [issue["key"] for issue in found(agent, jql)][:25]


def mentions_me(agent):
    told = agent("jira_get_mentions", since="-30d", project_key="ACME")
    assert all(row["key"].startswith("ACME-") for row in told["mentions"]) and told["searched"] == "all"


def only_for_us(agent):
    made = agent("jira_add_comment", issue_key="OPS-3", body="we are on it", internal=True)
    comment = agent.jira.rest(f"issue/OPS-3/comment/{made['comment_id']}")
    assert comment.get("jsdPublic") is False or comment["body"]["content"]


def resolve(agent):
    key = found(agent, "project = OPS AND statusCategory = 'In Progress' ORDER BY key", "summary")[0]["key"]
    steps = agent("jira_list_transitions", issue_key=key)["transitions"]
    step = next(step for step in steps if step["to"] in ("Resolved", "Closed"))
    more = {"resolution": "Done"} if step.get("required") else {}
    agent("jira_transition_issue", issue_key=key, transition=step["to"], **more)
    assert agent.jira.fields(key, "status")["status"]["name"] == step["to"]


def linked_to(agent):
    issues = found(agent, "project = OPS ORDER BY key", "issuelinks")
    key = next(issue["key"] for issue in issues if issue["fields"]["issuelinks"])
    listed = agent("jira_list_links", issue_key=key)
    assert len(listed.get("links", [])) == len(agent.jira.fields(key, "issuelinks")["issuelinks"])


def keep_me_posted(agent):
    agent("jira_watch_issue", issue_key="OPS-4")
    assert agent.jira.rest("issue/OPS-4/watchers")["isWatching"]


def who_and_may_i(agent):
    me = agent("jira_whoami", include_permissions=True, project_key="MOB")
    assert me["name"] == agent.jira.rest("myself")["displayName"] and me["can"]


def needed_for_a_bug(agent):
    fields = agent("jira_get_create_fields", project_key="MOB", issue_type="Bug")
    assert fields["required"]


def points_field(agent):
    named = [field["id"] for field in agent("jira_find_fields", query="story points")["fields"]]
    assert {field["id"] for field in agent.jira.rest("field") if field["name"] == "Story Points"} <= set(named)


def new_version(agent):
    agent("jira_save_version", project_key="ACME", name="30.0", release_date="next friday")
    saved = [version for version in agent.jira.rest("project/ACME/versions") if version["name"] == "30.0"]
    assert len(saved) == 1 and saved[0]["releaseDate"]


# Who says it, what they say, the fewest calls that answer it, and how.
REQUESTS = [
    ("developer", "What's on my plate?", 1, on_my_plate),
    ("developer", "What does https://sandbox.atlassian.net/browse/ACME-9 want from me?", 1, behind_a_link),
    ("developer", "What has been said on ACME-30 in the last month?", 1, said_lately),
    ("developer", "I'm starting on this one.", 1, start),
    ("developer", "Ready for review, and tell Ben Developer.", 1, review_and_tell),
    ("developer", "I spent two hours on ACME-12 yesterday from two o'clock.", 1, two_hours),
    ("developer", "Crash on start in ACME. File it for Dana.", 2, bug_for_dana),
    ("developer", "Put this stack trace on ACME-9.", 1, stack_trace),
    ("developer", "MOB-5 can't go on before ACME-15 is done.", 1, this_blocks_that),
    ("developer", "When did ACME-9 change its status, and who did it?", 1, what_happened),
    ("lead", "How is the ACME sprint going?", 1, sprint_now),
    ("lead", "How did our last sprint go? We are on the ACME board.", 1, last_sprint),
    ("lead", "What slipped into the ACME sprint after we started?", 1, came_in_late),
    ("lead", "How far along is that epic?", 1, epic_progress),
    ("lead", "What stands in the way of this sprint?", 1, in_the_way),
    ("lead", "Where does ACME wait for other teams, or they for us?", 1, across_projects),
    ("lead", "Who has how many open bugs in ACME?", 1, bugs_by_person),
    ("lead", "Give ACME-12 to Ben.", 2, give_to_ben),
    ("lead", "That one goes into ACME Sprint 8.", 1, next_sprint),
    ("lead", "ACME-20 and ACME-21 belong in the release notes: label them release-note.", 2, label_both),
    ("support", "What came in for OPS in the last seven days?", 1, filed_this_week),
    ("support", "Did anybody mention me in ACME this month?", 1, mentions_me),
    ("support", "Note on OPS-3 that we're on it, but not for the customer.", 1, only_for_us),
    ("support", "This one is fixed, close it.", 2, resolve),
    ("support", "What is this request linked to?", 1, linked_to),
    ("support", "Keep me posted on OPS-4.", 1, keep_me_posted),
    ("maker", "Whom am I signed in as, and what may I do in MOB?", 1, who_and_may_i),
    ("maker", "What must be filled in for a bug in MOB?", 1, needed_for_a_bug),
    ("maker", "Which field holds our story points?", 1, points_field),
    ("maker", "We ship ACME 30.0 next Friday: make the version.", 1, new_version),
]
