"""The two manifests and the image, as files."""

import hashlib
import json
import pathlib
import tarfile

import pytest
import yaml

from gateway_pod import MANIFEST, build_image

DAEMON_SET = MANIFEST.with_name("zomg-ssh-gateway-daemonset.yaml")


def documents(path):
    return {(document["kind"], document["metadata"]["name"]): document
            for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("manifest", [MANIFEST, DAEMON_SET], ids=lambda path: path.stem)
def test_the_api_server_takes_the_manifest(cluster, manifest):
    # A dry run makes no namespace, which the rest would have to be in.
    text = manifest.read_text(encoding="utf-8").replace("namespace: zomg-ssh", "namespace: default")
    status, out, err = cluster.run_kubectl("apply", "--dry-run=server", "-f", "-", stdin=text)
    assert status == 0 and err == "", f"{out}{err}"


def test_the_daemon_set_differs_in_what_it_is_alone():
    one, many = documents(MANIFEST), documents(DAEMON_SET)
    deployment = one.pop(("Deployment", "zomg-ssh-gateway"))["spec"]
    daemon_set = many.pop(("DaemonSet", "zomg-ssh-gateway"))["spec"]
    assert one == many
    assert daemon_set["selector"] == deployment["selector"]
    port = daemon_set["template"]["spec"]["containers"][0]["ports"][0]
    assert port.pop("hostPort") == port["containerPort"]
    assert daemon_set["template"] == deployment["template"]


def test_the_pod_ends_after_the_drain():
    one = documents(MANIFEST)
    drain = int(one["ConfigMap", "zomg-ssh-gateway"]["data"]["ZOMG_SSH_DRAIN_SECS"])
    grace = one["Deployment", "zomg-ssh-gateway"]["spec"]["template"]["spec"]
    assert grace["terminationGracePeriodSeconds"] >= drain + 30


def test_the_image_is_the_same_when_it_is_built_again(image, tmp_path):
    again = tmp_path / "again.tar"
    build_image(again)
    digests = [hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
               for path in (image, again)]
    assert digests[0] == digests[1]


def test_the_image_has_no_program_but_ours_and_kubectl(image):
    programs = set()
    with tarfile.open(image) as archive:
        for layer in json.load(archive.extractfile("manifest.json"))[0]["Layers"]:
            with tarfile.open(fileobj=archive.extractfile(layer)) as files:
                programs |= {entry.name.removeprefix(".") for entry in files
                             if entry.isfile() and entry.mode & 0o111
                             and "/lib/" not in entry.name}
    built = {pathlib.Path(name).name for name in programs}
    assert "/usr/bin/kubectl" in programs and "/usr/bin/zomg-ssh-gateway" in programs
    assert all(name == "kubectl" or name.startswith("zomg-ssh-") for name in built), programs
