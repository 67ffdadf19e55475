"""Settings: read once from the environment, checked, frozen and handed down. Nothing else reads it."""

import os
import secrets
from pathlib import Path

import msgspec

PREFIX = "DATONG_"
UNPREFIXED = {"database_url": "DATABASE_URL", "otel_endpoint": "OTEL_EXPORTER_OTLP_ENDPOINT"}
"""Settings whose variables have names that other programs agree on."""


class SettingsError(Exception):
    """A setting is missing or makes no sense; the text says which and what is expected."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All that differs between one installation and another. Each field is `DATONG_<NAME>` in the environment."""

    data_dir: Path
    """Folder of the embedded database, pictures and secrets (`DATONG_DATA_DIR`)."""
    database_url: str = ""
    """A PostgreSQL >= 15 to use instead of the embedded one (`DATABASE_URL`)."""
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    """How the adapters reaches the web process; used in call-back addresses. Empty: http://host:port."""
    secret: str = ""
    """Key of signatures and cookies. Empty: a key made once and kept in the data folder with mode 0600."""
    pool_size: int = 10
    """Connections of one process to the database."""
    api_requests_per_minute: int = 3000
    """What one client address may ask of the API in a minute."""
    is_demo: bool = True
    """Shows the demo log-ins, lets the clock be moved, and accepts the sandbox gateway and courier."""
    log_level: str = "INFO"
    stripe_key: str = ""
    stripe_webhook_secret: str = ""
    easypost_key: str = ""
    easypost_webhook_secret: str = ""
    search_url: str = ""
    """The search engine: an OpenSearch by URL (`https://user:password@host:9200/prefix`). Empty: in the data folder."""
    object_store_url: str = ""
    """Where evidence and reviews' pictures are kept: `file:///folder`, `s3://bucket/prefix`.

    Empty: in the data folder.
    """
    object_store_key: str = ""
    object_store_secret: str = ""
    object_store_region: str = ""
    object_store_endpoint: str = ""
    """Of a provider other than the first one of its kind."""
    metrics_token: str = ""
    """Who sends it as a bearer token reads /metrics from anywhere. Empty: only this machine does."""
    worker_metrics_port: int = 0
    """Where a worker serves /metrics, on `host`. 0: nowhere."""
    otel_endpoint: str = ""
    """Where traces go, an OTLP collector's URL (`OTEL_EXPORTER_OTLP_ENDPOINT`). Empty: nowhere."""

    @property
    def base_url(self) -> str:
        """Address of the web process without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def is_embedded(self) -> bool:
        """Whether this installation runs its own PostgreSQL."""
        return not self.database_url

    @property
    def objects_url(self) -> str:
        """Where files are kept that are shown to some and not to others."""
        return self.object_store_url or (self.data_dir / "objects").as_uri()

    @property
    def object_store_options(self) -> dict[str, str]:
        """What the store's provider asks for beside its URL."""
        given = {
            "access_key_id": self.object_store_key,
            "secret_access_key": self.object_store_secret,
            "region": self.object_store_region,
            "endpoint": self.object_store_endpoint,
        }
        return {name: text for name, text in given.items() if text}

    @property
    def search_dir(self) -> Path:
        """Where the search indexes are kept."""
        return self.data_dir / "search"

    @property
    def media_dir(self) -> Path:
        """Where pictures are kept."""
        return self.data_dir / "media"


def read_settings(environ: dict[str, str] | None = None) -> Settings:
    """Read the environment; refuse with `SettingsError` naming the variable and what it should be."""
    env = dict(os.environ) if environ is None else environ
    raw: dict[str, object] = {}
    for field in msgspec.structs.fields(Settings):
        name = PREFIX + field.name.upper()
        if field.name in UNPREFIXED:
            raw[field.name] = env.get(UNPREFIXED[field.name], "")
        elif name in env:
            raw[field.name] = env[name]
    raw.setdefault("data_dir", str(Path.cwd() / ".datong"))
    if isinstance(demo := raw.get("is_demo"), str):
        raw["is_demo"] = demo.strip().lower() in {"1", "true", "yes", "on"}
    try:
        settings = msgspec.convert(raw, Settings, strict=False, dec_hook=_to_path)
    except msgspec.ValidationError as error:
        msg = f"a setting is wrong: {error} (settings are environment variables that start with {PREFIX})"
        raise SettingsError(msg) from None
    return msgspec.structs.replace(
        settings,
        data_dir=settings.data_dir.expanduser().resolve(),
        secret=settings.secret or _kept_secret(settings.data_dir.expanduser().resolve()),
    )


def _to_path(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError


def _kept_secret(data_dir: Path) -> str:
    """The installation's own key, made on first use. Two processes starting at once agree on one."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "secret"
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key
