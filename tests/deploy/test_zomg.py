"""deploy/client/zomg: what it makes of a box's name and the profile."""

import subprocess

import pytest

from conftest import DEPLOY

TOOL = "zomg"
ECHO = 'printf "%s\\n" "$@"'


def said(operator, *arguments, **environment):
    """The words with which the client behind the command is called."""
    for client in ("ssh", "sftp", "scp"):
        operator.stand_in(client, ECHO)
    return operator.ok(TOOL, *arguments, **environment).splitlines()


def test_ssh_builds_the_address_from_the_profile(operator):
    assert said(operator, "ssh", "box1") == ["-p", "2222", "-l", "demo--box1", "gateway.example.org"]


def test_ssh_passes_options_and_the_command_on_as_they_are(operator):
    words = said(operator, "ssh", "box1", "-t", "--", "echo", "a  b", "$HOME")
    assert words[5:] == ["-t", "--", "echo", "a  b", "$HOME"]


@pytest.mark.parametrize("words", [("box1", "-c", "logger"), ("box1+logger",)])
def test_another_container_of_the_box(operator, words):
    assert said(operator, "ssh", *words, "-v")[2:] == [
        "-l", "demo--box1+logger", "gateway.example.org", "-v"]
    assert said(operator, "sftp", *words)[-1] == "demo--box1+logger@gateway.example.org"


def test_scp_reaches_another_container_of_a_box(operator):
    assert said(operator, "scp", "file", "box1+logger:")[-1] == "demo--box1+logger@gateway.example.org:"


@pytest.mark.parametrize("name", ["Logger", "a_b", "-a", "a b", "a+b"])
def test_a_name_that_is_no_containers_is_refused(operator, name):
    for words in (("ssh", "box1", "-c", name), ("sftp", "box1+" + name)):
        done = operator.run(TOOL, *words)
        assert done.returncode == 2 and "cannot be a container" in done.stderr


def test_another_profile_is_chosen_by_the_environment(operator):
    assert said(operator, "ssh", "box1", ZOMG_PROFILE="six") == \
        ["-p", "22", "-l", "demo--box1", "2001:db8::1"]


def test_sftp(operator):
    assert said(operator, "sftp", "box1", "-b", "batch", ZOMG_PROFILE="six") == \
        ["-P", "22", "-b", "batch", "--", "demo--box1@[2001:db8::1]"]


def test_scp_changes_paths_of_boxes_only(operator):
    assert said(operator, "scp", "-r", "-o", "A=b:c", "box1:/x y", "./a:b", "box2:") == [
        "-P", "2222", "-r", "-o", "A=b:c", "demo--box1@gateway.example.org:/x y", "./a:b",
        "demo--box2@gateway.example.org:"]


def test_ssh_config_is_one_that_ssh_reads(operator, tmp_path):
    config = tmp_path / "config"
    config.write_text(operator.ok(TOOL, "ssh-config", "box1", "box2"), encoding="utf-8")
    seen = subprocess.run(["ssh", "-G", "-F", config, "demo--box2"], check=True, capture_output=True,
                          text=True).stdout.splitlines()
    assert {"hostname gateway.example.org", "port 2222", "user demo--box2"} <= set(seen)


def test_boxes_come_from_the_api(operator):
    operator.stand_in("kubectl", f'{ECHO} >{operator.home}/call; printf "b\\na\\nb\\n"')
    assert operator.ok(TOOL, "boxes") == "a\nb\n"
    assert "zomg.ai/project=demo,zomg.ai/box" in \
        (operator.home / "call").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", ["", "a b", "a;b", "-oProxyCommand=x", "$(id)", "a" * 64, "a-"])
def test_a_name_that_is_no_label_is_refused(operator, name):
    for command in ("ssh", "sftp", "ssh-config"):
        done = operator.run(TOOL, command, name)
        assert done.returncode == 2 and "cannot be a box" in done.stderr


@pytest.mark.parametrize("profiles, reason", [
    ("profiles: [\n", "not YAML"),
    ("active_profile: dev\n", "no mapping `profiles`"),
    ("active_profile: x\nprofiles: {dev: {}}\n", "there is no profile `x`"),
    ("profiles: {a: {}, b: {}}\n", "set active_profile"),
    ("profiles: {dev: {gateway: x}}\n", "no field is named gateway"),
    ("profiles: {dev: {gateway_host: -oProxyCommand=x, project: p}}\n", "gateway_host cannot be"),
    ("profiles: {dev: {gateway_host: 'a; b', project: p}}\n", "gateway_host cannot be"),
    ("profiles: {dev: {project: p}}\n", "has no gateway_host"),
    ("profiles: {dev: {gateway_host: h}}\n", "has no project"),
])
def test_a_profile_that_is_wrong_says_so(operator, profiles, reason):
    operator.write_profiles(profiles)
    done = operator.run(TOOL, "ssh", "box1")
    assert done.returncode == 2 and reason in done.stderr


def completed(operator, shell_words):
    operator.stand_in("zomg", f'exec {DEPLOY}/client/zomg "$@"')
    operator.stand_in("kubectl", 'printf "box1\\nbox2\\n"')
    script = (f'. {DEPLOY}/client/completions/zomg.bash; COMP_WORDS=({shell_words}); '
              'COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); compopt() { :; }; _zomg; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True,
                          env={"HOME": str(operator.home),
                               "PATH": f"{operator.programs}:/usr/bin:/bin"})
    return done.stdout.split()


def test_bash_completes_commands_and_boxes(operator):
    assert completed(operator, "zomg ss") == ["ssh", "ssh-config"]
    assert completed(operator, "zomg ssh bo") == ["box1", "box2"]
    assert "box2:" in completed(operator, "zomg scp box2")


def test_zsh_reads_the_completion():
    subprocess.run(["zsh", "-n", DEPLOY / "client/completions/_zomg"], check=True)
