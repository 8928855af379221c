"""The catalogue a new installation starts with (spatial-maths.md §5).

The pixel demands marked there as guesses are to be derived again from the recall curves of the models that are really used.
"""

from __future__ import annotations

from coverage.catalogue.values import Catalogue, Element, Requirement, SceneType, TagBinding
from coverage.states import Measure
from sites.cameras.states import CameraTag
from sites.states import SiteType

#: Upright things are not recognised from straight above.
UPRIGHT_DEG = 60.0
#: code, zh, en, measure, plane z, px/m across, px/m along, steepest, algorithm
_ELEMENTS: tuple[tuple[str, str, str, Measure, float, float, float, float, int | None], ...] = (
    ("E01", "未戴安全帽", "No helmet", Measure.AREA, 1.7, 80, 0, UPRIGHT_DEG, 30),
    ("E02", "人员携带大型物资出入", "Gate passage with large goods", Measure.AREA, 1.0, 80, 0, UPRIGHT_DEG, 31),
    ("E03", "救生衣未穿戴", "No life jacket", Measure.AREA, 1.2, 80, 0, UPRIGHT_DEG, 32),
    ("E04", "电瓶车进入作业区", "E-bike in the work zone", Measure.AREA, 0.8, 40, 0, UPRIGHT_DEG, 33),
    ("E05", "工程车辆识别", "Construction vehicle", Measure.AREA, 1.5, 25, 0, 90, 34),
    ("E06", "临边防护缺失", "Edge protection missing", Measure.LENGTH, 0.6, 40, 0, UPRIGHT_DEG, 35),
    ("E07", "烟火", "Smoke or fire", Measure.AREA, 1.5, 25, 0, 90, 36),
    ("E08", "积水", "Standing water", Measure.AREA, 0.0, 25, 8, 90, 37),
    ("E09", "管片/预制构件堆叠过高", "Stack too high", Measure.AREA, 1.25, 40, 0, UPRIGHT_DEG, 38),
    ("E10", "脚手架物件悬挑", "Object overhanging the scaffold", Measure.AREA, 2.0, 40, 0, 90, 39),
    ("E11", "特殊车辆", "Police, fire engine, ambulance", Measure.AREA, 1.5, 40, 0, UPRIGHT_DEG, 40),
    ("E12", "画面质量与人数", "Picture quality and head count", Measure.AREA, 1.0, 25, 0, 90, 41),
    ("E13", "围挡缺失", "Hoarding missing", Measure.LENGTH, 1.0, 25, 0, UPRIGHT_DEG, None),
    ("E14", "周界入侵", "Perimeter intrusion", Measure.AREA, 1.0, 25, 0, UPRIGHT_DEG, 31),
    ("E15", "车牌识别", "Number plate", Measure.AREA, 1.0, 300, 0, UPRIGHT_DEG, None),
    ("E16", "人脸实名", "Face at the gate", Measure.AREA, 1.6, 250, 0, UPRIGHT_DEG, None),
    ("E17", "吊装作业半径有人", "People under the hook", Measure.AREA, 1.0, 40, 0, UPRIGHT_DEG, 34),
    ("E18", "基坑边坡支护", "Pit side and shoring", Measure.AREA, 0.0, 25, 0, 90, None),
)
_T = SiteType
#: code, zh, en, site types, plan layers, required elements (* = optional)
_SCENES: tuple[tuple[str, str, str, tuple[SiteType, ...], tuple[str, ...], str], ...] = (
    ("S01", "工地出入口", "Gate", (), ("gate",), "E01 E02 E04 E05 E11 E14 E15*"),
    ("S02", "围挡周界", "Hoarding and perimeter", (), ("hoarding",), "E13 E14"),
    ("S03", "基坑", "Foundation or station pit", (_T.METRO_STATION, _T.BRIDGE), ("pit",), "E01 E06 E07 E08 E05 E18"),
    ("S04", "基坑临边及上下通道", "Pit edge and stairs", (_T.METRO_STATION,), ("edge_protection",), "E06 E01"),
    ("S05", "盾构始发/接收井", "Shield shaft", (_T.SHIELD_SECTION,), ("shaft",), "E01 E06 E17 E08"),
    ("S06", "管片堆场", "Segment yard", (_T.SHIELD_SECTION,), ("segment_yard",), "E09 E05 E01"),
    ("S07", "盾构/隧道作业面", "Tunnel face", (_T.SHIELD_SECTION, _T.TUNNEL), ("tunnel",), "E01 E07 E08 E12"),
    ("S08", "隧道洞口", "Tunnel portal", (_T.TUNNEL,), (), "E01 E02 E05 E08"),
    ("S09", "桥面及墩柱", "Bridge deck and piers", (_T.BRIDGE,), ("deck",), "E01 E06 E10 E17"),
    ("S10", "支架脚手架", "Falsework and scaffold", (), ("scaffold",), "E10 E01 E06"),
    ("S11", "预制梁场", "Precast yard", (_T.BRIDGE, _T.ROADWAY), (), "E09 E17 E05"),
    ("S12", "路基路面", "Earthwork and pavement", (_T.ROADWAY, _T.MUNICIPAL_WORKS), ("phase_zone",), "E05 E01 E04 E08"),
    ("S13", "施工便道/交通疏导", "Haul road and crossing", (), ("road",), "E05 E04 E11"),
    ("S14", "码头/临水作业", "Wharf and waterside", (_T.WHARF, _T.WATERWAY), ("water_edge",), "E03 E06 E01 E17"),
    ("S15", "船舶/水上平台", "Work vessel", (_T.WATERWAY, _T.WHARF), (), "E03 E07"),
    ("S16", "轨行区/邻近营业线", "Track zone", (_T.TRACK,), (), "E14 E05 E01"),
    ("S17", "材料堆场/动火区", "Material yard and hot work", (), ("yard",), "E07 E09 E05"),
    ("S18", "生活办公区", "Living and office", (), ("living", "office"), "E07 E04 E11"),
    ("S19", "塔吊作业区", "Tower crane", (), ("tower_crane",), "E17"),
)
_BINDINGS: dict[CameraTag, str] = {
    CameraTag.GATE: "E01 E02 E11 E14",
    CameraTag.VEHICLE_LANE: "E05 E04 E11",
    CameraTag.EDGE: "E06",
    CameraTag.PIT: "E18 E08 E01",
    CameraTag.WATERSIDE: "E03",
    CameraTag.YARD: "E09",
    CameraTag.SCAFFOLD: "E10",
    CameraTag.PERIMETER: "E13 E14",
    CameraTag.PANORAMA: "E05 E07 E08",
    CameraTag.CHECKPOINT: "E15",
}
#: Shares that meet a requirement, by what is counted (domain.md §3.14).
_REQUIRED = {Measure.AREA: 0.8, Measure.LENGTH: 0.9, Measure.COUNT: 1.0}


def default_catalogue() -> Catalogue:
    """The first catalogue."""
    elements = (
        Element(
            code=code,
            name_zh=zh,
            name_en=en,
            measure=measure,
            plane_z_m=plane,
            across_px_per_m=across,
            along_px_per_m=along,
            depression_max_deg=steepest,
            required_share=_REQUIRED[measure],
            algorithm=algorithm,
        )
        for code, zh, en, measure, plane, across, along, steepest, algorithm in _ELEMENTS
    )
    scenes = (
        SceneType(code=code, name_zh=zh, name_en=en, site_types=types, plan_layers=layers, requires=_required(words))
        for code, zh, en, types, layers, words in _SCENES
    )
    bindings = (TagBinding(tag=tag, elements=tuple(words.split())) for tag, words in _BINDINGS.items())
    return Catalogue(elements=tuple(elements), scene_types=tuple(scenes), bindings=tuple(bindings))


def _required(words: str) -> tuple[Requirement, ...]:
    return tuple(Requirement(element=word.rstrip("*"), mandatory=not word.endswith("*")) for word in words.split())
