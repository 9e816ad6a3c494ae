"""The two manifests and the image, as files."""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import tarfile

import pytest
import yaml

from gateway_pod import DAEMON_SET, MANIFEST, build_image, for_an_old_cluster
from harness import paths

IMAGE = paths.ROOT / "deploy" / "image.sh"


def documents(path):
    return {(document["kind"], document["metadata"]["name"]): document
            for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("manifest", [MANIFEST, DAEMON_SET], ids=lambda path: path.stem)
def test_the_api_server_takes_the_manifest(cluster, manifest):
    # A dry run makes no namespace, which the rest would have to be in.
    text = for_an_old_cluster(manifest.read_text(encoding="utf-8"))
    text = text.replace("namespace: zomg-ssh", "namespace: default")
    status, out, err = cluster.run_kubectl("apply", "--dry-run=server", "-f", "-", stdin=text)
    assert status == 0 and err == "", f"{out}{err}"


OVERLAYS = sorted(path.name for path in (paths.ROOT / "deploy/kubernetes/overlays").iterdir())


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_api_server_takes_what_kustomize_makes(cluster, overlay):
    newer = subprocess.run([paths.ROOT / "tests/cluster/kubectl.sh", "35"], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.strip()
    made = subprocess.run([newer, "kustomize", paths.ROOT / "deploy/kubernetes/overlays" / overlay],
                          check=True, text=True, stdout=subprocess.PIPE).stdout
    text, changed = re.subn(r" +appArmorProfile:\n +type: Unconfined\n", "", made)
    assert changed == 1
    text = text.replace("namespace: zomg-ssh", "namespace: default")
    status, out, err = cluster.run_kubectl("apply", "--dry-run=server", "-f", "-", stdin=text)
    assert status == 0 and err == "", f"{out}{err}"
    assert len(out.splitlines()) == 8


def test_the_daemon_set_differs_in_what_it_is_alone():
    one, many = documents(MANIFEST), documents(DAEMON_SET)
    deployment = one.pop(("Deployment", "zomg-ssh-gateway"))["spec"]
    daemon_set = many.pop(("DaemonSet", "zomg-ssh-gateway"))["spec"]
    assert one == many
    assert daemon_set["selector"] == deployment["selector"]
    port = daemon_set["template"]["spec"]["containers"][0]["ports"][0]
    assert port.pop("hostPort") == port["containerPort"]
    assert daemon_set["template"] == deployment["template"]


def test_not_everybody_may_ask_for_metrics():
    [policy] = [document for (kind, _), document in documents(MANIFEST).items()
                if kind == "NetworkPolicy"]
    open_to_all = [port["port"] for rule in policy["spec"]["ingress"] if not rule.get("from")
                   for port in rule["ports"]]
    assert open_to_all == [2222]


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


def files_of(image):
    """What the image's layers put where: (path, entry, content of small files)."""
    with tarfile.open(image) as archive:
        for layer in json.load(archive.extractfile("manifest.json"))[0]["Layers"]:
            with tarfile.open(fileobj=archive.extractfile(layer)) as files:
                for entry in files:
                    content = files.extractfile(entry).read() if entry.name == "./etc/passwd" else b""
                    yield entry.name.removeprefix("."), entry, content


@pytest.fixture(name="installed", scope="module")
def _installed(tmp_path_factory):
    """The names of the programs that `cmake --install` puts somewhere."""
    directory = tmp_path_factory.mktemp("installed")
    subprocess.run(["cmake", "--install", paths.BINARIES.parent, "--prefix", "/usr", "--component",
                    "gateway"], check=True, env={**os.environ, "DESTDIR": str(directory)},
                   stdout=subprocess.DEVNULL)
    return {path.name for path in directory.rglob("*") if path.is_file() and path.stat().st_mode & 0o111}


def test_the_image_has_all_programs_that_are_installed_and_kubectl_alone(image, installed):
    assert len(installed) > 5
    programs = {path for path, entry, _ in files_of(image)
                if entry.isfile() and entry.mode & 0o111 and "/lib/" not in path}
    assert {pathlib.Path(path).name for path in programs} == installed | {"kubectl"}
    assert {"/usr/bin/kubectl", "/usr/bin/zomg-ssh-gateway"} <= programs


def test_the_image_has_another_kubectl(cluster, tmp_path):
    archive = tmp_path / "image.tar"
    subprocess.run([IMAGE, archive], check=True, timeout=600, stdin=subprocess.DEVNULL,
                   env={**os.environ, "ZOMG_KUBECTL": cluster.kubectl_path})
    [size] = [entry.size for path, entry, _ in files_of(archive) if path.endswith("/kubectl")]
    assert size == os.stat(cluster.kubectl_path).st_size


def test_a_kubectl_that_sessions_could_not_run_comes_into_no_image(tmp_path):
    """As that of Debian 13, which needs its loader and libraries."""
    done = subprocess.run([IMAGE, tmp_path / "image.tar"], check=False, text=True, timeout=600,
                          stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          env={**os.environ, "ZOMG_KUBECTL": "/usr/bin/true"})
    assert done.returncode == 1
    assert "/usr/bin/true is no statically linked program" in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_image_has_the_accounts_of_an_installation(image):
    accounts = subprocess.run([paths.TOOLS / "users.sh", "list"], check=True, text=True,
                              stdout=subprocess.PIPE).stdout.split()
    rows = [line.split(":") for path, _, content in files_of(image) if path == "/etc/passwd"
            for line in content.decode().splitlines()]
    assert [row[0] for row in rows] == ["root", *accounts]
    # One each, so that none can touch another.
    assert len({row[2] for row in rows}) == len(rows)
    # The page names the one that a volume of recordings is for.
    [recorder] = [row[2] for row in rows if row[0] == "zomg-ssh-recorder"]
    assert f"install -d -o {recorder} " in (paths.ROOT / "docs/deploy.md").read_text(encoding="utf-8")
