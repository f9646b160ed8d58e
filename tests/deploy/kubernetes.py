"""deploy/kubernetes: every overlay built, held against the schemas of Kubernetes and against our own rules."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import kubernetes_validate
import yaml

import dockerfile
import judges
import kustomize

NAME = "jira-mcp-bridge"
# From the oldest release that DEPLOY.md names to the newest whose schemas are known; all must take the files.
VERSIONS = ("1.31", "1.33", "1.34", "1.37")
PRIVATE = {
    "0.0.0.0/0": {"10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"},
    "::/0": {"fc00::/7", "fe80::/10"},
}
# Traces and metrics leave over HTTP only.
COLLECTOR = {4318}
FILLED_IN = {"ALLOWED_HOSTS": "bridge.test", "PUBLIC_BASE_URL": "https://gateway.test/jira-mcp"}


# Not the bridge's own, but those of the runtime that it is built on.
RUNTIME = {"TOKIO_WORKER_THREADS"}


def check(project, settings, versions=VERSIONS):
    """Every rule that is broken, as (rule, sentence). `settings` are the bridge's names with their defaults."""
    with tempfile.TemporaryDirectory() as home:
        copied = Path(home, "kubernetes")
        shutil.copytree(project / "deploy/kubernetes", copied)
        overlays = sorted(path.name for path in (copied / "overlays").iterdir())
        if overlays != ["production", "trial"]:
            yield "kubernetes-overlays", f"the overlays are {overlays}"
        for overlay in overlays:
            yield from built(project, copied / "overlays" / overlay, settings, versions)


def built(project, folder, settings, versions):
    label = f"overlay {folder.name}"
    if (folder / "settings.env.example").exists():
        if (folder / "settings.env").exists():
            yield "kubernetes-settings-file", f"{label}: settings.env belongs to who deploys, not into the repository"
        fill_in(folder)
    try:
        objects = kustomize.build(folder)
    except (kustomize.Refused, yaml.YAMLError) as fault:
        yield "kubernetes-builds", f"{label}: {fault}"
        return
    for one in objects:
        yield from schema(label, one, versions)
    by_kind = {one["kind"]: one for one in objects}
    missing = {"Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy", "ServiceAccount", "ConfigMap"} - set(by_kind)
    if missing:
        yield "kubernetes-complete", f"{label} has no {sorted(missing)}"
        return
    for rule in (pod, names, selectors, network, scale):
        for name, sentence in rule(by_kind, project, settings):
            yield name, f"{label}: {sentence}"


def fill_in(folder):
    lines = (folder / "settings.env.example").read_text().splitlines()
    filled = (f"{line}{FILLED_IN[line[:-1]]}" if line[:-1] in FILLED_IN else line for line in lines)
    (folder / "settings.env").write_text("\n".join(filled) + "\n")


def schema(label, one, versions):
    for version in versions:
        try:
            kubernetes_validate.validate(one, version, strict=True)
        except kubernetes_validate.ValidationError as fault:
            where = ".".join(map(str, fault.path))
            yield "kubernetes-schema", f"{label}: {one.get('kind')} {where}: {fault.message} (Kubernetes {version})"
        except (kubernetes_validate.SchemaNotFoundError, KeyError) as fault:
            yield "kubernetes-schema", f"{label}: no schema for {one.get('apiVersion')} {one.get('kind')}: {fault}"


