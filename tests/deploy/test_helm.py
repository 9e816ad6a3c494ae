"""The Helm chart: it makes what kustomize makes, and refuses values that the gateway would refuse."""

import base64
import json
import re
import subprocess

import pytest
import yaml

from harness import paths, readme, startup
from harness.gateway import clean_environment
from rendered import DEPLOY, OVERLAYS, ROOT, by_name, differences, kustomize, program, run

CHART = DEPLOY / "helm" / "zomg-ssh-gateway"
GATEWAY = "zomg-ssh-gateway"
# The Helm of kubectl 1.30 is one of version 3, that of 1.35 one of version 4.
HELMS = [30, 35]
# What the pod itself settles: `--set settings.listen` would do nothing good.
OF_THE_POD = {"listen", "host_key_path", "authorized_keys", "authorized_keys_file", "state_dir",
              "cri_socket", "record_dir", "metrics_listen", "kubectl"}

OVERLAY_VALUES = {
    "deployment": {},
    "daemonset": {"kind": "DaemonSet"},
    "k3s": {"runtime": "k3s"},
    "cri-o": {"runtime": "cri-o"},
    "recordings": {"recordings": {"directory": "/var/lib/zomg-ssh-recordings"}},
    "namespace-only": {"settings": {"namespace": "default"}},
}

GOOD = [
    {"settings": {"github_users": ["alice=demo--*", "bob"], "drain_secs": "1h30m"}},
    {"settings": {"github_users": "alice=demo--*, bob", "per_source_penalties": False}},
    {"settings": {"close_revoked": True, "max_connections": 4096, "box_user": 1000}},
    {"settings": {"proxy_protocol_from": ["10.0.0.0/8", "2001:db8::/32"], "audit_log": "off"}},
    {"settings": {"per_source_penalties": "authfail:5s noauth:1s max:10m"}},
    {"hostKey": {"existingSecret": "", "value": "x"}, "authorizedKeys": {"value": "ssh-ed25519 A"}},
    {"runtimeDirectory": "/run/k0s/containerd", "memory": "2Gi", "service": {"type": "NodePort"}},
]

# What is wrong, and a word that the complaint has.
BAD = [
    ({"settings": {"max_sessions": 33}}, "max_sessions"),
    ({"settings": {"max_sessions": "10"}}, "max_sessions"),
    ({"settings": {"max_session": 10}}, "max_session"),
    ({"settings": {"drain_secs": "5 minutes"}}, "drain_secs"),
    ({"settings": {"drain_secs": 604801}}, "drain_secs"),
    ({"settings": {"login_grace_time": 0}}, "login_grace_time"),
    ({"settings": {"path": "nsenter"}}, "path"),
    ({"settings": {"log_level": "verbose"}}, "log_level"),
    ({"settings": {"close_revoked": "maybe"}}, "close_revoked"),
    ({"settings": {"chroot": "volumes"}}, "chroot"),
    ({"settings": {"namespace": "Default"}}, "namespace"),
    ({"settings": {"github_url": "http://github.com"}}, "github_url"),
    ({"settings": {"github_users": ["alice=", "bob"]}}, "github_users"),
    ({"settings": {"github_users": []}}, "github_users"),
    ({"settings": {"proxy_protocol_from": ["balancer"]}}, "proxy_protocol_from"),
    ({"settings": {"max_startups": "10:30"}}, "max_startups"),
    ({"settings": {"audit_log": "audit.log"}}, "audit_log"),
    ({"settings": {"record": "some"}}, "record"),
    ({"settings": {"listen": "[::]:22"}}, "listen"),
    ({"settings": {"authorized_keys": "ssh-ed25519 A"}}, "authorized_keys"),
    ({"kind": "StatefulSet"}, "kind"),
    ({"runtime": "docker"}, "runtime"),
    ({"runtimeDirectory": "run/containerd"}, "runtimeDirectory"),
    ({"hostKey": {"existingSecret": "", "value": ""}}, "hostKey"),
    ({"authorizedKeys": {"existingSecret": ""}}, "authorizedKeys"),
    ({"service": {"type": "ClusterIP"}}, "type"),
    ({"image": ""}, "image"),
    ({"memory": "much"}, "memory"),
    ({"replicas": 2}, "replicas"),
    ({"securityContext": {"privileged": True}}, "securityContext"),
]


