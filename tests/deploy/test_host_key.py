"""deploy/host_key/host-key.sh: the host key from its making to the cluster, never in the clear."""

import base64
import json
import re
import subprocess

TOOL = "host-key.sh"


def private_key(operator):
    return operator.ok(TOOL, "show")


def public_half(private, tmp_path):
    path = tmp_path / "shown"
    path.write_text(private, encoding="ascii")
    path.chmod(0o600)
    return subprocess.run(["ssh-keygen", "-y", "-f", path], check=True, capture_output=True,
                          text=True).stdout.split()[:2]


def test_a_generated_key_comes_back_whole(operator, tmp_path):
    known = operator.ok(TOOL, "generate").splitlines()[-1].split()
    assert public_half(private_key(operator), tmp_path) == known[1:3]


def test_generate_does_not_overwrite(operator):
    operator.ok(TOOL, "generate")
    before = operator.key_file.read_bytes()
    again = operator.run(TOOL, "generate")
    assert again.returncode == 1 and "already" in again.stderr
    assert operator.key_file.read_bytes() == before


def test_the_private_key_is_in_no_file(operator):
    operator.ok(TOOL, "generate")
    secret = private_key(operator).splitlines()[2]
    for path in operator.home.rglob("*"):
        if path.is_file():
            assert secret not in path.read_text(encoding="utf-8", errors="replace"), path
    leftover = [path.name for path in operator.home.iterdir() if path.name.startswith("host-key")]
    assert leftover == ["host-key.sops.yaml"]


def test_nothing_is_left_where_encryption_fails(operator):
    done = operator.run(TOOL, "generate", SOPS_AGE_RECIPIENTS="age1nonsense")
    assert done.returncode != 0
    assert not [path for path in operator.home.iterdir() if path.name.startswith("host-key")]


def test_without_a_recipient_it_says_how_to_have_one(operator):
    operator.identity.unlink()
    done = operator.run(TOOL, "generate")
    assert done.returncode == 1 and "SOPS_AGE_RECIPIENTS" in done.stderr


def test_several_recipients_can_each_decrypt(operator, tmp_path):
    other = tmp_path / "other.txt"
    subprocess.run(["age-keygen", "-o", other], check=True, capture_output=True)
    recipients = [subprocess.run(["age-keygen", "-y", path], check=True, capture_output=True,
                                 text=True).stdout.strip() for path in (operator.identity, other)]
    operator.ok(TOOL, "generate", SOPS_AGE_RECIPIENTS=",".join(recipients))
    assert operator.ok(TOOL, "show", SOPS_AGE_KEY_FILE=str(other)) == private_key(operator)


def test_a_changed_file_is_refused(operator):
    operator.ok(TOOL, "generate")
    text = operator.key_file.read_text(encoding="utf-8")
    for changed in (text.replace("AAAAC3NzaC1lZDI1NTE5AAAAI", "AAAAC3NzaC1lZDI1NTE5AAAAJ"),
                    re.sub(r"(private_key: ENC\[AES256_GCM,data:)(.)",
                           lambda match: match[1] + ("B" if match[2] == "A" else "A"), text)):
        assert changed != text
        operator.key_file.write_text(changed, encoding="utf-8")
        done = operator.run(TOOL, "show")
        assert done.returncode == 1 and done.stdout == ""
        assert "changed" in done.stderr


def test_fingerprint_needs_no_identity(operator):
    operator.ok(TOOL, "generate")
    operator.identity.unlink()
    fingerprint, record, known = operator.ok(TOOL, "fingerprint").splitlines()
    assert fingerprint.startswith("256 SHA256:")
    assert record.startswith("gateway.example.org IN SSHFP 4 2 ")
    assert known.startswith("[gateway.example.org]:2222 ssh-ed25519 AAAA")


def test_real_sops_is_used_where_it_is(operator):
    """With a stand-in that shows how it is called: the key by its stdin."""
    operator.stand_in("sops", f'echo "$@" >>{operator.home}/calls; cat')
    operator.ok(TOOL, "generate")
    calls = (operator.home / "calls").read_text(encoding="utf-8")
    assert "--encrypt --age age1" in calls and "--encrypted-regex ^private_key$" in calls


def secret_in(text):
    secret = json.loads(text)
    assert secret["metadata"] == {"namespace": "zomg-ssh", "name": "zomg-ssh-host-key"}
    return base64.b64decode(secret["data"]["host-ed25519"]).decode()


def test_apply_where_the_api_answers(operator):
    operator.ok(TOOL, "generate")
    operator.stand_in("kubectl", f'case $* in *version) exit 0 ;; esac; '
                                 f'echo "$@" >{operator.home}/call; cat >{operator.home}/applied')
    operator.ok(TOOL, "apply")
    assert secret_in((operator.home / "applied").read_text(encoding="utf-8")) == \
        private_key(operator)
    # Server-side: a client-side apply keeps a copy of the key in an annotation.
    assert "--server-side" in (operator.home / "call").read_text(encoding="utf-8")


def apply_elsewhere(operator, **environment):
    operator.stand_in("kubectl", "exit 1")
    operator.stand_in("ssh", f'echo "$@" >{operator.home}/call; cat >{operator.home}/applied')
    operator.ok(TOOL, "apply", **environment)
    assert secret_in((operator.home / "applied").read_text(encoding="utf-8")) == \
        private_key(operator)
    return (operator.home / "call").read_text(encoding="utf-8")


def test_apply_by_ssh_where_it_does_not(operator):
    operator.ok(TOOL, "generate")
    both = {"ZOMG_DEPLOY_SSH_HOST": "deploy", "ZOMG_VM_SSH_HOST": "vm"}
    assert apply_elsewhere(operator, **both).startswith("-- deploy kubectl apply ")
    assert apply_elsewhere(operator, ZOMG_VM_SSH_HOST="vm").startswith("-- vm kubectl ")
    assert apply_elsewhere(operator, ZOMG_PROFILE="six").startswith("-- admin@vm kubectl ")
    assert apply_elsewhere(operator).startswith("-- vm.example.org kubectl ")


def test_apply_with_no_way_says_what_to_set(operator):
    operator.ok(TOOL, "generate")
    operator.write_profiles("profiles: {dev: {project: demo}}\n")
    operator.stand_in("kubectl", "exit 1")
    done = operator.run(TOOL, "apply")
    assert done.returncode != 0 and "ZOMG_DEPLOY_SSH_HOST" in done.stderr


def test_a_key_that_does_not_decrypt_is_not_applied(operator):
    operator.ok(TOOL, "generate")
    operator.stand_in("kubectl", f'case $* in *version) exit 0 ;; esac; touch {operator.home}/applied')
    operator.identity.write_text("AGE-SECRET-KEY-1NONSENSE\n", encoding="ascii")
    assert operator.run(TOOL, "apply").returncode != 0
    assert not (operator.home / "applied").exists()
