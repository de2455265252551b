"""compose-init and pin-digests, run in a copy of deploy/."""

import contextlib
import os
import shutil
import stat
import subprocess
import tempfile

import stack

SCRIPTS = ["compose-init", "pin-digests", ".env.example", "etc.ini", "dev"]
SECRETS = ["postgres_password", "db_url", "orchestrator_secret", "webhook_key",
           "dash_password", "grafana_password"]
DIGEST = "sha256:" + "0123456789abcdef" * 4


@contextlib.contextmanager
def _copy():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        deploy = f"{folder}/deploy"
        os.mkdir(deploy)
        for name in SCRIPTS:
            source = f"{stack.DEPLOY}/{name}"
            copy = shutil.copytree if os.path.isdir(source) else shutil.copy
            copy(source, f"{deploy}/{name}")
        yield deploy


def _run(deploy, script, *args, **env):
    return subprocess.run([f"{deploy}/{script}", *args], text=True,
                          capture_output=True, cwd=os.path.dirname(deploy),
                          env={"PATH": os.environ["PATH"], **env})


def _init(deploy, *args):
    done = _run(deploy, "compose-init", *args)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _hotkey(deploy, mode, name="hotkey"):
    path = f"{os.path.dirname(deploy)}/{name}"
    with open(path, "w", encoding="utf-8") as file:
        file.write("{}")
    os.chmod(path, mode)
    return path


def _texts(deploy):
    names = [".env", "etc/subnetd.ini"] + [f"secrets/{s}" for s in SECRETS]
    return {name: open(f"{deploy}/{name}", encoding="utf-8").read()
            for name in names}


def it_makes_what_compose_needs(build):
    with _copy() as deploy:
        key = _hotkey(deploy, 0o600)
        _init(deploy, key)
        env = stack.read_env(f"{deploy}/.env")
        assert env["HOTKEY_FILE"] == key
        assert env["SIGNER_UID"] == str(os.stat(key).st_uid)
        whole = stack.read({**env, "PUBLIC_URL": "https://example.org"})
        for name, secret in whole["secrets"].items():
            path = os.path.join(deploy, secret["file"])
            assert os.path.exists(path), (name, path)
        for name in SECRETS:
            st = os.stat(f"{deploy}/secrets/{name}")
            assert stat.S_IMODE(st.st_mode) == 0o600, name
            assert str(st.st_uid) == env["SUBNETD_UID"], name
        assert env["SUBNETD_UID"] != "0", "PostgreSQL refuses root"


def each_secret_is_its_own(build):
    with _copy() as one, _copy() as other:
        for deploy in (one, other):
            _init(deploy)
        texts = [_texts(deploy)[f"secrets/{name}"] for deploy in (one, other)
                 for name in SECRETS]
        assert len(set(texts)) == len(texts)
        assert all(len(text) >= 64 and text == text.strip() for text in texts)
        password = _texts(one)["secrets/postgres_password"]
        assert f":{password}@/subnetd" in _texts(one)["secrets/db_url"]


def the_second_time_changes_nothing(build):
    with _copy() as deploy:
        _init(deploy, _hotkey(deploy, 0o600))
        before = _texts(deploy)
        _init(deploy)
        assert _texts(deploy) == before


def a_hotkey_that_others_may_read_is_refused(build):
    with _copy() as deploy:
        done = _run(deploy, "compose-init", _hotkey(deploy, 0o644))
        assert done.returncode == 1
        assert "chmod 600" in done.stderr, done.stderr


def a_hotkey_that_is_not_there_is_refused(build):
    with _copy() as deploy:
        done = _run(deploy, "compose-init", "/nowhere/hotkey")
        assert done.returncode == 1 and "/nowhere/hotkey" in done.stderr
        assert not os.path.exists(f"{deploy}/.env")


def a_hotkeys_name_is_written_as_it_is(build):
    with _copy() as deploy:
        path = _hotkey(deploy, 0o600, "my & | key")
        _init(deploy, path)
        assert stack.read_env(f"{deploy}/.env")["HOTKEY_FILE"] == path


def a_name_that_compose_would_read_otherwise_is_refused(build):
    with _copy() as deploy:
        done = _run(deploy, "compose-init", _hotkey(deploy, 0o600, "hot$HOME"))
        assert done.returncode == 1 and "hot$HOME" in done.stderr
        assert not os.path.exists(f"{deploy}/.env")


def a_secret_is_whole_or_not_there(build):
    with _copy() as deploy:
        _init(deploy)
        os.remove(f"{deploy}/secrets/webhook_key")
        with open(f"{deploy}/chown", "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexit 1\n")
        os.chmod(f"{deploy}/chown", 0o755)
        done = _run(deploy, "compose-init", PATH=f"{deploy}:{os.environ['PATH']}")
        assert done.returncode != 0
        assert not os.path.exists(f"{deploy}/secrets/webhook_key")
        _init(deploy)
        assert len(_texts(deploy)["secrets/webhook_key"]) == 64
        assert not os.path.exists(f"{deploy}/secrets/webhook_key.new")


