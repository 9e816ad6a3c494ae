"""Many pods beside one box: for how long a lookup takes among them."""

import base64
import concurrent.futures
import http.client
import json
import pathlib
import ssl
import tempfile
import threading
import urllib.parse
import uuid

import yaml

import pods  # of deploy/tools: stage.py made it importable

WORKERS = 8


def labels_of(number):
    """A box of its own in one of a hundred projects."""
    return {pods.PROJECT_LABEL: f"project-{number % 100}", pods.BOX_LABEL: f"box-{number}"}


def _in_parallel(make, numbers):
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(make, numbers))


class CriCrowd:
    """Pods in a containerd that has one running pod. They are copies of that pod's records, made
    through containerd's own API; CRI takes them up at its next start as pods that have stopped.
    Everything that CRI keeps of a pod and walks through to answer a list is there."""

    # Which extension CRI keeps its own record of a container in.
    SANDBOX = "io.cri-containerd.sandbox.metadata"
    CONTAINER = "io.cri-containerd.container.metadata"

    def __init__(self, node, pod):
        self._node = node
        here = pathlib.Path(__file__).resolve().parent
        self._messages = pods.load_messages(str(here / "containers.proto"))
        self._pattern = [self._call("Get", id=record).container
                         for record in (pod.sandbox_id, pod.box.id)]

    def _call(self, method, **fields):
        name = f"{method}Container"
        invoke = self._node.instance.channel.unary_unary(
            f"/containerd.services.containers.v1.Containers/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=getattr(self._messages, name + "Response").FromString)
        return invoke(getattr(self._messages, name + "Request")(**fields), timeout=60,
                      metadata=(("containerd-namespace", "k8s.io"),))

    def _copy(self, pattern, key, number, change):
        record = self._messages.Container()
        record.CopyFrom(pattern)
        metadata = json.loads(record.extensions[key].value)
        change(metadata["Metadata"])
        metadata["Metadata"]["Name"] += f"-{number}"
        record.id = metadata["Metadata"]["ID"]
        record.extensions[key].value = json.dumps(metadata).encode()
        self._call("Create", container=record)

    def _make(self, number):
        sandbox_id, container_id = (uuid.uuid4().hex * 2 for _ in range(2))

        def change_sandbox(metadata):
            metadata["ID"] = sandbox_id
            metadata["Config"]["metadata"] |= {"name": f"pod-{number}", "uid": str(uuid.uuid4())}
            metadata["Config"]["labels"] |= labels_of(number)

        def change_container(metadata):
            metadata.update(ID=container_id, SandboxID=sandbox_id)

        sandbox, container = self._pattern
        self._copy(sandbox, self.SANDBOX, number, change_sandbox)
        self._copy(container, self.CONTAINER, number, change_container)

    def add(self, first, last):
        """Makes pods `first` to `last` and has CRI take them up."""
        _in_parallel(self._make, range(first, last + 1))
        self._node.restart()
        found = len(self._node.instance.sandboxes())
        if found != last + 1:
            raise RuntimeError(f"CRI knows of {found} pods, not {last + 1}")


class ApiCrowd:
    """Pods of an API server, made through it. Nothing schedules or runs them; what a kubelet would
    report of a pod is written by us."""

    NAMESPACE = "default"

    def __init__(self, cluster):
        config = yaml.safe_load(cluster.kubeconfig.read_text())
        server = config["clusters"][0]["cluster"]
        user = config["users"][0]["user"]
        self._host = urllib.parse.urlsplit(server["server"]).netloc
        self._tls = ssl.create_default_context(
            cadata=base64.b64decode(server["certificate-authority-data"]).decode())
        with tempfile.NamedTemporaryFile() as pem:
            pem.write(base64.b64decode(user["client-certificate-data"]) +
                      base64.b64decode(user["client-key-data"]))
            pem.flush()
            self._tls.load_cert_chain(pem.name)
        self._thread = threading.local()

    def _send(self, method, path, body):
        if not hasattr(self._thread, "connection"):
            self._thread.connection = http.client.HTTPSConnection(self._host, context=self._tls)
        connection = self._thread.connection
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        connection.request(method, path, json.dumps(body), {"Content-Type": kind})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]}")

    def _make(self, number):
        name = f"pod-{number}"
        base = f"/api/v1/namespaces/{self.NAMESPACE}/pods"
        self._send("POST", base, {
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "labels": labels_of(number)},
            "spec": {"schedulerName": "nobody", "automountServiceAccountToken": False,
                     "containers": [{"name": "box", "image": pods.BOX_IMAGE}]}})
        state = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
        self._send("PATCH", f"{base}/{name}/status", {"status": {
            "phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [{"name": "box", "ready": True, "restartCount": 0, "state": state,
                                   "image": pods.BOX_IMAGE, "imageID": "", "started": True}]}})

    def add(self, first, last):
        """Makes pods `first` to `last`."""
        _in_parallel(self._make, range(first, last + 1))
