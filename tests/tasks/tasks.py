"""The tasks: what somebody says, and how an agent does it. Each checks that its goal is reached."""


def keys(page):
    return [issue["key"] for issue in page["issues"]]


def task(agent, **fields):
    """An issue of the task's own, so that tasks do not disturb each other."""
    return agent("jira_create_issue", project_key="ACME", issue_type="Task", **{"summary": "A thing to do", **fields})["key"]


def my_open_work(agent):
    page = agent("jira_search", jql="assignee = currentUser() AND statusCategory != Done ORDER BY priority DESC", max_results=10)
    assert page["issues"]


def finished_this_month(agent):
    person = agent("jira_find_users", query="Dana")["users"][0]
    jql = f'assignee = "{person["account_id"]}" AND statusCategory = Done AND resolved >= -60d'
    assert agent("jira_search", jql=jql, fields=["summary", "resolved"])["issues"]


def blocks_a_release(agent):
    versions = agent("jira_get_project", project_key="ACME", include=["versions"])["versions"]
    name = versions[0]["name"] if isinstance(versions[0], dict) else versions[0]
    jql = f'project = ACME AND fixVersion = "{name}" AND statusCategory != Done'
    assert "count" in agent("jira_search", jql=jql, count_only=True)


def read_an_issue(agent):
    assert agent("jira_get_issue", issue_key="https://sandbox.atlassian.net/browse/ACME-9")["key"] == "ACME-9"


def latest_discussion(agent):
    assert len(agent("jira_get_comments", issue_key="ACME-30", max_results=5)["comments"]) == 5


def report_a_bug(agent):
    failed, fault = agent.attempt("jira_create_issue", project_key="MOB", issue_type="Bug", summary="Crash on start")
    assert failed and fault["required"]
    field = fault["required"][0]
    value = field["values"][0]
    made = agent("jira_create_issue", project_key="MOB", issue_type="Bug", summary="Crash on start", fields={field["name"]: value})
    assert made["created"]


def create_with_plan(agent):
    key = task(agent, description="## Plan\n\n- [ ] one\n- [ ] two\n\n| a | b |\n| --- | --- |\n| 1 | 2 |", labels="plan")
    assert "- [ ] one" in agent("jira_get_issue", issue_key=key)["description"].replace("* [ ]", "- [ ]")


def start_work(agent):
    key = task(agent)
    assert agent("jira_transition_issue", issue_key=key, transition="In Progress")["to"] == "In Progress"


def to_review_and_tell(agent):
    key = task(agent)
    moved = agent("jira_transition_issue", issue_key=key, transition="In Review", comment="@[Ben Developer] please have a look")
    assert moved["to"] == "In Review"


def close_with_resolution(agent):
    page = agent("jira_search", jql="project = OPS AND statusCategory != Done ORDER BY key", max_results=1)
    key = keys(page)[0]
    for step in agent("jira_list_transitions", issue_key=key)["transitions"]:
        if step.get("required"):
            agent("jira_transition_issue", issue_key=key, transition=step["id"], resolution=step["required"][0]["values"][0])
            return
    assert agent("jira_transition_issue", issue_key=key, transition=agent("jira_list_transitions", issue_key=key)["transitions"][0]["id"])


def assign_by_name(agent):
    key = task(agent)
    agent("jira_update_issue", issue_key=key, assignee="Dana Analyst")
    assert agent("jira_get_issue", issue_key=key, fields=["assignee"])["assignee"] == "Dana Analyst"


def who_can_do_it(agent):
    assert agent("jira_find_users", query="e", assignable_in="MOB")["users"]


def below_the_panel(agent):
    before = agent("jira_get_issue", issue_key="ACME-8", fields=["description"])["description"]
    agent("jira_update_issue", issue_key="ACME-8", append_description="Added below the panels.")
    after = agent("jira_get_issue", issue_key="ACME-8", fields=["description"])["description"]
    assert after == f"{before}\n\nAdded below the panels."


def estimate(agent):
    key = task(agent)
    agent("jira_update_issue", issue_key=key, fields={"Story Points": 5})
    assert agent("jira_get_issue", issue_key=key, fields=["Story Points"])["Story Points"] == 5


def due_and_priority(agent):
    key = task(agent)
    agent("jira_update_issue", issue_key=key, due_date="2030-05-01", priority="Highest")
    read = agent("jira_get_issue", issue_key=key, fields=["due", "priority"])
    assert (read["due"], read["priority"]) == ("2030-05-01", "Highest")


def log_two_hours(agent):
    key = task(agent)
    agent("jira_add_worklog", issue_key=key, time_spent="2h", started="yesterday 14:00", comment="pairing")
    assert agent("jira_list_worklogs", issue_key=key)["worklogs"][0]["time"] == "2h"


def link_two(agent):
    first, second = task(agent), task(agent)
    agent("jira_link_issues", from_key=first, relation="blocks", to_key=second)
    links = agent("jira_get_issue", issue_key=first)["links"]
    assert (links[0]["relation"], links[0]["key"]) == ("blocks", second)


