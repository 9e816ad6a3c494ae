"""docs/deploy.md's way from nothing to a login in a cluster: each of its commands, as it stands there.

They are run in a copy of the checkout's deploy/, whose manifest names the containerd that the test
has; `ctr` is told of that one, too."""

import os
import pathlib
import shutil
import subprocess

import pytest

from gateway_pod import NAMESPACE, SELECTOR, for_an_old_cluster
from harness import keys, paths, readme
import pods

pytestmark = pytest.mark.slow


class Walker:
    """Somebody with a home, a checkout and the cluster's kubectl, who types its commands."""

    def __init__(self, cluster, place):
        self.cluster = cluster
        self.checkout = place / "checkout"
        shutil.copytree(paths.ROOT / "deploy", self.checkout / "deploy")
        (self.checkout / "build").symlink_to(paths.ROOT / "build")
        for name in ("CMakeLists.txt", "CMakePresets.json"):
            shutil.copy(paths.ROOT / name, self.checkout)
        socket = pathlib.Path(cluster.node(1).socket)
        self.manifest = self.checkout / "deploy/zomg-ssh-gateway.yaml"
        text = self.manifest.read_text(encoding="utf-8")
        assert "hostPath: {path: /run/containerd," in text
        self.manifest.write_text(
            for_an_old_cluster(text.replace("hostPath: {path: /run/containerd,",
                                            f"hostPath: {{path: {socket.parent},")),
            encoding="utf-8")
        # There is no registry here: the box is of the image that the tests have.
        box = self.checkout / "deploy/box.yaml"
        text = box.read_text(encoding="utf-8")
        assert text.count("image: debian:12\n") == 2
        box.write_text(text.replace("image: debian:12\n", f"image: {pods.BOX_IMAGE}\n"), encoding="utf-8")
        self.box = box
        programs = place / "bin"
        programs.mkdir()
        (programs / "ctr").write_text(f'#!/bin/sh\nexec {shutil.which("ctr")} -a {socket} "$@"\n',
                                      encoding="ascii")
        (programs / "ctr").chmod(0o755)
        home = place / "home"
        (home / ".config/sops/age").mkdir(parents=True)
        (home / ".ssh").mkdir(mode=0o700)
        subprocess.run(["age-keygen", "-o", home / ".config/sops/age/keys.txt"], check=True,
                       capture_output=True)
        keys.make_user_key(home / ".ssh", name="id_ed25519")
        (home / ".ssh/config").write_text("StrictHostKeyChecking accept-new\nBatchMode yes\n"
                                          f"IdentityFile {home}/.ssh/id_ed25519\n"
                                          f"UserKnownHostsFile {home}/.ssh/known_hosts\n",
                                          encoding="utf-8")
        self.home = home
        kubectl = pathlib.Path(cluster.kubectl_path).parent
        self.environment = {
            "HOME": str(home), "LANG": "C.UTF-8", "KUBECONFIG": str(cluster.kubeconfig),
            "PATH": f"{programs}:{kubectl}:{os.environ['PATH']}",
            "ZOMG_SSH_CACHE": os.environ.get("ZOMG_SSH_CACHE",
                                             f"{pathlib.Path.home()}/.cache/zomg-ssh-gateway")}

    def type_in(self, command, stdin=""):
        done = subprocess.run(["sh", "-euc", command], cwd=self.checkout, env=self.environment,
                              input=stdin, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=600, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}"
        return done.stdout


@pytest.mark.timeout(900)
def test_in_a_cluster(cluster, tmp_path):
    if not (paths.ROOT / "build/release/bin/zomg-ssh-gateway").exists():
        pytest.skip("the image takes the release build: tests/run.sh makes it")
    tmp_path.chmod(0o711)
    walker = Walker(cluster, tmp_path)
    commands = readme.commands("In a cluster")
    assert commands[-1] == "ssh demo--box1@NODE -p 2222"
    # Only node 1 has the containerd that the manifest names.
    cluster.kubectl("cordon", cluster.node_name(2))
    try:
        for command in commands[:-1]:
            # The build is there: it is the one that is tested.
            if not command.startswith("cmake"):
                walker.type_in(command)
        pod = cluster.get("-n", NAMESPACE, "pods", "-l", SELECTOR)["items"][0]
        login = commands[-1].replace("NODE", pod["status"]["podIP"])
        said = walker.type_in(f"{login.replace('ssh ', f'ssh -F {walker.home}/.ssh/config ')}",
                              "echo typed in the box: $(whoami)\n")
        assert "typed in the box: root" in said
        # Its status is 1 if anything is wrong.
        walker.type_in(readme.inline_command("In a cluster", "--check"))
    finally:
        cluster.run_kubectl("delete", "-f", walker.box, timeout=120)
        # While a pod ends, a namespace that is deleted is not looked at again for half of the pod's grace period.
        cluster.run_kubectl("delete", "-n", NAMESPACE, "deployments", "--all", timeout=120)
        cluster.run_kubectl("wait", "-n", NAMESPACE, "--for=delete", "pods", "-l", SELECTOR, timeout=120)
        cluster.run_kubectl("delete", "-f", walker.manifest, timeout=120)
        cluster.run_kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", timeout=120)
        cluster.kubectl("uncordon", cluster.node_name(2))
