"""The Dockerfile and what belongs to it: parsed as a builder would, and held against our own rules."""

import json
import pathlib
import posixpath
import re
import tomllib
from dataclasses import dataclass, field

# Syntax that only BuildKit understands; ACR Tasks and older builders refuse it.
BUILDKIT_ONLY = [r"^# *syntax=", r"--mount=", r"--chmod=", r"--link\b", r"<<", r"\$\{?TARGETARCH", r"\$\{?BUILDPLATFORM"]

# Where the sandbox Jira of the image `demo` listens.
DEMO_PORT = "8090"


@dataclass
class Stage:
    base: str
    name: str
    steps: list = field(default_factory=list)

    def all(self, word):
        return [rest for step, rest in self.steps if step == word]


@dataclass
class Dockerfile:
    arguments: dict
    stages: list

    @property
    def last(self):
        return self.stages[-1]


def parse(text):
    """Instructions by stage; comments gone, continued lines joined, default values of global arguments kept."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    arguments, stages = {}, []
    for line in filter(str.strip, joined.splitlines()):
        word, _, rest = line.strip().partition(" ")
        word, rest = word.upper(), rest.strip()
        if word == "FROM":
            base, _, name = re.sub(r"\$\{(\w+)\}", lambda m: arguments[m[1]], rest).partition(" AS ")
            stages.append(Stage(base, name))
        elif not stages:
            if word != "ARG":
                raise ValueError(f"{word} before the first FROM")
            name, _, value = rest.partition("=")
            arguments[name] = value
        else:
            stages[-1].steps.append((word, rest))
    return Dockerfile(arguments, stages)


def targets(file):
    """What can be built and run, by its name: the last stage (no name), and every named one that ends in a program."""
    named = {stage.name: stage for stage in file.stages[:-1] if stage.name and stage.all("ENTRYPOINT")}
    return {"": file.last, **named}


def pairs(rest):
    """NAME=value pairs of ENV and LABEL."""
    found = re.findall(r'([\w.]+)=("[^"]*"|\S+)', rest)
    return {name: value.strip('"') for name, value in found}


def check(project, settings):
    """Every rule that the image breaks, as (rule, sentence). `settings` are the names that the bridge knows."""
    text = (project / "Dockerfile").read_text()
    try:
        file = parse(text)
    except (ValueError, KeyError) as fault:
        yield "image-parses", f"Dockerfile: {fault}"
        return
    yield from build_rules(project, text, file)
    yield from final_rules(project, file, settings)
    yield from context_rules(project, file)


def build_rules(project, text, file):
    toolchain = tomllib.loads((project / "rust-toolchain.toml").read_text())["toolchain"]["channel"]
    base = file.stages[0].base
    if f":{toolchain}-" not in base:
        yield "image-toolchain", f"the base {base} is not the toolchain {toolchain} of rust-toolchain.toml"
    if f"RUSTUP_TOOLCHAIN={toolchain}" not in text:
        yield "image-toolchain", f"RUSTUP_TOOLCHAIN is not {toolchain}"
    pinned = dict(re.findall(r"^(\w+)=(.*)$", (project / "deploy/image/base.env").read_text(), re.M))
    if pinned.get("RUST_IMAGE") != base:
        yield "image-base", f"deploy/image/base.env names {pinned.get('RUST_IMAGE')}, the Dockerfile {base}"
    if not re.fullmatch(r"(sha256:[0-9a-f]{64})?", pinned.get("RUST_IMAGE_DIGEST", "-")):
        yield "image-base", "RUST_IMAGE_DIGEST is neither empty nor a digest"
    for pattern in BUILDKIT_ONLY:
        if re.search(pattern, text, re.M):
            yield "image-plain-syntax", f"only BuildKit understands {pattern}"
    build = next((run for run in file.stages[0].all("RUN") if "cargo build" in run), "")
    for flag in ("--release", "--locked", "--no-default-features", "-unknown-linux-musl"):
        if flag not in build:
            yield "image-build-flags", f"cargo build without {flag}"
    if "FEATURES=" not in file.stages[0].all("ARG"):
        yield "image-build-flags", "something is built in that nobody asked for: FEATURES is not empty"
    environment = " ".join(file.stages[0].all("ENV"))
    for needed in ("--remap-path-prefix=/src=", "--remap-path-prefix=/usr/local/cargo=", "-ffile-prefix-map=/src=", "SOURCE_DATE_EPOCH="):
        if needed not in environment:
            yield "image-reproducible", f"the build's environment has no {needed}"
    for run in file.stages[0].all("RUN"):
        for package in apt_packages(run):
            if "=" not in package:
                yield "image-reproducible", f"apt package {package} without a version"
    if "sbom.py" not in build or "THIRD-PARTY.md" not in build:
        yield "image-papers", "the list of parts or the licences do not go into the image"


def apt_packages(run):
    command = re.search(r"apt-get install ([^&|;]*)", run)
    return [word for word in command[1].split() if not word.startswith("-")] if command else []


def final_rules(project, file, settings):
    for name, stage in targets(file).items():
        yield from final_stage(project, name, stage, settings)


def final_stage(project, name, stage, settings):
    is_demo = name == "demo"
    if stage.base != "scratch":
        yield "image-empty-base", f"a final stage stands on {stage.base}"
    if stage.all("RUN") or stage.all("ADD"):
        yield "image-empty-base", "a final stage runs or downloads something"
    if stage.all("USER") != ["65532:65532"]:
        yield "image-user", f"USER is {stage.all('USER')}"
    health = " ".join(stage.all("HEALTHCHECK"))
    if not health.endswith('CMD ["/jira-mcp-bridge", "healthcheck"]'):
        yield "image-healthcheck", "HEALTHCHECK does not ask the bridge"
    command = ["demo", "--jira-address", "0.0.0.0", "--jira-port", DEMO_PORT] if is_demo else ["serve"]
    for word, expected in (("ENTRYPOINT", ["/jira-mcp-bridge"]), ("CMD", command)):
        try:
            found = json.loads(" ".join(stage.all(word)))
        except ValueError:
            found = None
        if found != expected:
            yield "image-entry", f"{word} is not {expected}"
    environment = pairs(" ".join(stage.all("ENV")))
    if environment.get("HOST") != "0.0.0.0":
        yield "image-settings", "the image does not listen for others"
    for name in environment:
        # All that the sandbox holds is made up.
        if "SECRET" in name or (name == "INSECURE_NO_GATEWAY" and not is_demo):
            yield "image-settings", f"{name} must come from the deployment"
        elif name not in settings:
            yield "image-settings", f"the bridge has no setting {name}"
    if " ".join(stage.all("EXPOSE")).split() != [environment.get("PORT"), *([DEMO_PORT] if is_demo else [])]:
        yield "image-settings", "EXPOSE is not what is listened on"
    labels = pairs(" ".join(stage.all("LABEL")))
    version = tomllib.loads((project / "Cargo.toml").read_text())["package"]["version"]
    if labels.get("org.opencontainers.image.version") != version:
        yield "image-labels", f"the version label is not {version}"
    for name in ("title", "description", "licenses", "revision", "created", "source"):
        if not labels.get(f"org.opencontainers.image.{name}"):
            yield "image-labels", f"no label org.opencontainers.image.{name}"


def context_rules(project, file):
    """The builder gets an allow-list, and everything that COPY names is on it."""
    ignore = [line.strip() for line in (project / ".dockerignore").read_text().splitlines()]
    rules = [line for line in ignore if line and not line.startswith("#")]
    if not rules or rules[0] != "*":
        yield "image-context", ".dockerignore does not begin with *"
    allowed = {line[1:] for line in rules if line.startswith("!")}
    copied = {word.removeprefix("./") for rest in file.stages[0].all("COPY") for word in rest.split()[:-1]}
    if allowed != copied:
        yield "image-context", f".dockerignore and COPY differ: {sorted(allowed ^ copied)}"
    for name in allowed:
        if not (project / name).exists():
            yield "image-context", f"{name} does not exist"
    for file, needed in embedded(project):
        if not any(needed == name or needed.startswith(f"{name}/") for name in copied):
            yield "image-embeds", f"{file} takes in {needed}, which COPY does not bring"
    manifest = tomllib.loads((project / "Cargo.toml").read_text())
    for kind, folder in (("bench", "benches"), ("example", "examples"), ("test", "tests")):
        for one in manifest.get(kind, []):
            if one.get("path", folder).partition("/")[0] not in allowed:
                yield "image-context", f"Cargo.toml names {kind} {one['name']}: cargo builds nothing without {folder}, add it to COPY and .dockerignore"
    for pattern in ("**/.env*", "**/*.env"):
        if pattern not in rules:
            yield "image-context", f".dockerignore lets {pattern} pass"


TAKEN_IN = r'(?:include(?:_str|_bytes)?!\(\s*|#\[path *= *)(concat!\(\s*env!\("CARGO_MANIFEST_DIR"\)\s*,\s*)?"([^"]+)"'


def embedded(project):
    """What the compiled sources take in from other files, and what cargo itself wants, as (file, path in the project)."""
    for path in sorted(path for folder in ("src", "crates") for path in (project / folder).rglob("*.rs")):
        name = path.relative_to(project)
        if "tests" in name.parts or name.name == "tests.rs":
            continue
        for whole, file in re.findall(TAKEN_IN, path.read_text()):
            of = pathlib.PurePosixPath(*name.parts[:2]).as_posix() if name.parts[0] == "crates" else ""
            base = of if whole else name.parent.as_posix()
            yield name.as_posix(), posixpath.normpath(posixpath.join(base, file.lstrip("/") if whole else file))
    manifest = tomllib.loads((project / "Cargo.toml").read_text())
    build = manifest["package"].get("build", "build.rs" if (project / "build.rs").exists() else None)
    paths = [build, manifest["package"].get("license-file"), *manifest.get("workspace", {}).get("members", [])]
    for table in ("dependencies", "build-dependencies", "dev-dependencies"):
        paths += [one.get("path") for one in manifest.get(table, {}).values() if isinstance(one, dict)]
    for path in filter(None, paths):
        yield "Cargo.toml", posixpath.normpath(path.rstrip("/*"))
