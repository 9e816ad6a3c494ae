"""A document of SPDX 2.3 in JSON: packages, and what they are to each other."""

import hashlib
import json
import os
import re
import time
import urllib.parse

ROOT_ID = "SPDXRef-DOCUMENT"


def identifier(*parts):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]+", "-", "-".join(parts))


def now():
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def debian_purl(name, version, architecture):
    return (f"pkg:deb/debian/{urllib.parse.quote(name)}@{urllib.parse.quote(version, safe='')}"
            f"?arch={urllib.parse.quote(architecture)}")


class Document:
    def __init__(self, name, created=None):
        self.name = name
        self.created = created or now()
        self.packages = {}
        self.relationships = set()

    def add(self, package_id, name, version="", **more):
        """A package, once. `more` are fields of SPDX's, those that are empty left out."""
        package = {"SPDXID": package_id, "name": name, "versionInfo": version,
                   "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
                   "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION",
                   "copyrightText": "NOASSERTION", **more}
        self.packages[package_id] = {key: value for key, value in package.items()
                                     if value not in ("", [], None)}
        return package_id

    def add_debian(self, name, version, architecture, source=""):
        """A binary package of Debian's; `source` is its source package and that one's version."""
        return self.add(identifier("deb", name, architecture), name, version,
                        supplier="Organization: Debian",
                        sourceInfo=f"built from Debian's source package {source}" if source else "",
                        externalRefs=[{"referenceCategory": "PACKAGE-MANAGER",
                                       "referenceType": "purl",
                                       "referenceLocator": debian_purl(name, version, architecture)}])

    def relate(self, one, kind, other):
        self.relationships.add((one, kind, other))

    def describe(self, package_id):
        self.relate(ROOT_ID, "DESCRIBES", package_id)

    def take(self, other):
        """All of another document that was read, but what that describes is only there."""
        for package in other["packages"]:
            self.packages[package["SPDXID"]] = package
        for entry in other["relationships"]:
            if entry["spdxElementId"] != ROOT_ID:
                self.relate(entry["spdxElementId"], entry["relationshipType"],
                            entry["relatedSpdxElement"])

    def text(self):
        content = {
            "packages": [self.packages[key] for key in sorted(self.packages)],
            "relationships": [{"spdxElementId": one, "relationshipType": kind,
                               "relatedSpdxElement": other}
                              for one, kind, other in sorted(self.relationships)],
        }
        # Another document has another name, as SPDX demands.
        digest = hashlib.sha256((self.created + json.dumps(content)).encode()).hexdigest()
        head = {
            "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": ROOT_ID,
            "name": self.name,
            "documentNamespace": f"https://zomg.ai/spdx/{self.name}-{digest[:32]}",
            "creationInfo": {"created": self.created, "creators": ["Tool: zomg-ssh-gateway-build"]},
        }
        return json.dumps({**head, **content}, indent=1) + "\n"
