"""What deploy/compose.yaml promises of every service."""

import json
import os
import re
import signal
import subprocess
import tempfile

import stack

DAEMONS = ["signerd", "weightsetterd", "orchestratord", "validatord"]
SUITE = DAEMONS + ["migrate", "ctl"]
# One that ends is not to be started again, or only if it failed.
ENDING = {"migrate": "on-failure", "dash-role": "on-failure", "ctl": "no"}


def every_image_has_an_exact_tag(build):
    env = stack.example_env()
    images = {name: value for name, value in env.items()
              if name.endswith("_IMAGE")}
    assert len(images) == 8, images
    for name, image in images.items():
        assert re.fullmatch(r"[a-z.]+/[a-z/-]+:v?\d[\w.-]*", image), (name, image)
        assert "@" not in image, f"{name}: no digest is known of it"
    used = {s["image"] for s in stack.read()["services"].values()}
    assert used <= set(images.values()), used - set(images.values())


def every_variable_is_in_the_example(build):
    env = set(stack.example_env())
    used = stack.variables() | stack.variables("compose.ports.yaml")
    assert used - env == set(), f"not in .env.example: {used - env}"
    assert env - used == {"COMPOSE_PROFILES"}, f"of no use: {env - used}"


def what_must_be_filled_in_is_asked_for(build):
    for name in ["HOTKEY_FILE", "NETUID", "PUBLIC_URL", "POLICY"]:
        try:
            stack.read({**stack.example_env(), name: ""})
        except ValueError as why:
            assert name in str(why), why
        else:
            raise AssertionError(f"{name} may be empty")


def every_service_is_locked_down(build):
    for name, s in stack.read()["services"].items():
        assert s["read_only"] is True, name
        assert s["cap_drop"] == ["ALL"], name
        assert s["security_opt"] == ["no-new-privileges:true"], name
        assert not s.get("privileged") and "cap_add" not in s, name
        assert {"nofile", "nproc"} <= set(s["ulimits"]), name
        assert s["ulimits"]["core"] == {"soft": 0, "hard": 0}, name
        assert s["mem_limit"] == 0, name
        assert {"max-size", "max-file"} <= set(s["logging"]["options"]), name
        assert s["restart"] == ENDING.get(name, "unless-stopped"), name
        assert "docker.sock" not in json.dumps(s), name
        assert "container_name" not in s, f"{name} could not be scaled"
        assert s["user"] != "0:0" and s["pids_limit"] > 0, name


def nothing_but_the_api_is_published_and_on_loopback(build):
    for name, s in stack.read()["services"].items():
        expected = ["127.0.0.1:8000:8000"] if name == "orchestratord" else None
        assert s.get("ports") == expected, (name, s.get("ports"))
        assert s.get("network_mode") in (None, "none"), name
    opened = stack.read(name="compose.ports.yaml")["services"]
    assert set(opened) == {"grafana", "prometheus", "alertmanager"}, opened
    for name, s in opened.items():
        assert all(p.startswith("127.0.0.1:") for p in s["ports"]), name


def the_hotkey_is_signerds_alone(build):
    services = stack.read()["services"]
    for name, s in services.items():
        has = "hotkey" in s.get("secrets", [])
        assert has == (name == "signerd"), name
        mounts = [v for v in s.get("volumes", []) if v.startswith("signer:")]
        assert all(m.endswith(":ro") for m in mounts) or name == "signerd", name
        assert "wallet" not in json.dumps(s).lower(), name
    assert services["signerd"]["network_mode"] == "none"


def secrets_are_files(build):
    whole = stack.read()
    for name, secret in whole["secrets"].items():
        assert set(secret) == {"file"}, name
    for name, s in whole["services"].items():
        for key, value in s.get("environment", {}).items():
            if re.search(r"SECRET|PASSWORD|KEY$|DB_URL", key):
                assert str(value).startswith(("@/run/secrets/", "/run/secrets/")), key
                assert os.path.basename(str(value)) in s["secrets"], (name, key)


def stores_and_key_have_no_network(build):
    services = stack.read()["services"]
    for name in ["postgres", "redis", "signerd"]:
        assert services[name]["network_mode"] == "none", name
    for name, s in services.items():
        mounts = [v for v in s.get("volumes", []) if v.startswith("stores:")]
        assert all(m.endswith(":ro") for m in mounts) or name in (
            "postgres", "redis"), name
    assert "--auth-local=scram" in services["postgres"]["environment"][
        "POSTGRES_INITDB_ARGS"], "whoever has the socket would be let in"


def the_grace_is_longer_than_the_drain(build):
    env = stack.example_env()
    assert stack.seconds(env["STOP_GRACE"]) >= stack.seconds(env["DRAIN"]) + 10
    for name, s in stack.read()["services"].items():
        if name in DAEMONS or name in ("postgres", "redis"):
            assert stack.seconds(s["stop_grace_period"]) >= 10, name
    # validatord ends what it has begun in 10 s
    assert stack.seconds(stack.read()["services"]["validatord"]["stop_grace_period"]) > 10


def health_puts_them_in_order(build):
    services = stack.read()["services"]
    for name in DAEMONS + ["postgres", "redis"]:
        assert services[name]["healthcheck"]["test"], name
    for name in ["weightsetterd", "orchestratord", "validatord"]:
        after = services[name]["depends_on"]
        assert after["migrate"]["condition"] == "service_completed_successfully", name
        assert after["redis"]["condition"] == "service_healthy", name
    for name in ["weightsetterd", "orchestratord"]:
        assert services[name]["depends_on"]["signerd"]["condition"] == "service_healthy", name
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def health_is_asked_where_it_is_told(build):
    services = stack.read()["services"]
    for name in DAEMONS:
        url = services[name]["healthcheck"]["test"].split()[-1]
        port = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/readyz", url)[1]
        given = [str(v) for k, v in services[name]["environment"].items()
                 if "METRICS" in k]
        assert given == [] or given == [f"0.0.0.0:{port}"], (name, given)
        shown = _help(build, name)
        assert given or f"127.0.0.1:{port}" in shown, (name, port)


