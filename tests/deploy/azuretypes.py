"""Every resource of deploy/azure, property by property, against Microsoft's own models of that version of the API.

The models are those of the packages azure-mgmt-* (judges.py), read and not run: names, types, what must be there, what only Azure may write,
lengths, patterns and the words of an enumeration. What a value is computed from is not followed further than a variable of the same file.
"""

import ast
import re
from functools import cache

import tree_sitter
import tree_sitter_bicep

import judges

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language()))
# The resource as Bicep names it: package, folder of that version (empty where the package knows one only), class of what is sent.
MODELS = {
    "Microsoft.ApiManagement/service@2024-05-01": ("apimanagement", "", "ApiManagementServiceResource"),
    "Microsoft.ApiManagement/service/apis@2024-05-01": ("apimanagement", "", "ApiCreateOrUpdateParameter"),
    "Microsoft.ApiManagement/service/apis/diagnostics@2024-05-01": ("apimanagement", "", "DiagnosticContract"),
    "Microsoft.ApiManagement/service/apis/operations@2024-05-01": ("apimanagement", "", "OperationContract"),
    "Microsoft.ApiManagement/service/apis/policies@2024-05-01": ("apimanagement", "", "PolicyContract"),
    "Microsoft.ApiManagement/service/authorizationProviders@2024-05-01": ("apimanagement", "", "AuthorizationProviderContract"),
    "Microsoft.ApiManagement/service/authorizationProviders/authorizations@2024-05-01": ("apimanagement", "", "AuthorizationContract"),
    "Microsoft.ApiManagement/service/authorizationProviders/authorizations/accessPolicies@2024-05-01": ("apimanagement", "", "AuthorizationAccessPolicyContract"),
    "Microsoft.ApiManagement/service/backends@2024-05-01": ("apimanagement", "", "BackendContract"),
    "Microsoft.ApiManagement/service/loggers@2024-05-01": ("apimanagement", "", "LoggerContract"),
    "Microsoft.ApiManagement/service/namedValues@2024-05-01": ("apimanagement", "", "NamedValueCreateContract"),
    "Microsoft.ApiManagement/service/policies@2024-05-01": ("apimanagement", "", "PolicyContract"),
    "Microsoft.App/containerApps@2024-03-01": ("appcontainers", "", "ContainerApp"),
    "Microsoft.App/managedEnvironments@2024-03-01": ("appcontainers", "", "ManagedEnvironment"),
    "Microsoft.Authorization/roleAssignments@2022-04-01": ("authorization", "v2022_04_01", "RoleAssignmentCreateParameters"),
    "Microsoft.Cdn/profiles@2024-02-01": ("cdn", "", "Profile"),
    "Microsoft.Cdn/profiles/afdEndpoints@2024-02-01": ("cdn", "", "AFDEndpoint"),
    "Microsoft.Cdn/profiles/afdEndpoints/routes@2024-02-01": ("cdn", "", "Route"),
    "Microsoft.Cdn/profiles/customDomains@2024-02-01": ("cdn", "", "AFDDomain"),
    "Microsoft.Cdn/profiles/originGroups@2024-02-01": ("cdn", "", "AFDOriginGroup"),
    "Microsoft.Cdn/profiles/originGroups/origins@2024-02-01": ("cdn", "", "AFDOrigin"),
    "Microsoft.Cdn/profiles/securityPolicies@2024-02-01": ("cdn", "", "SecurityPolicy"),
    "Microsoft.ContainerRegistry/registries@2025-04-01": ("containerregistry", "v2025_04_01", "Registry"),
    "Microsoft.Insights/actionGroups@2023-01-01": ("monitor", "", "ActionGroupResource"),
    "Microsoft.Insights/autoscaleSettings@2022-10-01": ("monitor", "", "AutoscaleSettingResource"),
    "Microsoft.Insights/components@2020-02-02": ("applicationinsights", "v2020_02_02", "ApplicationInsightsComponent"),
    "Microsoft.Insights/diagnosticSettings@2021-05-01-preview": ("monitor-older", "v2021_05_01_preview", "DiagnosticSettingsResource"),
    "Microsoft.Insights/metricAlerts@2018-03-01": ("monitor", "", "MetricAlertResource"),
    "Microsoft.Insights/scheduledQueryRules@2023-12-01": ("monitor", "", "ScheduledQueryRuleResource"),
    "Microsoft.KeyVault/vaults@2023-07-01": ("keyvault", "v2023_07_01", "VaultCreateOrUpdateParameters"),
    "Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31": ("msi", "v2023_01_31", "Identity"),
    "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies@2024-02-01": ("frontdoor", "", "WebApplicationFirewallPolicy"),
    "Microsoft.Network/networkSecurityGroups@2023-11-01": ("network", "", "NetworkSecurityGroup"),
    "Microsoft.Network/privateDnsZones@2024-06-01": ("privatedns", "", "PrivateZone"),
    "Microsoft.Network/privateDnsZones/A@2024-06-01": ("privatedns", "", "RecordSet"),
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01": ("privatedns", "", "VirtualNetworkLink"),
    "Microsoft.Network/virtualNetworks@2023-11-01": ("network", "", "VirtualNetwork"),
    "Microsoft.OperationalInsights/workspaces@2025-07-01": ("loganalytics", "", "Workspace"),
    "Microsoft.Resources/resourceGroups@2024-07-01": ("resource", "v2024_07_01", "ResourceGroup"),
    "Microsoft.Storage/storageAccounts@2025-06-01": ("storage", "", "StorageAccountCreateParameters"),
    "Microsoft.Storage/storageAccounts/blobServices@2025-06-01": ("storage", "", "BlobServiceProperties"),
    "Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01": ("storage", "", "BlobContainer"),
    "Microsoft.Web/serverfarms@2023-12-01": ("web", "v2023_12_01", "AppServicePlan"),
    "Microsoft.Web/sites@2023-12-01": ("web", "v2023_12_01", "Site"),
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2023-12-01": ("web", "v2023_12_01", "CsmPublishingCredentialsPoliciesEntity"),
}
# What Bicep itself takes at the top of each resource.
BICEP = {"name", "scope", "parent", "dependsOn"}
PRIMITIVE = {"str": "string", "int": "number", "float": "number", "bool": "boolean", "iso-8601": "string", "duration": "string"}


