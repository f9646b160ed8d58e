"""The tasks: what somebody says, and how an agent does it. Whether its goal is reached is asked of Jira itself."""

from collections import Counter


def keys(page):
    return [issue["key"] for issue in page["issues"]]


def found(agent, jql, *fields):
    """All issues of a query as Jira has them."""
    issues, query = [], {"jql": jql, "maxResults": 100, "fields": ",".join(fields or ("status",))}
    while True:
        page = agent.jira.rest("search/jql", **query)
        issues += page["issues"]
        if not page.get("nextPageToken"):
            return issues
        query["nextPageToken"] = page["nextPageToken"]


def task(agent, **fields):
    """An issue of the task's own, so that tasks do not disturb each other."""
    return agent("jira_create_issue", **{"project_key": "ACME", "issue_type": "Task", "summary": "A thing to do", **fields})["key"]


def text_of(document):
    """The text of a document, one line for each block."""
    if isinstance(document, dict):
        return document.get("text", "") or "\n".join(filter(None, map(text_of, document.get("content", []))))
    return ""


def my_open_work(agent):
    jql = "assignee = currentUser() AND statusCategory != Done ORDER BY priority DESC, key"
    page = agent("jira_search", jql=jql, max_results=10)
    assert keys(page) == [issue["key"] for issue in found(agent, jql)][:10]


def finished_this_month(agent):
    person = agent("jira_find_users", query="Dana")["users"][0]
    jql = f'assignee = "{person["account_id"]}" AND statusCategory = Done AND resolved >= -60d'
    page = agent("jira_search", jql=jql, fields=["summary", "resolved"], max_results=50)
    assert sorted(keys(page)) == sorted(issue["key"] for issue in found(agent, jql)) and keys(page)


def blocks_a_release(agent):
    versions = agent("jira_get_project", project_key="ACME", include=["versions"])["versions"]
    name = min((version for version in versions if not version["released"]), key=lambda version: version["release"])["name"]
    open_versions = [version for version in agent.jira.rest("project/ACME/versions") if not version["released"]]
    assert name == min(open_versions, key=lambda version: version["releaseDate"])["name"], f"{name} is not the next one"
    jql = f'project = ACME AND fixVersion = "{name}" AND statusCategory != Done'
    assert agent("jira_search", jql=jql, count_only=True)["count"] == len(found(agent, jql))


def read_an_issue(agent):
    read = agent("jira_get_issue", issue_key=f"{agent.jira.site}/browse/ACME-9")
    assert (read["key"], read["summary"]) == ("ACME-9", agent.jira.fields("ACME-9", "summary")["summary"])


def latest_discussion(agent):
    comments = agent("jira_get_comments", issue_key="ACME-30", max_results=5)["comments"]
    newest = agent.jira.rest("issue/ACME-30/comment", orderBy="-created", maxResults=5)["comments"]
    assert sorted(comment["id"] for comment in comments) == sorted(comment["id"] for comment in newest)


def report_a_bug(agent):
    failed, fault = agent.attempt("jira_create_issue", project_key="MOB", issue_type="Bug", summary="Crash on start")
    assert failed and fault["required"]
    field = fault["required"][0]
    value = field["values"][0]
    made = agent("jira_create_issue", project_key="MOB", issue_type="Bug", summary="Crash on start", fields={field["name"]: value})
    read = agent.jira.fields(made["key"], "issuetype", "summary")
    assert (read["issuetype"]["name"], read["summary"]) == ("Bug", "Crash on start")


def create_with_plan(agent):
    key = task(agent, description="## Plan\n\n- [ ] one\n- [ ] two\n\n| a | b |\n| --- | --- |\n| 1 | 2 |", labels="plan")
    read = agent.jira.fields(key, "description", "labels")
    kinds = [block["type"] for block in read["description"]["content"]]
    assert kinds == ["heading", "taskList", "table"] and read["labels"] == ["plan"], kinds


def start_work(agent):
    key = task(agent)
    assert agent("jira_transition_issue", issue_key=key, transition="In Progress")["to"] == "In Progress"
    assert agent.jira.fields(key, "status")["status"]["name"] == "In Progress"


def to_review_and_tell(agent):
    key = task(agent)
    agent("jira_transition_issue", issue_key=key, transition="In Review", comment="@[Ben Developer] please have a look")
    assert agent.jira.fields(key, "status")["status"]["name"] == "In Review"
    comment = agent.jira.rest(f"issue/{key}/comment")["comments"][0]["body"]["content"][0]["content"]
    assert comment[0]["type"] == "mention" and comment[0]["attrs"]["text"] == "@Ben Developer", comment


def close_with_resolution(agent):
    page = agent("jira_search", jql="project = OPS AND statusCategory != Done ORDER BY key", max_results=1)
    key = keys(page)[0]
    steps = agent("jira_list_transitions", issue_key=key)["transitions"]
    step = next((step for step in steps if step.get("required")), steps[0])
    more = {"resolution": step["required"][0]["values"][0]} if step.get("required") else {}
    agent("jira_transition_issue", issue_key=key, transition=step["id"], **more)
    read = agent.jira.fields(key, "status", "resolution")
    assert read["status"]["name"] == step["to"] and (not more or read["resolution"]["name"] == more["resolution"])