def _help(build, program):
    done = subprocess.run([f"{build}/bin/{program}", "--help"], check=True,
                          capture_output=True, text=True)
    return done.stdout


def _check(build, name, service, ini):
    """The program reads what the service gives it, its secrets being here."""
    program = "subnetctl" if name in ("migrate", "ctl") else name
    with tempfile.TemporaryDirectory() as folder:
        for secret in service.get("secrets", []):
            with open(f"{folder}/{secret}", "w", encoding="utf-8") as file:
                file.write("0123456789abcdef" * 4)
        env = {key: str(value).replace("/run/secrets", folder)
               for key, value in service.get("environment", {}).items()}
        return subprocess.run([f"{build}/bin/{program}", "-n", "-c", ini],
                              env=env, capture_output=True, text=True)


def every_program_takes_the_environment_it_is_given(build):
    services = stack.read()["services"]
    for ini in ["etc.ini", "dev/subnetd.ini"]:
        for name in SUITE:
            done = _check(build, name, services[name], f"{stack.DEPLOY}/{ini}")
            assert done.returncode == 0, (name, ini, done.stderr)


def a_variable_that_is_no_key_is_refused(build):
    services = stack.read()["services"]
    for name in DAEMONS:
        section = name.removesuffix("d").upper()
        service = dict(services[name])
        service["environment"] = {**service["environment"],
                                  f"SUBNETD_{section}_NO_SUCH_KEY": "1"}
        done = _check(build, name, service, f"{stack.DEPLOY}/etc.ini")
        assert done.returncode == 64, (name, done.stderr)


def the_first_process_of_a_container_can_be_ended(build):
    """Of a service that waits, or of `run --rm ctl`: by compose, or by hand."""
    alone = ["unshare", "--pid", "--fork", "--kill-child"]
    if subprocess.run([*alone, "true"], capture_output=True).returncode != 0:
        return  # not for us to try
    for number in (signal.SIGTERM, signal.SIGINT):
        with subprocess.Popen(
                [*alone, f"{build}/bin/subnetctl", "migrate", "--wait",
                 "--db.url", "postgresql:///x?host=/nowhere"],
                stderr=subprocess.PIPE, text=True) as outer:
            assert "migrate.waiting" in outer.stderr.readline()
            with open(f"/proc/{outer.pid}/task/{outer.pid}/children",
                      encoding="ascii") as children:
                os.kill(int(children.read()), number)
            try:
                assert outer.wait(timeout=20) == 128 + number
            finally:
                outer.kill()


def the_files_it_names_are_in_the_tree_or_made(build):
    made = {"./etc", "./secrets"}
    for name, s in stack.read()["services"].items():
        for mount in s.get("volumes", []):
            source = mount.split(":")[0]
            if not source.startswith("./") or source in made:
                continue
            if source.startswith(("./grafana", "./prometheus")):
                continue
            assert os.path.exists(os.path.join(stack.DEPLOY, source)), (name, source)
    policy = stack.example_env()["POLICY"]
    assert os.path.exists(f"{stack.DEPLOY}/policies/{policy}.ini")


def the_development_chain_has_its_miners(build):
    services = stack.read()["services"]
    with open(f"{stack.DEPLOY}/dev/scenario.json", encoding="utf-8") as file:
        subnet = json.load(file)["subnets"][0]
    for neuron in subnet["neurons"][1:]:
        host, port = neuron["commitment"].split(":")
        command = services[host]["command"]
        assert neuron["hotkey"] in command and f"0.0.0.0:{port}" in command, host
        assert services[host]["profiles"] == ["dev"]
    env = stack.read_env(f"{stack.DEPLOY}/dev/env")
    assert int(env["NETUID"]) == subnet["netuid"]
    host, port = env["SUBTENSOR_CHAIN_ENDPOINT"].removeprefix("ws://").split(":")
    assert port in services[host]["command"]
    assert set(env) <= set(stack.example_env())


def the_image_has_the_programs_that_the_package_recommends(build):
    with open(f"{stack.DEPLOY}/debian/control", encoding="utf-8") as file:
        recommended = re.search(r"^Recommends: (.*)$", file.read(), re.M)[1]
    programs = {name.split()[0] for name in recommended.split(",")}
    programs -= {"postgresql", "redis-server"}  # have images of their own
    suite = stack.text_of("Dockerfile").split("AS suite\n")[1].split("FROM")[0]
    assert programs and programs <= set(suite.split()), programs


def doctor_sees_the_disk_that_files_are_on(build):
    services = stack.read()["services"]
    assert "files:/var/lib/subnetd" in services["orchestratord"]["volumes"]
    assert "files:/var/lib/subnetd:ro" in services["ctl"]["volumes"]


def profiles_are_those_that_are_told_of(build):
    found = {p for s in stack.read()["services"].values()
             for p in s.get("profiles", [])}
    assert found == {"observability", "dev", "tools"}, found


def images_are_built_without_secrets(build):
    with open(f"{stack.TOP}/.dockerignore", encoding="utf-8") as file:
        lines = file.read().split("\n")
    assert "*" in lines
    for name in ["deploy/.env", "deploy/secrets", "deploy/etc"]:
        assert lines.index(name) > lines.index("!deploy"), name