def check(project):
    """Every property that Azure would not know, miss, or refuse, as (rule, sentence)."""
    folder = project / "deploy/azure"
    for path in sorted(folder.rglob("*.bicep")):
        file = File(path.relative_to(folder).as_posix(), path.read_text())
        for sentence in file.faults():
            yield "bicep-types", sentence


class File:
    def __init__(self, name, text):
        self.name = name
        self.root = PARSER.parse(text.encode()).root_node
        declared = [node for node in self.root.children if node.type == "variable_declaration"]
        self.variables = {node.named_children[0].text.decode(): node.named_children[-1] for node in declared}
        parameters = [node for node in every(self.root) if node.type == "parameter_declaration"]
        self.parameters = {node.named_children[0].text.decode(): node.named_children[1].text.decode() for node in parameters if len(node.named_children) > 1}

    def faults(self):
        for node in self.root.children:
            if node.type == "resource_declaration":
                yield from self.resource(node, "", "")

    def resource(self, node, above, version):
        kind = next(child for child in node.named_children if child.type == "string").text.decode().strip("'")
        kind, _, own = kind.partition("@")
        name, version = (f"{above}/{kind}" if above else kind), own or version
        where = f"{self.name}:{node.start_point[0] + 1} {name}@{version}"
        if f"{name}@{version}" not in MODELS:
            yield f"{where}: no model of this version is at hand"
            return
        if any(child.type == "existing" or child.text == b"existing" for child in node.children):
            return
        package, folder, wanted = MODELS[f"{name}@{version}"]
        for body in objects(node.named_children[-1]):
            inner = [child for member in body.named_children for child in member.named_children if child.type == "resource_declaration"]
            for child in inner:
                yield from self.resource(child, name, version)
            yield from (f"{where}: {fault}" for fault in self.object(body, Model(package, folder, wanted), BICEP, ""))

    def object(self, body, model, further, path):
        """One object against one model."""
        given = {key: value for key, value in members(body) if value is not None}
        shape = model.shape(self.plain(given))
        for key, value in given.items():
            here = f"{path}{key}"
            if key is DYNAMIC or key in further:
                continue
            if key not in shape:
                close = next((known for known in shape if known.lower() == key.lower()), None)
                yield f"{here} is no property" + (f"; there is {close}" if close else "")
                continue
            if isinstance(shape[key], dict):
                for inner in self.reached(value):
                    if inner.type == "object":
                        yield from self.object(inner, Flat(model, shape[key]), set(), f"{here}.")
                continue
            if shape[key].readonly:
                yield f"{here} is Azure's own to write"
            yield from self.value(value, shape[key], model, here)
        for key, one in shape.items():
            if key not in given and DYNAMIC not in given and model.needs(one) and key not in ("name", "id", "type"):
                yield f"{path}{key} is missing"

    def plain(self, given):
        return {key: string(value) for key, value in given.items() if key is not DYNAMIC and value.type == "string"}

    def reached(self, node):
        """The nodes that a value may be: behind a variable, either side of a choice, each turn of a loop."""
        if node.type == "identifier" and node.text.decode() in self.variables:
            yield from self.reached(self.variables[node.text.decode()])
        elif node.type == "ternary_expression":
            for choice in node.named_children[1:]:
                yield from self.reached(choice)
        elif node.type == "parenthesized_expression":
            yield from self.reached(node.named_children[0])
        else:
            yield node

    def value(self, node, wanted, model, path):
        for one in self.reached(node):
            yield from self.single(one, wanted, model, path)

    def single(self, node, wanted, model, path):
        kind = wanted.type
        if kind.startswith("["):
            if node.type in ("object", "string", "number", "boolean"):
                yield f"{path} is a list"
            elements = node.named_children if node.type == "array" else list(objects(node)) if node.type == "for_statement" else lists(node)
            for number, element in enumerate(elements):
                yield from self.value(element, wanted.element(kind[1:-1]), model, f"{path}[{number}]")
        elif kind.startswith("{"):
            if node.type not in ("object", "null") and node.type in LITERAL:
                yield f"{path} is an object"
            for key, value in members(node) if node.type == "object" else ():
                yield from self.value(value, wanted.element(kind[1:-1]), model, f"{path}.{key}")
        elif kind in PRIMITIVE:
            found = self.parameters.get(node.text.decode(), node.type) if node.type == "identifier" else node.type
            found = {"int": "number", "bool": "boolean"}.get(found, found)
            if found in LITERAL | {"string", "number", "boolean", "object", "array"} and found not in (PRIMITIVE[kind], "null"):
                yield f"{path} is a {PRIMITIVE[kind]}, not a {found}"
            elif node.type == "string" and string(node) is not None:
                yield from wanted.text(string(node), path)
        elif kind != "object":
            if node.type in LITERAL - {"object", "null"}:
                yield f"{path} is a {kind}, not a {node.type}"
            elif node.type == "object":
                yield from self.object(node, model.named(kind), set(), f"{path}.")


