"""What the runtime recorded of a container is the most that a session in it has, whatever its first
process says of itself."""

import json

import pytest

from harness import keys
from harness.fake_cri import FakeCri, cri
from harness.gateway import Gateway
from harness.unshared_box import CAPABILITIES

REFUSAL = "not confined as its runtime recorded"


class Record:
    """A `change` that puts other members into the runtimeSpec of what is said of the container."""
    process = {}
    linux = {}

    def __call__(self, method, request, response):
        if method != "ContainerStatus":
            return None
        changed = cri.ContainerStatusResponse()
        changed.CopyFrom(response)
        info = json.loads(response.info["info"])
        info["runtimeSpec"]["process"].update(self.process)
        info["runtimeSpec"]["linux"].update(self.linux)
        changed.info["info"] = json.dumps(info)
        return changed


@pytest.fixture(scope="module")
def runtime(tmp_path_factory, node):
    directory = tmp_path_factory.mktemp("recorded")
    directory.chmod(0o711)
    with FakeCri(directory, node, Record()) as running:
        yield running


@pytest.fixture(scope="module")
def recording(tmp_path_factory, node, user_key, runtime):
    directory = tmp_path_factory.mktemp("recording")
    directory.chmod(0o711)
    with Gateway(directory / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_CRI_SOCKET=runtime.socket) as running:
        yield running


@pytest.fixture
def record(monkeypatch):
    def change(process=None, linux=None):
        monkeypatch.setattr(Record, "process", process or {})
        monkeypatch.setattr(Record, "linux", linux or {})
    return change


def capabilities(*names):
    return {"capabilities": {name: list(names) for name in ("bounding", "effective", "permitted")}}


def test_a_box_that_is_as_recorded_is_entered(recording, box, connect, record):
    record()
    assert connect(recording, box.login).sh("echo in") == "in\n"


LESS = {
    "capabilities": (capabilities("CAP_CHOWN", "CAP_SYS_CHROOT"), {}),
    "no capabilities": ({"capabilities": None}, {}),
    "no_new_privs": ({"noNewPrivileges": True}, {}),
    "open files": ({"rlimits": [{"type": "RLIMIT_NOFILE", "soft": 64, "hard": 64}]}, {}),
    "AppArmor": ({"apparmorProfile": "some-profile"}, {}),
    "SELinux": ({"selinuxLabel": "system_u:system_r:container_t:s0:c1,c2"}, {}),
    "a user namespace": ({}, {"namespaces": [{"type": "user"}]}),
    "seccomp": ({}, {"seccomp": {"defaultAction": "SCMP_ACT_ALLOW"}}),
}


@pytest.mark.parametrize("what", LESS)
def test_a_box_that_has_more_than_is_recorded_is_refused(what, recording, box, connect, record):
    record(*LESS[what])
    done = connect(recording, box.login).ssh("true")
    assert done.status == 255 and REFUSAL in done.errors


def test_a_limit_that_the_box_may_raise_is_the_recorded(node, recording, connect, record):
    with node.box("recorded", "raised", privileged=True) as box:
        record({"rlimits": [{"type": "RLIMIT_NOFILE", "soft": 64, "hard": 128}],
                **capabilities(*CAPABILITIES)})
        assert connect(recording, box.login).sh("ulimit -Sn; ulimit -Hn") == "64\n128\n"


def test_groups_that_are_not_recorded_are_not_given(node, recording, connect, record):
    with node.box("recorded", "groups", supplemental_groups=[2000, 3000]) as box:
        record({"user": {"uid": 0, "gid": 0, "additionalGids": [3000, 4000]}})
        assert connect(recording, box.login).sh("id -G").split() == ["0", "3000"]
