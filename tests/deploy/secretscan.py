"""Nothing in the repository looks like a secret: detect-secrets over every tracked file.

A line that somebody has looked at ends with the tool's own mark, `pragma: allowlist secret`.
"""

import re
import subprocess
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import transient_settings

PLUGINS = [
    {"name": name}
    for name in (
        "AWSKeyDetector",
        "ArtifactoryDetector",
        "AzureStorageKeyDetector",
        "BasicAuthDetector",
        "GitHubTokenDetector",
        "GitLabTokenDetector",
        "JwtTokenDetector",
        "NpmDetector",
        "OpenAIDetector",
        "PrivateKeyDetector",
        "PypiTokenDetector",
        "SendGridDetector",
        "SlackDetector",
        "StripeDetector",
        "TwilioKeyDetector",
    )
] + [{"name": "Base64HighEntropyString", "limit": 4.9}, {"name": "HexHighEntropyString", "limit": 3.6}]
# Files that are made of checksums, and nothing else.
MADE_OF_DIGESTS = re.compile(r"(Cargo\.lock|package-lock\.json|THIRD-PARTY\.md|\.snap)$")
# Atlassian's own kinds of tokens, which no detector knows.
ATLASSIAN = re.compile(r"\b(ATATT3x|ATCTT3x|ATOA)[A-Za-z0-9_=-]{20,}")

# Shorter ones are trace ids and the like: a real key has 160 bits and more, a real password is no `user:word@host`.
HEX_MIN, PASSWORD_MIN = 40, 8


def check(project):
    """Every rule that is broken, as (rule, sentence)."""
    names = tracked(project)
    with transient_settings({"plugins_used": PLUGINS, "filters_used": [{"path": "detect_secrets.filters.allowlist.is_line_allowlisted"}]}):
        found = SecretsCollection(root=str(project))
        for name in names:
            if not MADE_OF_DIGESTS.search(name):
                found.scan_file(name)
    for name, secret in found:
        shortest = {"Hex High Entropy String": HEX_MIN, "Basic Auth Credentials": PASSWORD_MIN}.get(secret.type, 0)
        if len(secret.secret_value) >= shortest:
            yield "secret", f"{name}:{secret.line_number} looks like a secret ({secret.type})"
    for name in names:
        path = project / name
        if path.is_file() and ATLASSIAN.search(path.read_text(errors="replace")):
            yield "secret", f"{name} holds an Atlassian token"


def tracked(project):
    """What git knows; in a copy without git, everything."""
    listed = subprocess.run(["git", "-C", project, "ls-files", "--cached", "--others", "--exclude-standard"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if listed.returncode == 0:
        return sorted(name for name in listed.stdout.splitlines() if (project / name).is_file())
    return sorted(path.relative_to(project).as_posix() for path in Path(project).rglob("*") if path.is_file())