def what_other_users_read_is_theirs_to_read(build):
    with _copy() as deploy:
        os.chmod(f"{deploy}/dev/scenario.json", 0o600)
        os.chmod(f"{deploy}/dev", 0o700)
        _init(deploy, "--dev")
        assert stat.S_IMODE(os.stat(f"{deploy}/dev").st_mode) == 0o755
        st = os.stat(f"{deploy}/dev/scenario.json")
        assert stat.S_IMODE(st.st_mode) == 0o644
        os.chmod(f"{deploy}/dev/scenario.json", 0o600)
        _init(deploy, "--dev")
        st = os.stat(f"{deploy}/dev/scenario.json")
        assert stat.S_IMODE(st.st_mode) == 0o600, "an operator's, by now"


def it_says_that_miners_have_nowhere_to_call(build):
    with _copy() as deploy:
        assert "PUBLIC_URL" in _init(deploy)
    with _copy() as deploy:
        assert "PUBLIC_URL" not in _init(deploy, "--dev")


def development_has_a_key_of_its_own(build):
    with _copy() as deploy:
        _init(deploy, "--dev")
        env = stack.read_env(f"{deploy}/.env")
        assert env["COMPOSE_PROFILES"] == "dev"
        assert env["DEVELOPMENT"] == "yes"
        st = os.stat(os.path.join(deploy, env["HOTKEY_FILE"]))
        assert stat.S_IMODE(st.st_mode) == 0o600
        stack.read(env)
        _init(deploy, "--dev")


def development_leaves_an_operators_env_alone(build):
    with _copy() as deploy:
        _init(deploy, _hotkey(deploy, 0o600))
        before = _texts(deploy)
        done = _run(deploy, "compose-init", "--dev")
        assert done.returncode == 1 and "not of --dev" in done.stderr
        assert _texts(deploy) == before


def a_real_hotkey_is_not_put_into_a_development_stack(build):
    with _copy() as deploy:
        _init(deploy, "--dev")
        before = _texts(deploy)
        done = _run(deploy, "compose-init", _hotkey(deploy, 0o600))
        assert done.returncode == 1 and "is of --dev" in done.stderr
        assert _texts(deploy) == before


def _dash_role(folder, url):
    """What psql is given: its arguments, PGPASSWORD, its input."""
    for name, text in {"db_url": url, "dash_password": "d" * 64}.items():
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    with open(f"{folder}/psql", "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\nprintf '%s\\n' \"$*\" \"${PGPASSWORD-none}\"\ncat\n")
    os.chmod(f"{folder}/psql", 0o755)
    script = stack.text_of("postgres/dash-role").replace("/run/secrets", folder)
    done = subprocess.run(["bash", "-c", script], check=True, text=True,
                          capture_output=True,
                          env={"PATH": f"{folder}:{os.environ['PATH']}"})
    return done.stdout.split("\n", 2)


def no_password_is_an_argument(build):
    for url, clean, password in [
            ("postgresql://subnetd:abc123@/subnetd?host=/run/stores",
             "postgresql://subnetd@/subnetd?host=/run/stores", "abc123"),
            ("postgres://me:a%40%25b%5Cn@db.example:5432/x",
             "postgres://me@db.example:5432/x", "a@%b\\n"),
            ("postgresql:///subnetd", "postgresql:///subnetd", "none"),
            ("postgresql://h:5432/x?user=a@b", "postgresql://h:5432/x?user=a@b",
             "none")]:
        with tempfile.TemporaryDirectory() as folder:
            arguments, given, script = _dash_role(folder, url)
            assert arguments.split()[-1] == clean, arguments
            assert given == password, given
            assert "alter role dash_reader" in script


def _engine(deploy, reachable):
    """Stands for docker: pulls or does not; names are short, as docker's."""
    path = f"{deploy}/engine"
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"""#!/bin/sh
case $1 in
pull) {"exit 0" if reachable else "exit 1"} ;;
image) for last; do :; done
	name=${{last#docker.io/}}
	name=${{name#library/}}
	echo "elsewhere.example/mirror@sha256:{'f' * 64}"
	echo "${{name%:*}}@{DIGEST}" ;;
esac
""")
    os.chmod(path, 0o755)
    return path


def digests_are_the_registrys(build):
    with _copy() as deploy:
        _init(deploy)
        engine = _engine(deploy, True)
        done = _run(deploy, "pin-digests", "--check", ENGINE=engine)
        assert done.returncode == 1
        done = _run(deploy, "pin-digests", ENGINE=engine)
        assert done.returncode == 0, done.stderr
        was = stack.example_env()
        for name, image in stack.read_env(f"{deploy}/.env").items():
            if name.endswith("_IMAGE") and not name.startswith("SUBNETD_"):
                assert image == f"{was[name]}@{DIGEST}", (name, image)
            elif name.endswith("_IMAGE"):
                assert image == was[name], name
        done = _run(deploy, "pin-digests", "--check", ENGINE=engine)
        assert done.returncode == 0, done.stderr


def without_a_registry_no_digest_is_written(build):
    with _copy() as deploy:
        _init(deploy)
        before = _texts(deploy)
        done = _run(deploy, "pin-digests", ENGINE=_engine(deploy, False))
        assert done.returncode == 1
        assert "cannot be pulled" in done.stderr
        assert _texts(deploy) == before
