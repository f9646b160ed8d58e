"""What every packager asks about the program: all of it from Cargo.toml, so that one version stands everywhere."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Project:
    name: str
    version: str
    description: str
    licence: str
    repository: str
    keywords: tuple

    @property
    def owner(self):
        return self.repository.split("/")[-2]

    @property
    def downloads(self):
        """Where the files of this version's release are."""
        return f"{self.repository}/releases/download/v{self.version}"

    @property
    def registry_name(self):
        """In the MCP registry: whoever can push to the repository may publish under its owner's name."""
        return f"io.github.{self.owner}/{self.name}"


@dataclass(frozen=True)
class Setting:
    """What a person has to say before `stdio` works."""

    variable: str
    title: str
    description: str
    example: str
    secret: bool = False

    @property
    def key(self):
        return self.variable.lower()


SETTINGS = (
    Setting("JIRA_SITE_URL", "Jira site", "The address of your Jira Cloud site, such as https://example.atlassian.net", "https://example.atlassian.net"),
    Setting("JIRA_EMAIL", "E-mail address", "The e-mail address of your Atlassian account", "you@example.com"),
    Setting(
        "JIRA_API_TOKEN",
        "API token",
        "Made at https://id.atlassian.com/manage-profile/security/api-tokens; with it the program can do what you can do in Jira",
        "YOUR_API_TOKEN",
        secret=True,
    ),
)


def read(root=ROOT):
    cargo = tomllib.loads((root / "Cargo.toml").read_text())
    package, workspace = cargo["package"], cargo["workspace"]["package"]
    return Project(
        package["name"],
        package["version"],
        package["description"],
        workspace["license"],
        package["repository"],
        tuple(package["keywords"]),
    )
