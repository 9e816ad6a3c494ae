"""A pod's memory limit ends everybody's sessions when it is passed: the settings must not allow that."""

import re
import subprocess

import pytest

from harness import paths, startup
from harness.gateway import clean_environment

# As memory_need.cc has it.
SECOND_SESSION_KIB = 512
MANIFESTS = ("zomg-ssh-gateway.yaml", "zomg-ssh-gateway-daemonset.yaml")


def greatest_need(tmp_path, **settings):
    """MiB, as --check says it."""
    done = subprocess.run([paths.GATEWAY, "--check"], stdin=subprocess.DEVNULL, timeout=30,
                          env=clean_environment(**startup.settings(tmp_path, **settings)),
                          capture_output=True, text=True, check=False)
    return int(re.search(r"memory: at most (\d+) MiB", done.stdout).group(1))


def constant(name):
    """A bound of common/limits.h."""
    text = (paths.ROOT / "common" / "limits.h").read_text(encoding="utf-8")
    product = re.search(rf"\b{name} = ([\d *]+);", text).group(1)
    value = 1
    for factor in product.split("*"):
        value *= int(factor)
    return value


def default(name):
    text = (paths.ROOT / "monitor" / "settings.h").read_text(encoding="utf-8")
    return int(re.search(rf"\b{name} = (\d+);", text).group(1))


def test_what_check_says_is_what_the_bounds_come_to(tmp_path):
    windows = default("max_sessions") * constant("kLeastReceiveWindowBytes") // 1024
    sessions = constant("kConnectionMemoryKibibytes") + SECOND_SESSION_KIB
    connections = default("max_connections") * (sessions + windows)
    assert greatest_need(tmp_path) == constant("kFixedMemoryMebibytes") + connections // 1024 + \
        default("max_window_mebibytes")


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifests_limit_is_what_the_settings_allow(tmp_path, name):
    text = (paths.ROOT / "deploy" / name).read_text(encoding="utf-8")
    settings = dict(re.findall(r'^  (ZOMG_SSH_MAX_\w+): "(\d+)"', text, re.MULTILINE))
    limit = int(re.search(r"limits: \{memory: (\d+)Mi\}", text).group(1))
    need = greatest_need(tmp_path, **settings)
    assert need <= limit <= need * 1.1


def test_the_need_follows_the_settings(tmp_path):
    few = greatest_need(tmp_path, ZOMG_SSH_MAX_CONNECTIONS="16")
    assert few < greatest_need(tmp_path, ZOMG_SSH_MAX_CONNECTIONS="64")
    assert few < greatest_need(tmp_path, ZOMG_SSH_MAX_CONNECTIONS="16", ZOMG_SSH_MAX_SESSIONS="32")
    assert few + 44 == greatest_need(tmp_path, ZOMG_SSH_MAX_CONNECTIONS="16",
                                     ZOMG_SSH_MAX_WINDOW_MIB="300")
