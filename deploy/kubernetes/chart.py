"""The templates of the Helm chart that are made of base/: its text, with what values decide put in.

deploy/helm/zomg-ssh-gateway/templates/_helpers.tpl has what is included here."""

import re

from text import read, replaced
from workload import CHANGES

_HEAD = "{{- /* Made of deploy/kubernetes/base by deploy/kubernetes/render.py: change it there. */}}\n"


def _included(name, as_text=False):
    return f'{{{{ include "zomg.{name}" .{" | quote" if as_text else ""} }}}}'


def _either(condition, one, other=""):
    """Whole lines, where the condition holds, and others where it does not."""
    otherwise = f"{{{{- else }}}}\n{other}" if other else ""
    return f"{{{{- if {condition} }}}}\n{one}{otherwise}{{{{- end }}}}\n"


def _list_of(value, indent, place=""):
    """The whole of a value, where it is not empty, as lines below `place`."""
    return f"{{{{- with .Values.{value} }}}}\n{place}{{{{- toYaml . | nindent {indent} }}}}\n{{{{- end }}}}\n"


def _changed(text, *changes):
    for old, new in changes:
        text = replaced(text, old, new)
    return text


def _of_the_release(text):
    """The names of the release, as strings whatever they look like."""
    text = re.sub(r"(\b[a-zA-Z]*[nN]ame): zomg-ssh-gateway\b", r"\1: {{ .Release.Name | quote }}", text)
    return re.sub(r"(namespace): zomg-ssh\b", r"\1: {{ .Release.Namespace | quote }}", text)


def _role():
    in_one = "{{- with .Values.settings.namespace }}\n  namespace: {{ . | quote }}\n{{- end }}\n"
    name = "  name: zomg-ssh-gateway\n"
    return _changed(
        read("role.yaml"),
        ("""With
# ZOMG_SSH_NAMESPACE set, make it a Role and the binding a RoleBinding in that namespace.
""", """With
# settings.namespace, in that namespace alone.
"""),
        ("kind: ClusterRole\nmetadata:\n" + name, f"kind: {_included('role')}\nmetadata:\n{name}{in_one}"),
        ("kind: ClusterRoleBinding\nmetadata:\n" + name,
         f"kind: {_included('role')}Binding\nmetadata:\n{name}{in_one}"),
        ("  kind: ClusterRole\n", f"  kind: {_included('role')}\n"))


def _settings():
    return _changed(
        read("settings.yaml"),
        ("""\
# Settings as environment variables, ZOMG_SSH_GITHUB_USERS for one. A change needs a
# `kubectl -n zomg-ssh rollout restart deployment zomg-ssh-gateway`.
""", "# Another content of it makes new pods.\n"),
        ('  ZOMG_SSH_DRAIN_SECS: "300"\n', "{{- include \"zomg.settings\" . | trim | nindent 2 }}\n"))


def _gateway():
    text = read("deployment.yaml")
    for old, new in CHANGES:
        text = replaced(text, old, _either('eq .Values.kind "DaemonSet"', new, old))
    newer = 'semverCompare ">=1.30-0" .Capabilities.KubeVersion.Version'
    app_armor = "            appArmorProfile: {type: Unconfined}\n"
    annotation = "        # container.apparmor.security.beta.kubernetes.io/gateway: unconfined\n"
    text = _changed(
        text,
        ("        # Before Kubernetes 1.30, in the place of appArmorProfile:\n" + annotation,
         "        checksum/settings: " + _included("checksum") + "\n" +
         _either(f"not ({newer})", annotation.replace("# ", ""))),
        (app_armor, _either(newer, app_armor)),
        ("terminationGracePeriodSeconds: 330",
         f"terminationGracePeriodSeconds: {_included('gracePeriod')}"),
        ("      containers:\n",
         _list_of("imagePullSecrets", 8, "      imagePullSecrets:\n") +
         _list_of("nodeSelector", 8, "      nodeSelector:\n") +
         _list_of("tolerations", 8, "      tolerations:\n") + "      containers:\n"),
        ("image: localhost/zomg-ssh-gateway:latest", "image: {{ .Values.image | quote }}"),
        ("imagePullPolicy: IfNotPresent", "imagePullPolicy: {{ .Values.imagePullPolicy }}"),
        ("value: /run/containerd/containerd.sock", f"value: {_included('socket')}"),
        ("limits: {memory: 2048Mi}", f"limits: {{memory: {_included('memory')}}}"),
        ("mountPath: /run/containerd,", f"mountPath: {_included('runtimeMount')},"),
        ("""\
               mountPropagation: HostToContainer}
""", """\
               mountPropagation: HostToContainer}
""" + _either(".Values.recordings.directory", """\
            - {name: recordings, mountPath: /var/lib/zomg-ssh-recordings}
""") + _list_of("extraVolumeMounts", 12)),
        ("secretName: zomg-ssh-host-key", f"secretName: {_included('hostKeySecret', True)}"),
        ("secretName: zomg-ssh-authorized-keys", f"secretName: {_included('authorizedKeysSecret', True)}"),
        ("hostPath: {path: /run/containerd,", f"hostPath: {{path: {_included('runtimeDirectory', True)},"))
    return text + _either(".Values.recordings.directory", """\
        - name: recordings
          hostPath: {path: {{ .Values.recordings.directory | quote }}, type: Directory}
""") + _list_of("extraVolumes", 8)


def _service():
    return _changed(
        read("service.yaml"),
        ("spec:\n", "{{- with .Values.service.annotations }}\n  annotations:\n"
                    "{{- toYaml . | nindent 4 }}\n{{- end }}\nspec:\n"),
        ("type: LoadBalancer", "type: {{ .Values.service.type }}"),
        ("port: 2222,", "port: {{ .Values.service.port }},"))


def _network_policy():
    return replaced(read("network-policy.yaml"), "kubernetes.io/metadata.name: monitoring",
                    "kubernetes.io/metadata.name: {{ .Values.monitoringNamespace | quote }}")


def templates():
    """The text of each template by its name. The namespace is the release's, so it is not here."""
    made = {"account": read("account.yaml"), "role": _role(), "settings": _settings(),
            "gateway": _gateway(), "service": _service(), "network-policy": _network_policy()}
    return {f"{name}.yaml": _HEAD + _of_the_release(text) for name, text in made.items()}
