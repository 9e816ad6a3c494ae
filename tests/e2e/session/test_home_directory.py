"""HOME: what passwd says; where that says nothing, what the container says."""

import pytest


@pytest.fixture(scope="module")
def homeless(node):
    with node.box("home", "nobody", env={"HOME": "/workspace"}) as box:
        box.exec("mkdir -p /workspace")
        yield box


def where(client):
    return client.sh("echo $HOME; pwd").split()


def test_passwd_comes_first(gateway, homeless, connect):
    assert where(connect(gateway, homeless.login)) == ["/root", "/root"]


def test_without_passwd_it_is_the_containers(gateway, homeless, connect):
    homeless.exec("mv /etc/passwd /etc/passwd-")
    try:
        assert where(connect(gateway, homeless.login)) == ["/workspace", "/workspace"]
    finally:
        homeless.exec("mv /etc/passwd- /etc/passwd")


def test_of_several_users_0_the_one_named_root_counts(gateway, homeless, connect):
    homeless.exec("cp /etc/passwd /etc/passwd- && "
                  "sed -i '1i toor:x:0:0::/workspace:/bin/sh' /etc/passwd")
    try:
        assert where(connect(gateway, homeless.login)) == ["/root", "/root"]
    finally:
        homeless.exec("mv /etc/passwd- /etc/passwd")


def test_what_the_runtime_gives_its_programs_is_the_containers(node, gateway, connect):
    """As in `kubectl exec`: by the passwd file outside of the chroot."""
    with node.box("home", "runtime") as box:
        box.exec("rm /etc/passwd")
        box.exec("mkdir /outside")
        of_the_container = (
            "echo root:x:0:0::/outside:/bin/sh >/etc/passwd", "rm /etc/passwd")
        for command, home in zip(of_the_container, ("/outside", "/")):
            status, _, errors = node.instance.exec(box.container.id, ["/bin/sh", "-c", command])
            assert status == 0, errors
            assert where(connect(gateway, box.login)) == [home, home]