LITERAL = {"string", "number", "boolean", "object", "array", "null"}
DYNAMIC = "a key that is computed"


def every(node):
    yield node
    for child in node.children:
        yield from every(child)


def objects(node):
    """The objects that a declaration makes: itself, or the body of its condition or loop."""
    if node.type == "object":
        yield node
    elif node.type in ("if_statement", "for_statement"):
        yield from objects(node.named_children[-1])


def lists(node):
    """The elements that a call names by itself: those of the arrays that it joins."""
    if node.type == "call_expression" and node.named_children[0].text == b"concat":
        for argument in node.named_children[1].named_children:
            if argument.type == "array":
                yield from argument.named_children


def members(node):
    for member in node.named_children:
        if member.type != "object_property" or len(member.named_children) < 2:
            continue
        key, value = member.named_children[0], member.named_children[-1]
        name = string(key) if key.type == "string" else key.text.decode()
        yield (DYNAMIC if name is None else name), value


def string(node):
    """The text of a string without anything computed in it, else nothing."""
    if any(child.type == "interpolation" for child in node.children):
        return None
    return "".join(child.text.decode() for child in node.named_children)


class Property:
    def __init__(self, kind, rules, words):
        self.type, self.rules, self.words = kind, rules, words

    @property
    def readonly(self):
        return self.rules.get("readonly", False)

    def element(self, kind):
        return Property(kind, {}, self.words)

    def text(self, text, path):
        if self.words and text.lower() not in self.words:
            yield f"{path} is {text!r}, Azure knows {', '.join(sorted(self.words))}"
        if not self.rules.get("min_length", 0) <= len(text) <= self.rules.get("max_length", 10**6):
            yield f"{path} is {len(text)} characters long"
        if "pattern" in self.rules and not re.search(self.rules["pattern"], text):
            yield f"{path} is not of the form {self.rules['pattern']}"


