"""What deploy/azure publishes with apim-policy.oauth.xml or apim-policy.entra.xml: the operations of both APIs, as their Bicep
files list them."""

import re


def operations(project, kind="oauth"):
    """(path of the API, method, template) of each operation, with the policy of that kind."""
    modules = project / "deploy/azure/modules"
    api, more = (modules / "api.bicep").read_text(), (modules / f"{kind}.bicep").read_text()
    path = re.search(r"^var path = '([\w-]+)'$", (modules / "apim.bicep").read_text(), re.M)[1]
    urls, methods = re.findall(r"url: '([^']+)'", api), re.findall(r"^    method: '(\w+)'$", api, re.M)
    found = [(f"/{path}", method, url) for url in urls for method in methods]
    lists = dict(re.findall(r"^var (\w+) = \[\n(.*?)^\]", more, re.M | re.S))
    found += [(f"/{path}", method, url) for method, url in re.findall(r"method: '(\w+)', url: '([^']+)'", lists.get("operations", ""))]
    for name, where in (("documents", f"/{path}"), ("rootDocuments", "")):
        urls = [url.replace("${apiPath}", path) for url in re.findall(r"url: '([^']+)'", lists[name])]
        # One loop makes each GET of a list, another each OPTIONS.
        loops = re.findall(rf"\[for document in {name}: \{{.*?^\}}\]", more, re.M | re.S)
        methods = [method for loop in loops for method in re.findall(r"method: '(\w+)'", loop)]
        found += [(where, method, url) for url in urls for method in methods]
    return found
