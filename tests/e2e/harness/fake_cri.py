"""A CRI runtime that says what a test wants, in front of a node's own."""

import concurrent.futures
import json
import os

import grpc

from harness import paths  # noqa: F401  makes pods importable
import pods

cri = pods.cri
_METHODS = ("ListPodSandbox", "ListContainers", "ContainerStatus")


class FakeCri:
    """Listens on `socket` as a context. `change(method, request, response)` may alter what the
    node's runtime answered, or replace it."""

    def __init__(self, directory, node, change):
        self._node = node
        self._change = change
        self.socket = str(directory / "cri.sock")
        # Each call has a handler that holds it until the next: a gateway looks one box up at a time.
        self._server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
        handlers = {method: grpc.unary_unary_rpc_method_handler(
            self._handler(method), request_deserializer=getattr(cri, method + "Request").FromString,
            response_serializer=lambda message: message.SerializeToString()) for method in _METHODS}
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler("runtime.v1.RuntimeService", handlers),))
        self._server.add_insecure_port("unix://" + self.socket)

    def _handler(self, method):
        def answer(request, context):
            fields = {field.name: value for field, value in request.ListFields()}
            try:
                response = self._node.instance.call(method, **fields)
            except grpc.RpcError as error:
                response = getattr(cri, method + "Response")()
                failure = error
            else:
                failure = None
            changed = self._change(method, request, response)
            if changed is None and failure is not None:
                context.abort(failure.code(), failure.details())
            return changed or response
        return answer

    def __enter__(self):
        self._server.start()
        # The resolver takes on the socket's group.
        os.chmod(self.socket, 0o660)
        return self

    def __exit__(self, *_):
        self._server.stop(0).wait()


class MadeUpContainer:
    """A `change` for FakeCri: one pod of `project` and `box` whose container is no CRI runtime's,
    but one that the test made, with this first process and runtimeSpec."""

    def __init__(self, project, box, container_id, pid, spec):
        self.container_id = container_id
        self.details = {"pid": pid, "runtimeType": "io.containerd.runc.v2", "runtimeSpec": spec}
        self.labels = {pods.PROJECT_LABEL: project, pods.BOX_LABEL: box}

    def __call__(self, method, request, response):
        if method == "ListPodSandbox":
            return cri.ListPodSandboxResponse(items=[cri.PodSandbox(
                id="e" * 64, metadata=cri.PodSandboxMetadata(name="made-up", namespace="default",
                                                             uid="1"),
                state=cri.SANDBOX_READY, created_at=1, labels=self.labels)])
        if method == "ListContainers":
            return cri.ListContainersResponse(containers=[cri.Container(
                id=self.container_id, pod_sandbox_id="e" * 64,
                metadata=cri.ContainerMetadata(name="box"), state=cri.CONTAINER_RUNNING,
                created_at=1)])
        return cri.ContainerStatusResponse(
            status=cri.ContainerStatus(id=self.container_id,
                                       metadata=cri.ContainerMetadata(name="box"),
                                       state=cri.CONTAINER_RUNNING),
            info={"info": json.dumps(self.details)})


def details(response, **changes):
    """The answer to ContainerStatus with members of its details changed."""
    changed = cri.ContainerStatusResponse()
    changed.CopyFrom(response)
    info = json.loads(response.info["info"])
    changed.info["info"] = json.dumps({**info, **changes})
    return changed