def assign_by_name(agent):
    key = task(agent)
    agent("jira_update_issue", issue_key=key, assignee="Dana Analyst")
    assert agent.jira.fields(key, "assignee")["assignee"]["displayName"] == "Dana Analyst"


def who_can_do_it(agent):
    people = agent("jira_find_users", assignable_in="MOB")["users"]
    everybody = agent.jira.rest("user/assignable/search", project="MOB", maxResults=1000)
    expected = sorted(user["accountId"] for user in everybody if user["accountType"] != "app")
    assert sorted(person["account_id"] for person in people) == expected and expected


def below_the_panel(agent):
    before = agent.jira.fields("ACME-8", "description")["description"]["content"]
    agent("jira_update_issue", issue_key="ACME-8", append_description="Added below the panels.")
    after = agent.jira.fields("ACME-8", "description")["description"]["content"]
    assert after[: len(before)] == before and text_of(after[-1]) == "Added below the panels."


def estimate(agent):
    key = task(agent)
    agent("jira_update_issue", issue_key=key, fields={"Story Points": 5})
    points = [field["id"] for field in agent.jira.rest("field") if field["name"] == "Story Points"]
    assert 5 in agent.jira.fields(key, *points).values()


def due_and_priority(agent):
    key = task(agent)
    agent("jira_update_issue", issue_key=key, due_date="2030-05-01", priority="Highest")
    read = agent.jira.fields(key, "duedate", "priority")
    assert (read["duedate"], read["priority"]["name"]) == ("2030-05-01", "Highest")


def log_two_hours(agent):
    key = task(agent)
    agent("jira_add_worklog", issue_key=key, time_spent="2h", started="yesterday 14:00", comment="pairing")
    logged = agent.jira.rest(f"issue/{key}/worklog")["worklogs"]
    # The user's own clock says 14:00, whichever offset it has.
    assert len(logged) == 1 and logged[0]["timeSpentSeconds"] == 7200 and "T14:00:00" in logged[0]["started"], logged


def link_two(agent):
    first, second = task(agent), task(agent)
    agent("jira_link_issues", from_key=first, relation="blocks", to_key=second)
    link = agent.jira.fields(first, "issuelinks")["issuelinks"][0]
    assert (link["type"]["outward"], link["outwardIssue"]["key"]) == ("blocks", second)


def attach_a_page(agent):
    key = task(agent)
    agent("jira_add_remote_link", issue_key=key, url="https://example.com/design", title="The design")
    assert agent.jira.rest(f"issue/{key}/remotelink")[0]["object"]["url"] == "https://example.com/design"


def attach_notes(agent):
    key = task(agent)
    made = agent("jira_add_attachment", issue_key=key, file_name="notes.txt", text="remember the milk")
    assert agent("jira_get_attachment", attachment_id=str(made["attachment_id"]))["text"] == "remember the milk"


def what_changed(agent):
    key = task(agent)
    agent("jira_update_issue_summary", issue_key=key, summary="Another thing")
    changes = agent("jira_get_changelog", issue_key=key)["changes"]
    changed = [change for change in changes if change["field"].lower() == "summary"]
    assert [(change["from"], change["to"]) for change in changed] == [("A thing to do", "Another thing")]


def watch(agent):
    key = task(agent)
    agent("jira_watch_issue", issue_key=key)
    assert agent.jira.rest(f"issue/{key}/watchers")["isWatching"]


def active_sprint(agent):
    """The project's active sprint, as Jira has it."""
    board = agent.jira.agile("board", projectKeyOrId="ACME")["values"][0]["id"]
    return agent.jira.agile(f"board/{board}/sprint", state="active")["values"][0]


def sprint_state(agent):
    stands = agent("jira_get_sprint_issues", sprint_id="active", project_key="ACME", max_results=0)
    sprint = active_sprint(agent)
    true = Counter(issue["fields"]["status"]["name"] for issue in found(agent, f"sprint = {sprint['id']}"))
    assert stands["by_status"] == true, f"{stands['by_status']} is not {dict(true)}"
    said = stands["sprint"]
    assert (said["name"], said["goal"], said["end"][:10]) == (sprint["name"], sprint["goal"], sprint["endDate"][:10])


def into_the_sprint(agent):
    key = task(agent)
    agent("jira_move_to_sprint", issue_keys=[key], sprint_id="active")
    assert [issue["key"] for issue in found(agent, f"key = {key} AND sprint = {active_sprint(agent)['id']}")] == [key]


def several_at_once(agent):
    issues = agent("jira_get_issues", issue_keys=["ACME-1", "MOB-1", "OPS-1"])["issues"]
    assert [(issue["key"], issue["summary"]) for issue in issues] == [
        (key, agent.jira.fields(key, "summary")["summary"]) for key in ("ACME-1", "MOB-1", "OPS-1")
    ]


def label_many(agent):
    made = [task(agent), task(agent)]
    for key in made:
        agent("jira_update_issue", issue_key=key, add_labels=["sweep"])
    assert all(agent.jira.fields(key, "labels")["labels"] == ["sweep"] for key in made)


