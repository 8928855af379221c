"""Names that read real and are not: projects, sites, organisations, addresses, people."""

from __future__ import annotations

import numpy as np

from access.credit_code import credit_code_check
from ops.demo.works import Works
from sites.states import SiteType, Specialty

PLACES = (
    "临港",
    "张江",
    "金桥",
    "外高桥",
    "川沙",
    "周浦",
    "康桥",
    "惠南",
    "祝桥",
    "曹路",
    "高行",
    "三林",
    "北蔡",
    "徐泾",
    "华新",
    "白鹤",
    "九亭",
    "泗泾",
    "佘山",
    "新桥",
    "莘庄",
    "颛桥",
    "梅陇",
    "浦江",
    "七宝",
    "虹桥",
    "北新泾",
    "桃浦",
    "长征",
    "彭浦",
    "大场",
    "顾村",
    "罗店",
    "杨行",
    "吴淞",
    "安亭",
    "南翔",
    "马陆",
    "嘉定新城",
    "奉浦",
    "南桥",
    "海湾",
    "朱泾",
    "枫泾",
    "山阳",
    "陈家镇",
    "长兴",
    "堡镇",
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = (
    "伟",
    "敏",
    "静",
    "强",
    "磊",
    "洋",
    "勇",
    "艳",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "秀兰",
    "霞",
    "平",
    "刚",
    "桂英",
    "建国",
    "志强",
    "晓峰",
    "海燕",
)
STREETS = (
    "沪南公路",
    "浦东大道",
    "杨高中路",
    "沪闵路",
    "嘉松中路",
    "外青松公路",
    "蕰川路",
    "宝安公路",
    "金山大道",
    "大叶公路",
    "陈海公路",
    "申江路",
)
FIRMS = {
    "owner": (
        "城投公路投资",
        "申通轨道建设",
        "久事交通开发",
        "港城港务投资",
        "申铁铁路建设",
        "城建市政开发",
        "滨江交通投资",
        "临港新城建设",
    ),
    "contractor": (
        "隧道股份",
        "建工路桥",
        "城建市政",
        "中交航务",
        "铁建大桥",
        "沪申机械施工",
        "基础工程",
        "浦江路桥",
        "东海港湾",
        "申江轨道",
        "华东盾构",
        "长江建设",
    ),
    "supervising_engineer": ("同济监理", "华申监理", "建科咨询", "市政监理", "港湾监理", "申铁咨询"),
    "authority": ("上海市交通建设工程监督站",),
}
SUFFIX = {
    "owner": "有限公司",
    "contractor": "工程有限公司",
    "supervising_engineer": "工程咨询有限公司",
    "authority": "",
}
#: Authority, category and district in front of the organisation's own characters, GB 32100.
CODE_START = "91310000DM"


def organisation_names(per_kind: int) -> list[tuple[str, str, str]]:
    """(kind, name, valid synthetic credit code), in a fixed order."""
    found: list[tuple[str, str, str]] = []
    for kind, stems in FIRMS.items():
        for number in range(1 if kind == "authority" else per_kind):
            stem, turn = stems[number % len(stems)], number // len(stems)
            ordinal = f"第{'一二三四五六七八九十'[turn % 10]}" if turn else ""
            name = stem if kind == "authority" else f"上海{stem}{ordinal}{SUFFIX[kind]}"
            found.append((kind, name, _credit_code(len(found))))
    return found


def person_name(rng: np.random.Generator) -> str:
    """Somebody."""
    return str(rng.choice(list(SURNAMES))) + str(rng.choice(GIVEN))


def address(rng: np.random.Generator, district: str) -> str:
    """Somewhere in the district."""
    return f"上海市{district}{rng.choice(STREETS)}{rng.integers(1, 3800)}号"


def project_name(works: Works) -> str:
    """What the works belong to."""
    place = PLACES[(works.family * 7 + len(works.specialty)) % len(PLACES)]
    other = PLACES[(works.family * 11 + 5) % len(PLACES)]
    match works.specialty:
        case Specialty.METRO:
            return f"轨道交通{works.family + 19}号线工程"
        case Specialty.ROAD:
            return {
                SiteType.BRIDGE: f"{place}大桥新建工程",
                SiteType.TUNNEL: f"{place}地道新建工程",
            }.get(works.site_type, f"{place}至{other}公路改扩建工程")
        case Specialty.RAILWAY:
            return f"市域铁路{place}至{other}线工程"
        case Specialty.PORT:
            return f"{place}作业区码头改造工程" if works.site_type is SiteType.WHARF else f"{place}航道整治工程"
        case _:
            return f"{place}市政综合改造工程"


def site_name(works: Works, number: int) -> str:
    """The site within its project."""
    part = {
        SiteType.METRO_STATION: f"{PLACES[(number * 13) % len(PLACES)]}站",
        SiteType.SHIELD_SECTION: f"{PLACES[(number * 13) % len(PLACES)]}盾构区间",
    }.get(works.site_type, f"{number % 9 + 1}标段")
    return f"{project_name(works)}{part}"


def _credit_code(number: int) -> str:
    first = f"{CODE_START}{number:07d}"
    return first + credit_code_check(first)
