"""Dockerfile and compose.yaml: what can be known of them without an engine, and each check caught by a violation."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house.rooms import ROOT
from tests.setup import compose, dockerfile

DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()


def check_schema(path: Path) -> subprocess.CompletedProcess[str]:
    """Validate a file against the schema of the Compose specification."""
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_dockerfile_is_sound() -> None:
    assert dockerfile.lint(DOCKERFILE, ROOT) == []


@pytest.mark.parametrize(
    ("given", "planted", "said"),
    [
        ("python:3.11-slim AS runtime", "python AS runtime", "a version is named"),
        ("python:3.11-slim AS runtime", "python:latest AS runtime", "a version is named"),
        ("USER 10001:10001\n", "", "USER"),
        ("USER 10001:10001", "USER root", "USER"),
        ("/health/live", "/", "HEALTHCHECK"),
        ('ENTRYPOINT ["datong"]', "ENTRYPOINT datong", "the exec form"),
        ("--require-hashes -r requirements/build.txt", "setuptools", "locked by hash"),
        ("npm ci", "npm install", "locked by hash"),
        ("COPY src src", "COPY sources src", "sources is not there"),
        ("COPY src src", "ADD src src", "use COPY"),
        ("--from=packages", "--from=pakcages", "no such stage"),
        ("VOLUME /data\n", "", "VOLUME is missing"),
        ("EXPOSE 8000\nUSER 10001:10001", "USER 10001:10001\nRUN touch /x", "RUN after USER"),
    ],
)
def test_a_flaw_in_the_dockerfile_is_found(given: str, planted: str, said: str) -> None:
    assert given in DOCKERFILE
    wrong = dockerfile.lint(DOCKERFILE.replace(given, planted), ROOT)
    assert len(wrong) == 1
    assert said in wrong[0]


def test_the_image_runs_every_command() -> None:
    last = dockerfile.read_stages(DOCKERFILE)[-1]
    assert last.last("ENTRYPOINT") == '["datong"]'
    assert last.last("CMD") == '["web"]'
    services = yaml.safe_load(COMPOSE)["services"]
    ours = {name: each["command"] for name, each in services.items() if each["image"].startswith("datong:")}
    assert ours == {"web": ["web"], "worker": ["worker"], "migrate": ["migrate"]}
    assert services["web"]["deploy"]["replicas"] == services["worker"]["deploy"]["replicas"] == 2


def test_the_context_holds_what_is_copied_and_no_secrets() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    let_in = {line[1:].rstrip("/") for line in ignored if line.startswith("!")}
    copied = {
        source
        for stage in dockerfile.read_stages(DOCKERFILE)
        for name, words in stage.steps
        if name == "COPY" and not words.startswith("--from")
        for source in words.split()[:-1]
    }
    assert {each for each in copied if each not in let_in and each.split("/")[0] not in let_in} == set()
    assert let_in.isdisjoint({".env", ".git", ".venv", ".datong"})
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()


def test_the_compose_file_is_one(tmp_path: Path) -> None:
    done = check_schema(ROOT / "compose.yaml")
    assert done.returncode == 0, done.stdout
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(COMPOSE.replace("read_only: true", "readonly: true"))
    assert check_schema(wrong).returncode == 1


def test_the_services_are_guarded_and_known_to_be_well() -> None:
    assert compose.lint(yaml.safe_load(COMPOSE), COMPOSE, EXAMPLE) == []


@pytest.mark.parametrize(
    ("given", "planted", "said"),
    [
        ("read_only: true", "read_only: false", "proxy: its root is read-only"),
        ("cap_drop: [ALL]", "cap_drop: [NET_RAW]", "db: it drops all capabilities"),
        ('security_opt: ["no-new-privileges:true"]', "privileged: false", "search: it gains no privileges"),
        ("image: postgres:18", "image: postgres", "db: its image has a version"),
        ("shm_size: 256m", 'ports: ["5432:5432"]', "db: only the proxy has a port"),
        ('test: [CMD, "pg_isready"', 'asks: [CMD, "pg_isready"', "db: it has a health check and starts again"),
        (
            "migrate: { condition: service_completed_successfully }",
            "migrate: { condition: service_healthy }",
            "web: it",
        ),
        ("      web: { condition: service_healthy }", "      webs: { condition: service_healthy }", "proxy: it waits"),
        ("${DATONG_SECRET:?set it in .env}", "hush", "web: DATONG_SECRET comes from the environment"),
        ("${DATONG_SECRET:?set it in .env}", "${DATONG_SECRET:-hush}", "web: DATONG_SECRET comes from the environment"),
        ("DATONG_SEARCH_URL:", "DATONG_SERCH_URL:", "worker: no setting is called DATONG_SERCH_URL"),
        ("  objects: {}", "  object: {}", "volume objects"),
        ("${DATONG_IS_DEMO:-0}", "${DATONG_DEMO:-0}", ".env.example: DATONG_DEMO is missing"),
        ("${DATONG_IS_DEMO:-0}", "0", ".env.example: DATONG_IS_DEMO is not used"),
    ],
)
def test_a_flaw_in_the_compose_file_is_found(given: str, planted: str, said: str) -> None:
    assert given in COMPOSE
    text = COMPOSE.replace(given, planted)
    read: dict[str, Any] = yaml.safe_load(text)
    wrong = compose.lint(read, text, EXAMPLE)
    assert [each for each in wrong if each.startswith(said)]


def test_a_secret_in_the_example_is_found() -> None:
    planted = EXAMPLE.replace("DATONG_SECRET=\n", "DATONG_SECRET=abc\n")
    assert compose.lint(yaml.safe_load(COMPOSE), COMPOSE, planted) == [".env.example: DATONG_SECRET=abc says a secret"]
