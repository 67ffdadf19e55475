"""compose.yaml read, and what its schema cannot say: guards, health, secrets, and names that go together."""

import re
from typing import Any

import msgspec

from datong.settings import UNPREFIXED, Settings

SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|_KEY$|ACCESS_KEY")
REQUIRED = re.compile(r"\$\{[A-Z_]+:\?[^}]+\}")
VARIABLE = re.compile(r"\$\{([A-Z_]+)")
OTHERS = {"FORWARDED_ALLOW_IPS"}
"""What a process reads beside the settings."""
OPTIONAL = {
    "DATONG_STRIPE_KEY",
    "DATONG_STRIPE_WEBHOOK_SECRET",
    "DATONG_EASYPOST_KEY",
    "DATONG_EASYPOST_WEBHOOK_SECRET",
}


def settings_variables() -> set[str]:
    """The variables that the settings are read from."""
    return {UNPREFIXED.get(field.name, f"DATONG_{field.name.upper()}") for field in msgspec.structs.fields(Settings)}


def lint(compose: dict[str, Any], text: str, example: str) -> list[str]:
    """What is wrong with a Compose file, and with the example of its variables."""
    services: dict[str, dict[str, Any]] = compose["services"]
    wrong = [f"{name}: {what}" for name, each in services.items() for what in _lint_service(name, each, services)]
    said = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    wrong += [f".env.example: {name} is missing" for name in sorted(set(VARIABLE.findall(text)) - said)]
    wrong += [f".env.example: {name} is not used" for name in sorted(said - set(VARIABLE.findall(text)))]
    wrong += [f".env.example: {line} says a secret" for line in example.splitlines() if _says_secret(line)]
    named = {name for each in services.values() for name in _volumes(each)}
    wrong += [f"volume {name}: declared and used" for name in sorted(named ^ set(compose["volumes"]))]
    return wrong


def _lint_service(name: str, service: dict[str, Any], services: dict[str, dict[str, Any]]) -> list[str]:
    wrong: list[str] = []
    if service.get("read_only") is not True:
        wrong.append("its root is read-only")
    if service.get("cap_drop") != ["ALL"] or service.get("privileged"):
        wrong.append("it drops all capabilities")
    if "no-new-privileges:true" not in service.get("security_opt", []):
        wrong.append("it gains no privileges")
    if not re.search(r":v?\d", service.get("image", "")):
        wrong.append("its image has a version")
    if name != "proxy" and "ports" in service:
        wrong.append("only the proxy has a port of the machine")
    is_once = service.get("restart") == "no"
    if not is_once and (service.get("restart") != "unless-stopped" or "test" not in service.get("healthcheck", {})):
        wrong.append("it has a health check and starts again")
    return wrong + _lint_order(service, services) + _lint_environment(service)


def _lint_order(service: dict[str, Any], services: dict[str, dict[str, Any]]) -> list[str]:
    wrong: list[str] = []
    for other, how in service.get("depends_on", {}).items():
        is_once = services.get(other, {}).get("restart") == "no"
        wanted = "service_completed_successfully" if is_once else "service_healthy"
        if other not in services or how["condition"] != wanted:
            wrong.append(f"it waits for {other} until {wanted}")
    return wrong


def _lint_environment(service: dict[str, Any]) -> list[str]:
    wrong: list[str] = []
    is_ours = service.get("image", "").startswith("datong:")
    for name, value in service.get("environment", {}).items():
        if is_ours and name not in settings_variables() | OTHERS:
            wrong.append(f"no setting is called {name}")
        if SECRET.search(name) and name not in OPTIONAL and not REQUIRED.fullmatch(str(value)):
            wrong.append(f"{name} comes from the environment and is required")
    return wrong


def _says_secret(line: str) -> bool:
    name, _, value = line.partition("=")
    return bool(not line.startswith("#") and SECRET.search(name) and value.strip())


def _volumes(service: dict[str, Any]) -> set[str]:
    return {each.partition(":")[0] for each in service.get("volumes", []) if not each.startswith((".", "/"))}
