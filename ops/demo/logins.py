"""The logins of the demo city, told at start-up and on the sign-in page while the demo is on."""

from __future__ import annotations

from dataclasses import dataclass

DEMO_PASSWORD = "Geowarden-2026"  # noqa: S105  a demo's password is meant to be read


@dataclass(frozen=True, kw_only=True)
class DemoLogin:
    """Somebody to sign in as."""

    login: str
    role: str
    name_zh: str
    name_en: str
    #: Number of the organisation of ``organisations`` this person belongs to, per kind; none for the station.
    organisation: tuple[str, int] | None = None
    #: What part of the city: "city", a district code, "polygon", or "" for what the organisation has.
    sees: str = ""
    password: str = DEMO_PASSWORD


STATION = ("authority", 0)
DEMO_LOGINS = (
    DemoLogin(
        login="director", role="station_director", name_zh="站长", name_en="Station director", organisation=STATION, sees="city"
    ),
    DemoLogin(
        login="officer",
        role="station_officer",
        name_zh="监督员（全市）",
        name_en="Officer, whole city",
        organisation=STATION,
        sees="city",
    ),
    DemoLogin(
        login="reviewer",
        role="station_officer",
        name_zh="复核员（全市）",
        name_en="Reviewing officer",
        organisation=STATION,
        sees="city",
    ),
    DemoLogin(
        login="pudong",
        role="station_officer",
        name_zh="监督员（浦东）",
        name_en="Officer, Pudong",
        organisation=STATION,
        sees="310115",
    ),
    DemoLogin(
        login="bund",
        role="station_officer",
        name_zh="监督员（自绘片区）",
        name_en="Officer, drawn area",
        organisation=STATION,
        sees="polygon",
    ),
    DemoLogin(login="owner", role="owner", name_zh="建设单位", name_en="Owner", organisation=("owner", 0)),
    DemoLogin(login="contractor", role="contractor", name_zh="施工单位", name_en="Contractor", organisation=("contractor", 0)),
    DemoLogin(
        login="engineer",
        role="supervising_engineer",
        name_zh="监理单位",
        name_en="Supervising engineer",
        organisation=("supervising_engineer", 0),
    ),
    DemoLogin(login="sysadmin", role="system_admin", name_zh="系统管理员", name_en="System administrator", organisation=STATION),
    DemoLogin(
        login="secadmin", role="security_admin", name_zh="安全管理员", name_en="Security administrator", organisation=STATION
    ),
    DemoLogin(login="audadmin", role="audit_admin", name_zh="审计管理员", name_en="Audit administrator", organisation=STATION),
    DemoLogin(login="screen", role="screen", name_zh="指挥大屏", name_en="Command screen", organisation=STATION, sees="city"),
)
