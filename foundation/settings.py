"""Settings, read once from the environment and passed down; never imported as a global.

Nested names use two underscores: ``DATABASE__URL``, ``SERVER__PORT``. A typo inside a group fails at start-up.
"""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Group(BaseModel):
    """A frozen group of settings that refuses names it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Database(Group):
    """The PostGIS database."""

    url: SecretStr = Field(SecretStr("postgresql:///geowarden"), description="PostgreSQL address (libpq URL).")
    pool_size: int = Field(10, ge=1, le=200, description="Connections kept open by one server process.")
    statement_timeout_s: float = Field(30.0, gt=0, description="A statement that runs longer is cancelled.")


class Redis(Group):
    """Cache and rate limits; the product works, slower, without it."""

    url: SecretStr | None = Field(None, description="Redis address; unix:// or redis://.")


class Server(Group):
    """Where the server listens and what it serves beside the API."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8440, ge=1, le=65535, description="Port to listen on.")
    web_folder: Path | None = Field(None, description="The built web application; none serves the API alone.")
    demo: bool = Field(False, description="Show the demo logins on the sign-in page.")


class Data(Group):
    """Where files live."""

    folder: Path = Field(Path(".geowarden/data"), description="Base maps, uploads and keys.")


class Security(Group):
    """Sign-in, sessions and lockout (MLPS level 2, platform.md)."""

    idle_minutes: int = Field(30, ge=1, description="A session unused for so long ends.")
    absolute_hours: int = Field(12, ge=1, description="A session ends after so long whatever happens.")
    lockout_failures: int = Field(5, ge=1, description="Failed sign-ins that lock an account.")
    lockout_window_minutes: int = Field(15, ge=1, description="Window in which those failures count.")
    lockout_minutes: int = Field(30, ge=1, description="How long a locked account stays locked.")
    password_days: int = Field(90, ge=1, description="A password older than this must be changed.")
    password_history: int = Field(5, ge=0, description="So many last passwords are not accepted again.")
    cookie_secure: bool = Field(False, description="Send the session cookie over TLS only; on in production.")
    argon2_memory_kib: int = Field(65536, ge=8, description="Memory cost of argon2id.")
    argon2_time: int = Field(3, ge=1, description="Time cost of argon2id.")


class Basemap(Group):
    """Optional base maps; by default the product draws its own."""

    pmtiles_folder: Path | None = Field(None, description="Folder with *.pmtiles; default <data>/basemaps.")
    tianditu_token: SecretStr | None = Field(None, description="Token of the Tianditu tile service; stays here.")
    tianditu_hosts: tuple[str, ...] = Field(
        tuple(f"t{n}.tianditu.gov.cn" for n in range(8)), description="Hosts the Tianditu proxy may ask."
    )
    tianditu_timeout_s: float = Field(3.0, gt=0, description="Patience with the Tianditu service.")


class Streams(Group):
    """Which camera streams the server may open, and how long and large it lets that become."""

    networks: tuple[IPvAnyNetwork, ...] = Field(
        tuple(ip_network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8")),
        description="Networks cameras may live in (CIDR, a JSON list); link-local addresses are refused whatever stands here.",
    )
    media_folder: Path | None = Field(None, description="Folder from which file:// streams may be read; none accepts no files.")
    timeout_s: float = Field(10.0, gt=0, le=60, description="Patience with one step of a stream test.")
    memory_mb: int = Field(1024, ge=256, description="Memory a stream test may take.")


class Search(Group):
    """A distributed search engine (OpenSearch); without an address PostgreSQL searches."""

    opensearch_url: str | None = Field(None, description="Address of OpenSearch, https://host:9200; none searches in PostgreSQL.")
    opensearch_index: str = Field("geowarden", pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$", description="Name of the index there.")
    opensearch_user: str | None = Field(None, description="User there, if it asks for one.")
    opensearch_password: SecretStr | None = Field(None, description="Password of that user.")
    opensearch_timeout_s: float = Field(2.0, gt=0, le=60, description="Patience with OpenSearch before PostgreSQL searches.")


class Imagery(Group):
    """Orthophotos, surface models and flight videos: how large, and how long making them drawable may take."""

    largest_file_mb: int = Field(8192, ge=1, description="An uploaded raster or video larger than this is refused.")
    most_megapixels: int = Field(2500, ge=1, description="A raster with more pixels is refused, however small its file.")
    memory_mb: int = Field(3072, ge=1024, description="Memory the process that reads a raster or a video may take.")
    timeout_s: float = Field(7200.0, gt=0, description="Patience with that process.")


class Log(Group):
    """How the log looks."""

    json_lines: bool = Field(False, description="One JSON object a line instead of coloured text.")
    level: str = Field("INFO", description="Lowest level that is written.")


class Settings(BaseSettings):
    """All groups. Built once by the command line or ``create_app`` and handed down."""

    model_config = SettingsConfigDict(env_nested_delimiter="__", frozen=True, extra="forbid")

    database: Database = Database()
    redis: Redis = Redis()
    server: Server = Server()
    data: Data = Data()
    security: Security = Security()
    basemap: Basemap = Basemap()
    streams: Streams = Streams()
    search: Search = Search()
    imagery: Imagery = Imagery()
    log: Log = Log()


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment; ``overrides`` replace whole groups (tests)."""
    return Settings(**overrides)


def settings_table(settings: Settings) -> list[tuple[str, str, str]]:
    """(environment name, value with secrets hidden, meaning), for ``./geowarden settings`` and the docs."""
    rows: list[tuple[str, str, str]] = []
    for group_name in type(settings).model_fields:
        group = getattr(settings, group_name)
        for name, field in type(group).model_fields.items():
            rows.append((f"{group_name}__{name}".upper(), str(getattr(group, name)), field.description or ""))
    return rows
