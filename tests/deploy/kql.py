"""The queries of workbook, alerts and operators' book, by Microsoft's own parser of Kusto with the tables that they read."""

import json
import re
import subprocess

import azuretypes
import judges

# Columns that the queries may use. Source: Azure Monitor's table reference, Application Insights' telemetry data model.
TABLES = {
    "requests": "(timestamp: datetime, id: string, name: string, url: string, success: string, resultCode: string, duration: real, operation_Name: string, operation_Id: string, cloud_RoleName: string, cloud_RoleInstance: string, itemCount: int, customDimensions: dynamic)",
    "dependencies": "(timestamp: datetime, id: string, target: string, type: string, name: string, success: string, resultCode: string, duration: real, operation_Id: string, cloud_RoleName: string, cloud_RoleInstance: string, itemCount: int, customDimensions: dynamic)",
    "customMetrics": "(timestamp: datetime, name: string, value: real, valueCount: int, valueSum: real, valueMin: real, valueMax: real, valueStdDev: real, cloud_RoleName: string, cloud_RoleInstance: string, itemCount: int, customDimensions: dynamic)",
    "customEvents": "(timestamp: datetime, name: string, operation_Name: string, operation_Id: string, cloud_RoleName: string, cloud_RoleInstance: string, itemCount: int, customDimensions: dynamic)",
    "ContainerAppConsoleLogs": "(TimeGenerated: datetime, ContainerAppName: string, ContainerName: string, EnvironmentName: string, Log: string, RevisionName: string, Stream: string)",
    "ContainerAppConsoleLogs_CL": "(TimeGenerated: datetime, ContainerAppName_s: string, ContainerName_s: string, Log_s: string, RevisionName_s: string, Stream_s: string)",
    "AppServiceConsoleLogs": "(TimeGenerated: datetime, ResultDescription: string, Level: string, Host: string)",
}
PARAMETERS = {"{Role}": "role", "{TimeRange:grain}": "1h", "{TimeRange:start}": "ago(1h)", "{TimeRange:end}": "now()"}
NUMBERS = {"int", "long", "real", "decimal"}
LEGS = {"ContainerAppConsoleLogs", "ContainerAppConsoleLogs_CL", "AppServiceConsoleLogs"}


def check(project):
    """Every query that Kusto would refuse, as (rule, sentence)."""
    measured = dict(measures(project))
    queries = dict([*workbook(project), *alerts(project), *documents(project)]) | {name: query for name, (query, _) in measured.items()}
    if not len(queries) > 15:
        yield "kql-found", f"only {len(queries)} queries were found"
    for name, text in queries.items():
        if left := re.findall(r"\{[A-Z]\w+(?::\w+)?\}", text):
            yield "kql-found", f"{name}: {left} is no parameter that is known here"
        if name.startswith("alert ") and set(re.findall(r"\b\w*ConsoleLogs\w*", text)) != LEGS:
            yield "kql-tables", f"{name} does not read the tables of all hosts"
    given = json.dumps({"tables": TABLES, "queries": queries})
    script = judges.HERE / "node/kql.cjs"
    done = subprocess.run(["node", script, judges.npm()], input=given, stdout=subprocess.PIPE, text=True, check=True)
    said = json.loads(done.stdout)
    for name, fault in said["faults"]:
        yield "kql-parses", f"{name}: {fault}"
    for name, (_, column) in measured.items():
        if said["columns"][name].get(column) not in NUMBERS:
            yield "kql-measure", f"{name}: {column} is no number among what the query gives: {said['columns'][name]}"


def workbook(project):
    book = json.loads((project / "deploy/observability/azure-workbook.json").read_text())
    for number, text in enumerate(texts(book)):
        for parameter, value in PARAMETERS.items():
            text = text.replace(parameter, value)
        yield f"workbook query {number}", text


def texts(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "query" and isinstance(inner, str):
                yield inner
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def alerts(project):
    """As Bicep puts them together: the common lines, then what each finding adds."""
    file = azuretypes.File("alerts.bicep", (project / "deploy/azure/modules/alerts.bicep").read_text())
    lines = azuretypes.string(file.variables["lines"]).lstrip("\n")
    for finding in file.variables["findings"].named_children:
        one = {key: azuretypes.string(value).replace("\\'", "'") for key, value in azuretypes.members(finding) if value.type == "string"}
        yield f"alert {one['name']}", lines + one["query"]


def measures(project):
    """Those over Application Insights, each with the column that the alert goes by."""
    file = azuretypes.File("alerts.bicep", (project / "deploy/azure/modules/alerts.bicep").read_text())
    for measure in file.variables["measures"].named_children:
        one = {key: azuretypes.string(value) for key, value in azuretypes.members(measure) if value.type == "string"}
        yield f"measure {one['name']}", (one["query"].strip("\n"), one["measure"])


def documents(project):
    """Queries that people are told to copy."""
    for name in ("OPERATIONS.md", "TELEMETRY.md"):
        found = re.findall(rf"^    ((?:\w*ConsoleLogs\w*|{'|'.join(TABLES)}) \|.*)$", (project / "docs" / name).read_text(), re.M)
        for number, text in enumerate(found):
            yield f"{name} query {number}", text
