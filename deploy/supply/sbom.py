#!/usr/bin/env python3
"""Write the list of parts of one release as CycloneDX 1.5 to stdout: `deploy/supply/sbom.py --target TRIPLE [--demo]`.

The same sources give the same bytes: the serial number follows from the content, the time from SOURCE_DATE_EPOCH.
"""

import argparse
import json
import os
import sys
import uuid
from datetime import datetime, timezone

sys.dont_write_bytecode = True

import parts


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--target", choices=parts.TARGETS, default=parts.TARGETS[0])
    arguments.add_argument("--demo", action="store_true", help="of a build with the sandbox Jira")
    chosen = arguments.parse_args()
    target = chosen.target
    bom = document(*parts.of_release([target], () if chosen.demo else parts.WITHOUT_SANDBOX), target)
    bom["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(bom, sort_keys=True))}"
    built_at = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), timezone.utc)
    bom["metadata"]["timestamp"] = built_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    json.dump(bom, sys.stdout, indent=1, sort_keys=True)
    print()
    return 0


def document(root, direct, components, target):
    own = reference((root["name"], root["version"]))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": root["name"],
                "version": root["version"],
                "description": root["description"],
                "licenses": [{"expression": root["license"]}],
                "purl": own,
                "properties": [{"name": "cargo:target", "value": target}],
            }
        },
        "components": [component(part) for part in components],
        "dependencies": [
            {"ref": own, "dependsOn": [reference(need) for need in direct]},
            *(
                {"ref": reference((part.name, part.version)), "dependsOn": [reference(need) for need in part.needs]}
                for part in components
            ),
        ],
    }


def component(part):
    described = {
        "type": "library",
        "bom-ref": reference((part.name, part.version)),
        "name": part.name,
        "version": part.version,
        "purl": reference((part.name, part.version)),
        # What only helps to build is listed, for it could do harm too, but it is not in the program.
        "scope": "required" if part.linked else "excluded",
        # Before SPDX cargo wrote a slash for "or".
        "licenses": [{"expression": part.license.replace("/", " OR ")}],
    }
    if part.checksum:
        described["hashes"] = [{"alg": "SHA-256", "content": part.checksum}]
    if part.repository:
        described["externalReferences"] = [{"type": "vcs", "url": part.repository}]
    return described


def reference(key):
    return f"pkg:cargo/{key[0]}@{key[1]}"


if __name__ == "__main__":
    sys.exit(main())
