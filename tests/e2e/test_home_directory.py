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


def test_nobody_says(node, gateway, connect):
    with node.box("home", "none") as box:
        box.exec("rm /etc/passwd")
        assert where(connect(gateway, box.login))[1] in ("/", "/root")