class Model:
    """One class of a package, and through it those that it names."""

    def __init__(self, package, folder, name):
        self.package, self.folder, self.name = package, folder, name

    def named(self, name):
        return Model(self.package, self.folder, name)

    def needs(self, one):
        if isinstance(one, dict):
            return any(self.needs(inner) for inner in one.values())
        return one.rules.get("required") and not one.readonly

    def shape(self, given):
        """Names to properties; a dictionary where the model flattens an object. Of several kinds the one that is meant."""
        classes = read(self.package, self.folder)
        name = self.name
        for key, kinds in classes[name].kinds.items():
            name = kinds.get(given.get(key), name)
        shape = {}
        for key, one in classes[name].all(classes):
            *above, last = [part.replace("\0", ".") for part in key.replace("\\.", "\0").split(".")]
            place = shape
            for part in above:
                place = place.setdefault(part, {})
            place[last] = one
        return shape


class Flat(Model):
    """What a model flattens: an object without a class of its own."""

    def __init__(self, model, shape):
        super().__init__(model.package, model.folder, model.name)
        self.known = shape

    def shape(self, given):
        return self.known


class Class:
    def __init__(self, node, enumerations):
        self.bases = [base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases]
        values = {}
        for statement in node.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                values[statement.targets[0].id] = statement.value
        rules = literal(values.get("_validation"))
        keys = {name: one["key"].replace("\\", "") for name, one in literal(values.get("_attribute_map")).items()}
        self.kinds = {keys[name]: kinds for name, kinds in literal(values.get("_subtype_map")).items()}
        documented = dict(re.findall(r":vartype (\w+):(.*?)(?=\n\s*:|\Z)", ast.get_docstring(node) or "", re.S))
        self.own = []
        for name, one in literal(values.get("_attribute_map")).items():
            words = next((enumerations[word] for word in re.findall(r"\w+", documented.get(name, "")) if word in enumerations), set())
            self.own.append((one["key"], Property(one["type"], rules.get(name, {}), words)))

    def all(self, classes):
        for base in self.bases:
            if base in classes and base != "Model":
                yield from classes[base].all(classes)
        yield from self.own


def literal(node):
    return ast.literal_eval(node) if node is not None else {}


@cache
def read(package, folder):
    """The classes of one version."""
    base = next((judges.azure() / package / "azure/mgmt").iterdir())
    models = next(path for path in sorted(base.rglob("models")) if path.parent.name == folder or not folder)
    sources = {path.name: ast.parse(path.read_text()) for path in models.glob("_*.py")}
    enumerations, classes = {}, {}
    for name, source in sources.items():
        for node in source.body:
            if isinstance(node, ast.ClassDef) and name.endswith("enums.py"):
                assigned = [one.value.value for one in node.body if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant)]
                enumerations[node.name] = {str(word).lower() for word in assigned}
    for name, source in sources.items():
        if "models" in name:
            classes |= {node.name: Class(node, enumerations) for node in source.body if isinstance(node, ast.ClassDef)}
    return classes