class Helm:
    """Helm with values in a file: (exit status, stdout, stderr)."""

    def __init__(self, home, minor=35):
        self.home = home
        self.program = program("helm", minor)

    def run(self, verb, values, *arguments):
        file = self.home / "values.yaml"
        file.write_text(json.dumps(values), encoding="utf-8")
        return run(self.program, *verb, CHART, "-f", file, *arguments, home=self.home)

    def lint(self, values):
        status, out, err = self.run(["lint", "--strict"], values)
        return status, out + err

    def template(self, values, *arguments, name=GATEWAY, namespace="zomg-ssh"):
        status, out, err = self.run(["template", name], values, "-n", namespace, *arguments)
        assert status == 0, err
        return by_name(out)


@pytest.fixture
def helm(tmp_path):
    return Helm(tmp_path)


def pod_of(resources, kind="Deployment"):
    return resources[kind, GATEWAY]["spec"]["template"]


def container_of(resources):
    return pod_of(resources)["spec"]["containers"][0]


def settings_schema():
    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    return schema["properties"]["settings"]["properties"]


@pytest.mark.parametrize("minor", HELMS)
@pytest.mark.parametrize("overlay", OVERLAY_VALUES)
def test_the_chart_makes_what_kustomize_makes(tmp_path, overlay, minor):
    charted = Helm(tmp_path, minor).template(OVERLAY_VALUES[overlay], "--kube-version", "1.35")
    made = kustomize(OVERLAYS / overlay, tmp_path)
    # The namespace is there before a release is, and Helm keeps the release in it.
    del made["Namespace", "zomg-ssh"]
    pod = pod_of(charted, "DaemonSet" if overlay == "daemonset" else "Deployment")
    # A change of settings makes new pods.
    assert len(pod["metadata"]["annotations"].pop("checksum/settings")) == 64
    assert differences(charted, made) == []


def test_every_overlay_is_compared():
    assert {path.name for path in OVERLAYS.iterdir()} == set(OVERLAY_VALUES)


@pytest.mark.parametrize("minor", HELMS)
def test_lint_finds_nothing_in_the_defaults(tmp_path, minor):
    status, said = Helm(tmp_path, minor).lint({})
    assert status == 0, said


@pytest.mark.parametrize("values", GOOD, ids=str)
def test_lint_takes_good_values(helm, values):
    status, said = helm.lint(values)
    assert status == 0, said


@pytest.mark.parametrize("values, named", BAD, ids=lambda part: str(part)[:60])
def test_lint_refuses_a_wrong_value_by_name(helm, values, named):
    status, said = helm.lint(values)
    assert status != 0 and named in said, said
    assert helm.run(["template", GATEWAY], values)[0] != 0


def test_lint_takes_every_default_as_it_is_documented(helm):
    rows = re.findall(r"^\| `settings\.(\w+)` \| .*? \| `([^`]+)` \|",
                      (CHART / "README.md").read_text(encoding="utf-8"), re.M)
    assert len(rows) > 20
    defaults = {name: int(text) if text.isdigit() else text for name, text in rows}
    status, said = helm.lint({"settings": defaults})
    assert status == 0, said


def test_every_setting_is_a_value_or_the_pods(helm):
    done = subprocess.run([paths.GATEWAY, "--help"], text=True, stdout=subprocess.PIPE, check=True)
    known = {name.lower() for name in re.findall(r"^  ZOMG_SSH_(\w+)$", done.stdout, re.M)}
    assert len(known) > 40
    assert known == {*settings_schema()} | OF_THE_POD and not {*settings_schema()} & OF_THE_POD
    container = container_of(helm.template({}))
    fixed = {variable["name"] for variable in container["env"]}
    assert {name.removeprefix("ZOMG_SSH_").lower() for name in fixed} <= OF_THE_POD