def pod(objects, project, settings):
    spec = objects["Deployment"]["spec"]["template"]["spec"]
    [container] = spec["containers"]
    if spec.get("automountServiceAccountToken") is not False or spec.get("serviceAccountName") != NAME:
        yield "kubernetes-account", "the pod gets a token for the cluster"
    if objects["ServiceAccount"].get("automountServiceAccountToken") is not False:
        yield "kubernetes-account", "the account gives its token to pods"
    around = spec.get("securityContext", {})
    inside = container.get("securityContext", {})
    wanted = {
        "runAsNonRoot": around.get("runAsNonRoot") is True,
        "runAsUser": around.get("runAsUser") == 65532,
        "seccompProfile": around.get("seccompProfile", {}).get("type") == "RuntimeDefault",
        "allowPrivilegeEscalation": inside.get("allowPrivilegeEscalation") is False,
        "readOnlyRootFilesystem": inside.get("readOnlyRootFilesystem") is True,
        "capabilities": inside.get("capabilities") == {"drop": ["ALL"]},
        "privileged": not inside.get("privileged"),
    }
    for name in (name for name, holds in wanted.items() if not holds):
        yield "kubernetes-restricted", f"{name} is not restricted"
    grace = int(settings["SHUTDOWN_GRACE_MS"]) / 1000
    pause = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    if spec.get("terminationGracePeriodSeconds", 30) <= pause + grace:
        yield "kubernetes-grace", f"the pod is killed before the drain of {grace:.0f} s has ended"
    if pause < 5:
        yield "kubernetes-grace", "the pod refuses calls before the cluster has taken it out"
    if not {"requests", "limits"} <= set(container.get("resources", {})) or "memory" not in container["resources"]["limits"]:
        yield "kubernetes-resources", "no requests or no limit of memory"
    if container["image"] != f"{NAME}:named-by-overlay" and "@sha256:" not in container["image"]:
        yield "kubernetes-image", f"{container['image']} is not pinned by digest"
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for probe, path in (("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
        asked = container.get(probe, {}).get("httpGet", {})
        if asked.get("path") != path or ports.get(asked.get("port"), asked.get("port")) != ports.get("http"):
            yield "kubernetes-probes", f"{probe} does not ask for {path} at the server's port"


def names(objects, project, settings):
    """Settings, and the secret that must be a file."""
    spec = objects["Deployment"]["spec"]["template"]["spec"]
    [container] = spec["containers"]
    given = {one["name"]: one.get("value", "") for one in container["env"]} | objects["ConfigMap"]["data"]
    for name in given:
        if name not in settings and name not in RUNTIME:
            yield "kubernetes-settings", f"the bridge has no setting {name}"
    if not given.get("ALLOWED_HOSTS"):
        yield "kubernetes-settings", "ALLOWED_HOSTS is empty: every call of the gateway would be refused"
    for name in given:
        if "SECRET" in name and not name.endswith("_FILE") or name == "INSECURE_NO_GATEWAY":
            yield "kubernetes-secret", f"{name} does not belong there"
    mounts = {mount["name"]: mount for mount in container.get("volumeMounts", [])}
    secrets = {volume["name"]: volume["secret"] for volume in spec.get("volumes", []) if "secret" in volume}
    file = given.get("GATEWAY_SHARED_SECRET_FILE", "")
    fits = [name for name in secrets if file.startswith(mounts.get(name, {}).get("mountPath", "-") + "/")]
    if not fits or any(secrets[name].get("optional") for name in fits):
        yield "kubernetes-secret", "GATEWAY_SHARED_SECRET_FILE is not below a mounted, required secret"
    elif any(secrets[name].get("defaultMode") != 0o440 for name in fits) or spec["securityContext"].get("fsGroup") != spec["securityContext"]["runAsGroup"]:
        yield "kubernetes-secret", "the secret's file belongs to root, and the pod's group cannot read it or others can"
    elif any(mounts[name].get("subPath") or not mounts[name].get("readOnly") for name in fits):
        yield "kubernetes-secret", "the secret's mount is writable, or by subPath, which never sees a rotation"
    maps = {source["configMapRef"]["name"] for source in container.get("envFrom", []) if "configMapRef" in source}
    if maps != {objects["ConfigMap"]["metadata"]["name"]}:
        yield "kubernetes-settings", f"the pod reads {maps}, the overlay makes {objects['ConfigMap']['metadata']['name']}"
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    image = dockerfile.parse((project / "Dockerfile").read_text())
    exposed = dockerfile.pairs(" ".join(image.last.all("ENV")))["PORT"]
    if not str(ports.get("http")) == given.get("PORT") == exposed:
        yield "kubernetes-ports", f"container port {ports.get('http')}, PORT {given.get('PORT')}, image {exposed}"
    if given.get("ADMIN_ADDR", "").rpartition(":")[2] != str(ports.get("metrics")):
        yield "kubernetes-ports", "ADMIN_ADDR is not the port of the metrics"
    [port] = objects["Service"]["spec"]["ports"]
    # 80, so that the name alone is the whole of ALLOWED_HOSTS, as DEPLOY.md has it.
    if port.get("targetPort") != "http" or port.get("port") != 80:
        yield "kubernetes-ports", "the service does not lead from port 80 to the server"
    scraped = objects["Deployment"]["spec"]["template"]["metadata"]["annotations"]
    if (scraped.get("prometheus.io/port"), scraped.get("prometheus.io/path")) != (str(ports.get("metrics")), "/metrics"):
        yield "kubernetes-ports", "Prometheus is sent elsewhere than to the metrics"


def selectors(objects, project, settings):
    labels = objects["Deployment"]["spec"]["template"]["metadata"].get("labels", {})
    wanted = {
        "Deployment": objects["Deployment"]["spec"].get("selector", {}).get("matchLabels"),
        "Service": objects["Service"]["spec"].get("selector"),
        "PodDisruptionBudget": objects["PodDisruptionBudget"]["spec"].get("selector", {}).get("matchLabels"),
        "NetworkPolicy": objects["NetworkPolicy"]["spec"].get("podSelector", {}).get("matchLabels"),
    }
    for kind, selector in wanted.items():
        if not selector or not selector.items() <= labels.items():
            yield "kubernetes-selectors", f"{kind} selects {selector}, the pods have {labels}"
    target = objects["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    if (target["kind"], target["name"]) != ("Deployment", objects["Deployment"]["metadata"]["name"]):
        yield "kubernetes-selectors", "the autoscaler scales something else"
    rolling = objects["Deployment"]["spec"].get("strategy", {}).get("rollingUpdate", {})
    if rolling.get("maxUnavailable") != 0 or objects["PodDisruptionBudget"]["spec"].get("maxUnavailable") != 1:
        yield "kubernetes-scale", "a rollout takes replicas away, or a node can never be drained"
    if "replicas" in objects["Deployment"]["spec"]:
        yield "kubernetes-scale", "the deployment and the autoscaler both set the number of replicas"


def network(objects, project, settings):
    spec = objects["NetworkPolicy"]["spec"]
    if set(spec.get("policyTypes", [])) != {"Ingress", "Egress"}:
        yield "kubernetes-network", "the policy leaves one direction open"
    for rule in spec.get("ingress", []):
        if not rule.get("from") or not rule.get("ports"):
            yield "kubernetes-network", "somebody unnamed may come in"
    doors = {}
    for rule in spec.get("ingress", []):
        for peer in rule.get("from", []):
            for label in peer.get("namespaceSelector", {}).get("matchLabels", {"": ""}):
                doors.setdefault(label, set()).update(port["port"] for port in rule.get("ports", []))
    if doors != {f"{NAME}/gateway": {8080}, f"{NAME}/monitoring": {9090}}:
        yield "kubernetes-network", f"these may come in: {doors}"
    for rule in spec.get("egress", []):
        for peer in rule.get("to", []):
            block = peer.get("ipBlock")
            if block and not PRIVATE.get(block["cidr"], {"-"}) <= set(block.get("except", [])):
                yield "kubernetes-network", "inner addresses are open"
            if "podSelector" not in peer and "namespaceSelector" in peer and {port["port"] for port in rule["ports"]} != COLLECTOR:
                yield "kubernetes-network", "the monitoring namespace is open at a port that the bridge does not speak"
    world = {peer["ipBlock"]["cidr"] for rule in spec.get("egress", []) for peer in rule.get("to", []) if "ipBlock" in peer}
    if world != set(PRIVATE):
        yield "kubernetes-network", f"the world outside is {sorted(world)}: Jira answers over both kinds of addresses"


def scale(objects, project, settings):
    spec = objects["HorizontalPodAutoscaler"]["spec"]
    if not 1 <= spec["minReplicas"] <= spec["maxReplicas"]:
        yield "kubernetes-scale", f"{spec['minReplicas']} to {spec['maxReplicas']} replicas"
    # One replica alone is a trial's, which nobody depends on.
    if spec["minReplicas"] < 2 and not objects["Deployment"]["metadata"].get("namespace", "").endswith("-trial"):
        yield "kubernetes-scale", "production on one replica"
    if not spec.get("metrics"):
        yield "kubernetes-scale", "the autoscaler has nothing to go by"


def same_as_kustomize(project):
    """kubectl's own kustomize must come to the same objects as ours."""
    with tempfile.TemporaryDirectory() as home:
        copied = Path(home, "kubernetes")
        shutil.copytree(project / "deploy/kubernetes", copied)
        fill_in(copied / "overlays/production")
        for overlay in (copied / "overlays").iterdir():
            theirs = subprocess.run([judges.program("kubectl"), "kustomize", overlay], check=True, stdout=subprocess.PIPE, text=True).stdout
            config = next(one for one in yaml.safe_load_all(theirs) if one["kind"] == "ConfigMap")["metadata"]["name"]
            theirs = theirs.replace(config, f"{NAME}-settings")
            if in_order(yaml.safe_load_all(theirs)) != in_order(kustomize.build(overlay)):
                raise RuntimeError(f"kubectl kustomize makes something else of {overlay.name}")
    return "kubectl kustomize makes the same objects"


def in_order(objects):
    return sorted(objects, key=lambda one: one["kind"])
