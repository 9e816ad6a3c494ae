"""deploy/kubernetes: the manifests are what kustomize makes, and overlays change what they say alone."""

import subprocess

import pytest

from harness import readme
from rendered import DEPLOY, OVERLAYS, ROOT, by_name, differences, kustomize

GATEWAY = "zomg-ssh-gateway"
DEPLOYMENT = ("Deployment", GATEWAY)
CONTAINER = "/spec/template/spec/containers/0"
VOLUMES = "/spec/template/spec/volumes"
SETTINGS = ("ConfigMap", GATEWAY)

# By overlay: the paths at which a resource is not the one of the overlay `deployment`.
CHANGES = {
    "k3s": {DEPLOYMENT: [f"{VOLUMES}/3/hostPath/path"]},
    "cri-o": {DEPLOYMENT: [f"{CONTAINER}/env/1/value", f"{CONTAINER}/volumeMounts/3/mountPath",
                           f"{VOLUMES}/3/hostPath/path"]},
    "recordings": {DEPLOYMENT: [f"{CONTAINER}/volumeMounts/4", f"{VOLUMES}/4"],
                   SETTINGS: ["/data/ZOMG_SSH_RECORD_DIR"]},
    "namespace-only": {SETTINGS: ["/data/ZOMG_SSH_NAMESPACE"]},
}


@pytest.mark.parametrize("minor", [22, 35])
@pytest.mark.parametrize("overlay, manifest", [("deployment", "zomg-ssh-gateway.yaml"),
                                               ("daemonset", "zomg-ssh-gateway-daemonset.yaml")])
def test_a_manifest_is_what_kustomize_makes(tmp_path, overlay, manifest, minor):
    made = kustomize(OVERLAYS / overlay, tmp_path, minor)
    assert differences(by_name((DEPLOY / manifest).read_text(encoding="utf-8")), made) == []
    assert len(made) == 8


def test_what_is_made_of_the_base_is_current():
    done = subprocess.run([DEPLOY / "kubernetes/render.py", "--check"], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_overlay_is_tested():
    assert {path.name for path in OVERLAYS.iterdir()} == {"deployment", "daemonset", *CHANGES}


@pytest.mark.parametrize("overlay", CHANGES)
def test_an_overlay_changes_what_it_is_for_alone(tmp_path, overlay):
    one, other = kustomize(OVERLAYS / "deployment", tmp_path), kustomize(OVERLAYS / overlay, tmp_path)
    changed = {name: found for name in {*one} & {*other}
               if (found := differences(one[name], other[name]))}
    assert changed == CHANGES[overlay]
    only = {kind for kind, _ in {*one} ^ {*other}}
    assert only == ({"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}
                    if overlay == "namespace-only" else set())


def test_the_role_of_one_namespace_has_the_verbs_of_the_other(tmp_path):
    wide, narrow = (kustomize(OVERLAYS / name, tmp_path) for name in ("deployment", "namespace-only"))
    settings = narrow[SETTINGS]["data"]
    for kind in ("Role", "RoleBinding"):
        assert narrow[kind, GATEWAY]["metadata"]["namespace"] == settings["ZOMG_SSH_NAMESPACE"]
    assert narrow["Role", GATEWAY]["rules"] == wide["ClusterRole", GATEWAY]["rules"]
    binding = narrow["RoleBinding", GATEWAY]
    assert binding["roleRef"]["kind"] == "Role"
    assert binding["subjects"] == wide["ClusterRoleBinding", GATEWAY]["subjects"]


def built(place, text):
    """What kustomize makes of somebody's own kustomization, beside a checkout."""
    place.mkdir()
    (place / "zomg-ssh-gateway").symlink_to(ROOT)
    (place / "kustomization.yaml").write_text(text, encoding="utf-8")
    return kustomize(place, place)


def test_the_kustomization_in_the_readme(tmp_path):
    command, text = readme.blocks("By kustomize")
    assert (ROOT / command.split(" -k ")[1].strip() / "kustomization.yaml").is_file()
    made = built(tmp_path / "mine", text)
    assert made[SETTINGS]["data"]["ZOMG_SSH_GITHUB_USERS"] == "alice=demo--*"
    assert ("DaemonSet", GATEWAY) in made and ("Role", GATEWAY) in made


def test_components_go_together(tmp_path):
    kubernetes = "zomg-ssh-gateway/deploy/kubernetes"
    names = ["daemonset", "k3s", "recordings", "namespace-only"]
    components = "".join(f"  - {kubernetes}/components/{name}\n" for name in names)
    made = built(tmp_path / "mine",
                 f"resources:\n  - {kubernetes}/base\ncomponents:\n{components}")
    spec = made["DaemonSet", GATEWAY]["spec"]["template"]["spec"]
    paths = {volume["name"]: volume["hostPath"]["path"] for volume in spec["volumes"]
             if "hostPath" in volume}
    assert paths == {"containerd": "/run/k3s/containerd",
                     "recordings": "/var/lib/zomg-ssh-recordings"}
    assert ("Role", GATEWAY) in made and ("ClusterRole", GATEWAY) not in made