def test_values_become_variables_that_the_gateway_takes(helm, tmp_path):
    values = {"github_users": ["alice=demo--*", "bob"], "close_revoked": True, "audit_sftp": False,
              "max_sessions_per_box": 131072, "record_max_mib": 1048576, "drain_secs": "1h30m",
              "proxy_protocol_from": ["10.0.0.0/8"], "per_source_penalties": False}
    data = helm.template({"settings": values})["ConfigMap", GATEWAY]["data"]
    assert data.pop("ZOMG_SSH_METRICS_LISTEN") == "[::]:9290"
    assert data == {
        "ZOMG_SSH_GITHUB_USERS": "alice=demo--*,bob", "ZOMG_SSH_CLOSE_REVOKED": "yes",
        "ZOMG_SSH_AUDIT_SFTP": "no", "ZOMG_SSH_MAX_SESSIONS_PER_BOX": "131072",
        "ZOMG_SSH_RECORD_MAX_MIB": "1048576", "ZOMG_SSH_DRAIN_SECS": "1h30m",
        "ZOMG_SSH_PROXY_PROTOCOL_FROM": "10.0.0.0/8", "ZOMG_SSH_PER_SOURCE_PENALTIES": "no"}
    done = subprocess.run([paths.GATEWAY, "--print-config"], check=False, capture_output=True,
                          text=True, env=clean_environment(**startup.settings(tmp_path, **data)))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("drain, seconds", [(300, 330), ("1h30m", 5430), ("2d", 172830), ("90", 120),
                                            (0, 30), ("1w", 604830), (None, 330)])
def test_the_pod_ends_after_the_drain(helm, drain, seconds):
    pod = pod_of(helm.template({"settings": {"drain_secs": drain}}))
    assert pod["spec"]["terminationGracePeriodSeconds"] == seconds


@pytest.mark.parametrize("settings", [{}, {"max_connections": 16}, {"max_sessions": 32},
                                      {"max_connections": 4096, "max_window_mib": 32768}], ids=str)
def test_the_limit_of_memory_is_what_the_settings_allow(helm, tmp_path, settings):
    resources = helm.template({"settings": settings})
    limit = container_of(resources)["resources"]["limits"]["memory"]
    data = resources["ConfigMap", GATEWAY]["data"]
    done = subprocess.run([paths.GATEWAY, "--check"], text=True, check=False, capture_output=True,
                          env=clean_environment(**startup.settings(tmp_path, **data)))
    need = int(re.search(r"memory: at most (\d+) MiB", done.stdout).group(1))
    assert need <= int(limit.removesuffix("Mi"))
    # Unless this machine's own limits allow fewer connections than are set.
    connections = int(re.search(r"quotas: (\d+) connections", done.stdout).group(1))
    if connections == settings.get("max_connections", 512):
        assert int(limit.removesuffix("Mi")) < need + 64


def test_before_kubernetes_1_30_apparmor_is_an_annotation(helm):
    old, new = (helm.template({}, "--kube-version", version) for version in ("1.29.9", "1.30.0"))
    annotation = "container.apparmor.security.beta.kubernetes.io/gateway"
    assert pod_of(old)["metadata"]["annotations"][annotation] == "unconfined"
    assert "appArmorProfile" not in container_of(old)["securityContext"]
    assert annotation not in pod_of(new)["metadata"]["annotations"]
    assert container_of(new)["securityContext"]["appArmorProfile"] == {"type": "Unconfined"}


