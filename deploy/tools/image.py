#!/usr/bin/python3
"""Packs tar layers into one docker-archive of several images, for `ctr images import`.

  image.py ARCHIVE < IMAGES

IMAGES is JSON: [{"name": str, "layers": [path, ...], "entrypoint": [...], "env": [...],
"architecture": "amd64"}, ...], the last this machine's where it is not said.
Images that share a layer share its bytes in the archive and in containerd.
"""

import hashlib
import io
import json
import platform
import sys
import tarfile

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def add_bytes(archive, name, content):
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def config_of(image, diff_ids):
    return {
        "architecture": image.get("architecture") or
                        ARCHITECTURES.get(platform.machine(), platform.machine()),
        "os": "linux",
        "config": {"Entrypoint": image["entrypoint"], "Env": image.get("env", [])},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    }


def pack(path, images):
    digests = {layer: sha256(layer) for image in images for layer in image["layers"]}
    manifest = []
    with tarfile.open(path, "w") as archive:
        for layer, digest in digests.items():
            archive.add(layer, digest + ".tar", filter=anonymous)
        for image in images:
            diff_ids = ["sha256:" + digests[layer] for layer in image["layers"]]
            config = json.dumps(config_of(image, diff_ids), sort_keys=True).encode()
            config_name = hashlib.sha256(config).hexdigest() + ".json"
            add_bytes(archive, config_name, config)
            manifest.append({
                "Config": config_name,
                "RepoTags": [image["name"]],
                "Layers": [digests[layer] + ".tar" for layer in image["layers"]],
            })
        add_bytes(archive, "manifest.json", json.dumps(manifest).encode())


def anonymous(entry):
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


if __name__ == "__main__":
    pack(sys.argv[1], json.load(sys.stdin))
