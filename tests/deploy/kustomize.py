"""As much of kustomize as deploy/kubernetes uses: overlays become the objects that a cluster would get.

What it does not know it refuses, so that a new field cannot pass unread. Generated names keep no hash.
"""

import copy

import yaml

KNOWN = {"apiVersion", "kind", "labels", "resources", "namespace", "configMapGenerator", "patches", "images"}
CLUSTER_WIDE = {"Namespace"}


class Refused(Exception):
    pass


def build(folder):
    """The objects of one base or overlay."""
    file = folder / "kustomization.yaml"
    if not file.exists():
        raise Refused(f"{folder.name} has no kustomization.yaml")
    wanted = yaml.safe_load(file.read_text())
    if unknown := set(wanted) - KNOWN:
        raise Refused(f"{folder.name}: the fields {sorted(unknown)} are not understood here")
    objects = []
    for name in wanted.get("resources", []):
        path = folder / name
        objects += build(path) if path.is_dir() else load(path)
    objects += [config_map(folder, one) for one in wanted.get("configMapGenerator", [])]
    for patch in wanted.get("patches", []):
        for change in load(folder / patch["path"]):
            apply(objects, change, folder)
    for label in wanted.get("labels", []):
        if set(label) - {"pairs", "includeTemplates"}:
            raise Refused(f"{folder.name}: selectors are written out, not made by kustomize")
        for one in objects:
            add_labels(one, label["pairs"], label.get("includeTemplates", False))
    for one in objects:
        if "namespace" in wanted and one["kind"] not in CLUSTER_WIDE:
            one["metadata"]["namespace"] = wanted["namespace"]
    for image in wanted.get("images", []):
        for container in containers(objects):
            if container["image"].split(":")[0] == image["name"]:
                tail = f"@{image['digest']}" if "digest" in image else f":{image['newTag']}"
                container["image"] = image.get("newName", image["name"]) + tail
    return objects


def load(path):
    if not path.exists():
        raise Refused(f"{path.parent.name}/{path.name} does not exist")
    return [one for one in yaml.safe_load_all(path.read_text()) if one]


def config_map(folder, wanted):
    data = dict(literal.split("=", 1) for literal in wanted.get("literals", []))
    for name in wanted.get("envs", []):
        path = folder / name
        if not path.exists():
            raise Refused(f"{folder.name}/{name} does not exist")
        lines = (line.strip() for line in path.read_text().splitlines())
        data |= dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": wanted["name"]}, "data": data}


def apply(objects, change, folder):
    same = [one for one in objects if one["kind"] == change["kind"] and one["metadata"]["name"] == change["metadata"]["name"]]
    if len(same) != 1:
        raise Refused(f"{folder.name}: a patch fits {len(same)} objects")
    merge(same[0], copy.deepcopy(change))


def merge(target, change):
    for name, value in change.items():
        if isinstance(value, list):
            raise Refused(f"a patch of the list {name} is not understood here")
        if isinstance(value, dict) and isinstance(target.get(name), dict):
            merge(target[name], value)
        else:
            target[name] = value


def add_labels(one, pairs, templates):
    one["metadata"].setdefault("labels", {}).update(pairs)
    if templates and "template" in one.get("spec", {}):
        one["spec"]["template"].setdefault("metadata", {}).setdefault("labels", {}).update(pairs)


def containers(objects):
    for one in objects:
        if one["kind"] == "Deployment":
            yield from one["spec"]["template"]["spec"]["containers"]