def test_secrets_are_those_there_or_made_of_values(helm):
    def mounted(resources):
        return {volume["secret"]["secretName"] for volume in pod_of(resources)["spec"]["volumes"]
                if "secret" in volume}
    there = helm.template({"hostKey": {"existingSecret": "mine"}})
    assert mounted(there) == {"mine", "zomg-ssh-authorized-keys"}
    assert not [kind for kind, _ in there if kind == "Secret"]
    made = helm.template({"hostKey": {"value": "KEY\n"}, "authorizedKeys": {"value": "ssh-ed25519 A"}})
    secrets = {name: secret for (kind, name), secret in made.items() if kind == "Secret"}
    assert mounted(made) == set(secrets)
    contents = {key: base64.b64decode(content) for secret in secrets.values()
                for key, content in secret["data"].items()}
    assert contents == {"host-ed25519": b"KEY\n", "authorized_keys": b"ssh-ed25519 A\n"}


def test_another_setting_or_host_key_makes_new_pods(helm):
    def checksum(values):
        return pod_of(helm.template(values))["metadata"]["annotations"]["checksum/settings"]
    assert len({checksum(values) for values in (
        {}, {"settings": {"max_sessions": 9}}, {"hostKey": {"value": "K"}},
        {"recordings": {"directory": "/var/lib/r"}})}) == 4
    assert checksum({}) == checksum({"authorizedKeys": {"value": "ssh-ed25519 A"}})


def test_names_of_the_release_are_text_whatever_they_look_like(helm):
    made = helm.template({}, name="123", namespace="0777")
    assert {name for _, name in made} == {"123"}
    assert made["ServiceAccount", "123"]["metadata"]["namespace"] == "0777"
    assert made["ClusterRoleBinding", "123"]["subjects"][0] == {
        "kind": "ServiceAccount", "name": "123", "namespace": "0777"}


def test_more_volumes_and_places(helm):
    made = helm.template({
        "extraVolumes": [{"name": "banner", "configMap": {"name": "banner"}}],
        "extraVolumeMounts": [{"name": "banner", "mountPath": "/etc/zomg-ssh/banner"}],
        "imagePullSecrets": [{"name": "registry"}], "nodeSelector": {"a": "b"},
        "tolerations": [{"operator": "Exists"}],
        "service": {"annotations": {"c": "d"}, "port": 22}, "monitoringNamespace": "observed"})
    spec = pod_of(made)["spec"]
    assert spec["volumes"][-1]["name"] == container_of(made)["volumeMounts"][-1]["name"] == "banner"
    assert spec["imagePullSecrets"] == [{"name": "registry"}] and spec["nodeSelector"] == {"a": "b"}
    assert spec["tolerations"] == [{"operator": "Exists"}]
    service = made["Service", GATEWAY]
    assert service["metadata"]["annotations"] == {"c": "d"} and service["spec"]["ports"][0]["port"] == 22
    assert "observed" in json.dumps(made["NetworkPolicy", GATEWAY]["spec"]["ingress"])


def test_its_readme_names_every_value():
    def names(values, prefix=""):
        for key, value in values.items():
            if isinstance(value, dict) and value and prefix + key != "settings":
                yield from names(value, f"{prefix}{key}.")
            elif prefix + key != "settings":
                yield prefix + key
    readme = (CHART / "README.md").read_text(encoding="utf-8")
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    documented = set(re.findall(r"^\| `([\w.]+)` \|", readme, re.M))
    assert {name for name in documented if not name.startswith("settings.")} == {*names(values)}


def test_the_values_in_the_projects_readme_are_good(helm):
    commands, values = readme.blocks("By Helm")
    assert f" {CHART.relative_to(ROOT)} " in commands and " -f values.yaml " in commands
    made = helm.template(yaml.safe_load(values))
    assert made["ConfigMap", GATEWAY]["data"]["ZOMG_SSH_GITHUB_USERS"] == "alice=demo--*"
    assert made["Role", GATEWAY]["metadata"]["namespace"] == "boxes"


def test_its_version_is_the_projects():
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    [version] = re.findall(r"^project\(.* VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text(
        encoding="utf-8"), re.M)
    assert chart["version"] == chart["appVersion"] == version