def backlog_from_notes(agent):
    rows = '[{"project_key":"ACME","issue_type":"Task","summary":"one"},{"project_key":"ACME","issue_type":"Task","summary":"two"}]'
    made = agent("jira_create_issues", issues=rows)["created"]
    assert [agent.jira.fields(issue["key"], "summary")["summary"] for issue in made] == ["one", "two"]


def release_a_version(agent):
    agent("jira_save_version", project_key="ACME", name="9.9")
    agent("jira_save_version", project_key="ACME", name="9.9", released=True)
    saved = [version for version in agent.jira.rest("project/ACME/versions") if version["name"] == "9.9"]
    assert [version["released"] for version in saved] == [True]


def delete_by_mistake(agent):
    key = task(agent)
    _, seen = agent.attempt("jira_delete_issue", issue_key=key)
    assert agent.jira.fields(key, "summary"), "deleted without consent"
    agent("jira_delete_issue", issue_key=key, confirm=seen["confirm"])
    assert not agent.jira.holds(key), "it is still there"


def fix_the_query(agent):
    failed, fault = agent.attempt("jira_search", jql="project = ACME AND asignee = currentUser()")
    assert failed and "assignee" in str(fault)
    jql = "project = ACME AND assignee = currentUser() ORDER BY key"
    assert keys(agent("jira_search", jql=jql)) == [issue["key"] for issue in found(agent, jql)][:25]


def may_i(agent):
    agent.user = "carla"
    mine = agent("jira_my_permissions", project_key="ACME", permission=["create issues"])
    assert (mine["can"], mine["cannot"]) == ([], ["CREATE_ISSUES"])


def how_far(agent):
    epic = task(agent, issue_type="Epic")
    task(agent, parent_key=epic, fields={"Story Points": 3})
    progress = agent("jira_get_epic_tree", issue_key=epic)["progress"]
    assert (progress["total"], progress["done"], progress["points"]) == (1, 0, 3), progress


def what_the_sprint_did(agent):
    sprint = active_sprint(agent)
    report = agent("jira_get_sprint_report", sprint_id=sprint["name"])
    counts = report["counts"]
    total = len(found(agent, f"sprint = {sprint['id']}"))
    assert counts["done"] + counts["not_done"] == total, f"{counts} of {total}"


def what_waits(agent):
    first, second = task(agent), task(agent)
    agent("jira_link_issues", from_key=first, relation="blocks", to_key=second)
    blockers = agent("jira_get_dependencies", issue_key=second)["blockers"]
    assert [(row["key"], [blocked["key"] for blocked in row["blocks"]]) for row in blockers] == [(first, [second])]


def who_mentioned_me(agent):
    key = task(agent)
    agent("jira_add_comment", issue_key=key, body="@[Anna Admin] a word?")
    told = agent("jira_get_mentions", since="today", project_key="ACME")
    assert key in [row["key"] for row in told["mentions"]]


# What somebody says, how an agent does it, and the calls that the ideal agent needs: what makes an issue of the task's
# own is not among them.
TASKS = [
    ("What is on my plate?", my_open_work, 1),
    ("What did Dana finish in the last two months?", finished_this_month, 2),
    ("How much is left for the first version?", blocks_a_release, 2),
    ("What does this link say? (a browse URL)", read_an_issue, 1),
    ("What was said last on ACME-30?", latest_discussion, 1),
    ("File a bug: crash on start", report_a_bug, 2),
    ("Create a task with a checklist and a table", create_with_plan, 1),
    ("Start work on it", start_work, 1),
    ("Move it to review and tell Ben", to_review_and_tell, 1),
    ("Close the oldest open request", close_with_resolution, 3),
    ("Give it to Dana Analyst", assign_by_name, 1),
    ("Who can I assign this to?", who_can_do_it, 1),
    ("Add a paragraph below the panel", below_the_panel, 1),
    ("Estimate it at five points", estimate, 1),
    ("Due on 1 May 2030, highest priority", due_and_priority, 1),
    ("Log 2 h on it, yesterday at 14:00", log_two_hours, 1),
    ("This one blocks that one", link_two, 1),
    ("Link the design page", attach_a_page, 1),
    ("Attach my notes and read them back", attach_notes, 2),
    ("What changed on it?", what_changed, 1),
    ("Keep me posted on it", watch, 1),
    ("How does the sprint stand?", sprint_state, 1),
    ("Put it into the sprint", into_the_sprint, 1),
    ("Show me these three", several_at_once, 1),
    ("Label these two", label_many, 2),
    ("Turn these notes into issues", backlog_from_notes, 1),
    ("Release version 9.9", release_a_version, 1),
    ("Delete it again", delete_by_mistake, 2),
    ("A query with a typing mistake", fix_the_query, 2),
    ("May Carla create issues here?", may_i, 1),
    ("How far is this epic?", how_far, 1),
    ("What did this sprint do so far?", what_the_sprint_did, 1),
    ("What waits for what here?", what_waits, 1),
    ("Who mentioned me today?", who_mentioned_me, 1),
]