def attach_a_page(agent):
    key = task(agent)
    agent("jira_add_remote_link", issue_key=key, url="https://example.com/design", title="The design")
    assert agent("jira_get_issue", issue_key=key, include="links")["web_links"][0]["url"] == "https://example.com/design"


def attach_notes(agent):
    key = task(agent)
    made = agent("jira_add_attachment", issue_key=key, file_name="notes.txt", text="remember the milk")
    assert agent("jira_get_attachment", attachment_id=str(made["attachment_id"]))["text"] == "remember the milk"


def what_changed(agent):
    key = task(agent)
    agent("jira_update_issue_summary", issue_key=key, summary="Another thing")
    changes = agent("jira_get_changelog", issue_key=key)["changes"]
    assert any(change["field"].lower() == "summary" for change in changes)


def watch(agent):
    assert agent("jira_watch_issue", issue_key=task(agent))["watching"]


def sprint_state(agent):
    boards = agent("jira_list_boards", project_key="ACME")["boards"]
    sprints = agent("jira_get_sprints", board_id=str(boards[0]["id"]), state="active")["sprints"]
    found = agent("jira_get_sprint_issues", sprint_id=str(sprints[0]["id"]))
    assert found["issues"] and found["by_status"]


def into_the_sprint(agent):
    key = task(agent)
    boards = agent("jira_list_boards", project_key="ACME")["boards"]
    sprints = agent("jira_get_sprints", board_id=str(boards[0]["id"]), state="active")["sprints"]
    agent("jira_move_to_sprint", issue_keys=[key], sprint_id=str(sprints[0]["id"]))
    assert sprints[0]["name"] in str(agent("jira_get_issue", issue_key=key, fields=["Sprint"]))


def several_at_once(agent):
    assert len(agent("jira_get_issues", issue_keys=["ACME-1", "MOB-1", "OPS-1"])["issues"]) == 3


def label_many(agent):
    made = [task(agent), task(agent)]
    seen = agent("jira_bulk_edit", issue_keys=made, add_labels=["sweep"])
    agent("jira_bulk_edit", issue_keys=made, add_labels=["sweep"], dry_run=False, confirm=seen["confirm"])
    for _ in range(5):
        if "sweep" in str(agent("jira_get_issue", issue_key=made[1], fields=["labels"])):
            return
    raise AssertionError("the label did not arrive")


def backlog_from_notes(agent):
    rows = '[{"project_key":"ACME","issue_type":"Task","summary":"one"},{"project_key":"ACME","issue_type":"Task","summary":"two"}]'
    assert len(agent("jira_create_issues", issues=rows)["created"]) == 2


def release_a_version(agent):
    agent("jira_save_version", project_key="ACME", name="9.9")
    assert agent("jira_save_version", project_key="ACME", name="9.9", released=True)["released"] is True


def delete_by_mistake(agent):
    key = task(agent)
    failed, seen = agent.attempt("jira_delete_issue", issue_key=key)
    token = seen["confirm"]
    agent("jira_delete_issue", issue_key=key, confirm=token)
    gone, _ = agent.attempt("jira_get_issue", issue_key=key)
    assert gone


def fix_the_query(agent):
    failed, fault = agent.attempt("jira_search", jql="project = ACME AND asignee = currentUser()")
    assert failed and "assignee" in str(fault)
    assert "issues" in agent("jira_search", jql="project = ACME AND assignee = currentUser()")


def may_i(agent):
    agent.user = "carla"
    assert "CREATE_ISSUES" in str(agent("jira_my_permissions", project_key="ACME")["cannot"])


TASKS = [
    ("What is on my plate?", my_open_work),
    ("What did Dana finish in the last two months?", finished_this_month),
    ("How much is left for the first version?", blocks_a_release),
    ("What does this link say? (a browse URL)", read_an_issue),
    ("What was said last on ACME-30?", latest_discussion),
    ("File a bug: crash on start", report_a_bug),
    ("Create a task with a checklist and a table", create_with_plan),
    ("Start work on it", start_work),
    ("Move it to review and tell Ben", to_review_and_tell),
    ("Close the oldest open request", close_with_resolution),
    ("Give it to Dana Analyst", assign_by_name),
    ("Who can I assign this to?", who_can_do_it),
    ("Add a paragraph below the panel", below_the_panel),
    ("Estimate it at five points", estimate),
    ("Due on 1 May 2030, highest priority", due_and_priority),
    ("Log 2 h on it, yesterday at 14:00", log_two_hours),
    ("This one blocks that one", link_two),
    ("Link the design page", attach_a_page),
    ("Attach my notes and read them back", attach_notes),
    ("What changed on it?", what_changed),
    ("Keep me posted on it", watch),
    ("How does the sprint stand?", sprint_state),
    ("Put it into the sprint", into_the_sprint),
    ("Show me these three", several_at_once),
    ("Label these two", label_many),
    ("Turn these notes into issues", backlog_from_notes),
    ("Release version 9.9", release_a_version),
    ("Delete it again", delete_by_mistake),
    ("A query with a typing mistake", fix_the_query),
    ("May Carla create issues here?", may_i),
]
