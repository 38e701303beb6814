"""Facts about units, facilities and projects that targets are judged by, and what lists call them.

A list need not have all of them: what is not there is not known, and a target that needs it cannot
be judged. A fact that a list of its own names otherwise is found through ``columns`` in the study
file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ..core.text import Text

Kind = Literal["number", "flag", "word", "words", "year", "text"]
"""``number``: 0 or more, empty: not known. ``flag``: yes or no, empty: not known. ``word``: one of
a list of words. ``words``: several of them, parted by a comma, a semicolon or 、."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A column a list may have.

    Parameters
    ----------
    key
        Its name in conditions and in results.
    kind
        What its cells hold.
    names
        What lists usually call it, the name for people first.
    en
        Its name in English.
    words
        For ``word`` and ``words``: cell text -> word. Text that is not there is a named fault.
    """

    key: str
    kind: Kind
    names: tuple[str, ...]
    en: str
    words: Mapping[str, str] | None = None

    @property
    def label(self) -> Text:
        """Its name for people."""
        return Text(self.names[0], self.en)


def _words(**meanings: str) -> Mapping[str, str]:
    pairs = {word: key for key, line in meanings.items() for word in (*line.split(), key)}
    return MappingProxyType(pairs)


UNIT_LEVELS = _words(
    province="省 省级", prefecture="市 地级 地级市 设区市", county="县 县级 区县",
    township="乡镇 乡级 乡镇级 乡镇街道", village="村 村级 村社区",
)  # fmt: skip
UNIT_TYPES = _words(
    province="省", prefecture="设区市 地级市", county="县 自治县", county_city="县级市",
    district="区 市辖区", street="街道", town="镇", township="乡 民族乡",
    farm="农场 林场 场 办场", zone="开发区 园区 工业区 管委会",
    village="村 行政村 村民委员会 村委会", community="社区 居委会 居民委员会",
)  # fmt: skip
SETS = _words(
    zj26="26县 山区26县 加快发展县", old_area="老区 革命老区 老区村", island="海岛 岛",
    mountain="山区", difficult="困难",
)  # fmt: skip
OWNERSHIP = _words(public="公办 公有 公建 集体", private="民办 私营 民建")
OPERATORS_OF = _words(public="公营 自营 政府运营", private="民营 公建民营 民办 委托运营 社会化运营")
FACILITY_LEVELS = _words(
    province="省级", prefecture="市级 设区市级", county="县级 区级 县（市、区）级",
    township="乡镇级 街道级 镇级 乡镇（街道）级", village="村级 社区级 村（社区）级",
    regional="区域 区域性 中心",
)  # fmt: skip
BURIAL_TYPES = _words(
    columbarium="骨灰堂 骨灰楼 安息堂 骨灰墙 壁葬", tree="树葬", flower="花葬 花坛葬",
    lawn="草坪葬", sea="海葬", grave="墓葬 墓穴 传统墓", mixed="混合",
)  # fmt: skip
PROJECT_KINDS = _words(
    project="项目 工程 建设项目", plan="规划 方案 专项规划", index="指数", map="地图 一张图",
    service="服务 购买服务",
)  # fmt: skip
PROJECT_STATUS = _words(
    planned="计划 拟建 前期 筹建 未开工", started="已开工 开工", building="在建 建设中 编制中",
    done="完成 建成 已完成 已建成 投用 已批复 已印发", stopped="停止 取消 停建",
)  # fmt: skip
FUNDS = _words(
    lottery="福彩公益金 福彩 彩票公益金", budget="财政 财政资金 一般公共预算",
    other="其他 社会资金",
)  # fmt: skip

NEVER_SUMMED = frozenset({"staff", "civil_servants", "posts"})
"""What a wider place has of its own, beside what the places in it have."""

UNIT_FACTS: tuple[Fact, ...] = (
    Fact("level", "word", ("层级", "级别", "单元层级"), "level", UNIT_LEVELS),
    Fact("type", "word", ("类型", "单元类型", "kind"), "type", UNIT_TYPES),
    Fact("parent", "text", ("上级代码", "上级", "所属代码"), "code of the unit above"),
    Fact("valid_from", "year", ("设立年份", "有效自"), "valid from"),
    Fact("valid_to", "year", ("撤销年份", "有效至"), "valid to"),
    Fact("population", "number", ("常住人口", "人口"), "residents"),
    Fact("elderly", "number", ("60岁及以上", "老年人口"), "aged 60 and over"),
    Fact("elderly_80", "number", ("80岁及以上",), "aged 80 and over"),
    Fact("children", "number", ("0-14岁", "0-17岁", "儿童人数"), "children"),
    Fact("population_registered", "number", ("户籍人口",), "registered people"),
    Fact(
        "elderly_registered", "number", ("户籍60岁及以上", "户籍老年人口"),
        "registered, aged 60 and over",
    ),
    Fact("children_in_difficulty", "number", ("困境儿童", "困境儿童数"), "children in difficulty"),
    Fact("disabled", "number", ("残疾人", "残疾人数"), "disabled people"),
    Fact("low_income", "number", ("低收入人口", "低保人数", "低保对象"), "low-income people"),
    Fact("households", "number", ("户数", "家庭户数"), "households"),
    Fact("area_km2", "number", ("面积", "面积（平方公里）", "面积km2"), "area, km2"),
    Fact("dependents", "number", ("失能特困人员", "生活不能自理特困人员"), "dependent destitute"),
    Fact(
        "dependents_in_care", "number", ("集中供养失能特困人员", "集中供养人数"),
        "dependent destitute in institutions",
    ),
    Fact("deaths", "number", ("年死亡人数", "死亡人数", "火化数"), "deaths in a year"),
    Fact("burials", "number", ("年安葬数", "安葬总数"), "burials in a year"),
    Fact("burials_eco", "number", ("节地生态安葬数", "生态安葬数"), "eco-burials in a year"),
    Fact("marriages", "number", ("结婚登记数", "结婚登记对数"), "marriages registered"),
    Fact("served_at_home", "number", ("上门服务人数",), "older people served at home"),
    Fact("clients", "number", ("服务对象", "民政服务对象"), "clients of civil affairs"),
    Fact("home_adaptations", "number", ("适老化改造户数",), "homes retrofitted"),
    Fact("home_beds", "number", ("家庭养老床位", "家庭养老床位数"), "care beds at home"),
    Fact("staff", "number", ("民政经办人员", "民政工作人员"), "civil-affairs staff"),
    Fact("civil_servants", "number", ("民政公务员",), "civil servants for civil affairs"),
    Fact("posts", "number", ("民政岗位", "岗位数"), "civil-affairs posts"),
    Fact("assistants", "number", ("民政协理员",), "civil-affairs assistants"),
    Fact("coordinators", "number", ("养老协理员",), "elderly-service coordinators"),
    Fact("child_officers", "number", ("儿童主任", "未保专员"), "officers for minors"),
    Fact("caregivers_licensed", "number", ("持证养老护理员",), "licensed caregivers"),
    Fact("social_workers_certified", "number", ("持证社工", "持证社会工作者"), "certified workers"),
    Fact("is_rural", "flag", ("农村", "是否农村"), "rural"),
    Fact("is_central", "flag", ("中心村", "是否中心村"), "central village"),
    Fact("eligible", "flag", ("有条件", "是否有条件"), "eligible"),
    Fact("meal_demand", "flag", ("有助餐需求", "助餐需求"), "demand for meals"),
    Fact("merged", "flag", ("撤并调整", "区划调整"), "merged or split"),
    Fact("set", "words", ("重点范围", "重点区域", "优先范围"), "priority sets", SETS),
)  # fmt: skip
"""Facts of a unit, beside its ``code`` and ``name``."""

FACILITY_FACTS: tuple[Fact, ...] = (
    Fact("village", "text", ("所在村", "村（社区）", "村编码", "所属村"), "village"),
    Fact("premises_id", "text", ("场所编号", "房屋编号", "院落编号"), "premises"),
    Fact("at_level", "word", ("级别", "层级", "服务层级"), "level", FACILITY_LEVELS),
    Fact("grade", "text", ("等级", "星级", "评定等级"), "grade"),
    Fact("kind", "text", ("机构类型", "设施类型"), "type"),
    Fact("ownership", "word", ("性质", "所有制", "举办性质"), "ownership", OWNERSHIP),
    Fact("operator", "word", ("运营方式", "运营主体"), "operated by", OPERATORS_OF),
    Fact("upgraded", "year", ("改造年份", "提升年份"), "upgraded in"),
    Fact("planned", "year", ("计划年份", "计划建成年份"), "planned for"),
    Fact("beds", "number", ("床位数", "养老床位数"), "beds"),
    Fact("beds_nursing", "number", ("护理型床位数", "护理型床位"), "nursing beds"),
    Fact("beds_dementia", "number", ("认知障碍床位数", "失智床位数"), "dementia beds"),
    Fact("dementia_unit", "flag", ("失智照护专区", "认知障碍专区"), "has a dementia unit"),
    Fact("social_workers", "number", ("社工人数", "社会工作者"), "social workers"),
    Fact("caregivers", "number", ("护理员人数", "护理员"), "caregivers"),
    Fact("children_in_care", "number", ("在院儿童数", "集中养育儿童"), "children in care"),
    Fact("building_score", "number", ("设施评分", "建筑评分"), "score of the building"),
    Fact("staff_score", "number", ("专业力量评分", "人员评分"), "score of the staff"),
    Fact("floor_area_m2", "number", ("建筑面积", "面积（平方米）"), "floor area, m2"),
    Fact("households", "number", ("户数", "服务户数"), "households served"),
    Fact("step_free", "flag", ("无障碍",), "step-free"),
    Fact("full_time", "flag", ("全天开放", "正常开放"), "open all hours"),
    Fact("burial_type", "words", ("安葬类型", "安葬方式"), "kinds of burial", BURIAL_TYPES),
    Fact("places_total", "number", ("规划穴位数", "穴位数", "格位数"), "places"),
    Fact("places_used", "number", ("已用穴位数", "已用格位数"), "places used"),
    Fact("cremators", "number", ("火化炉", "火化设备数"), "cremators"),
    Fact("cremators_treated", "number", ("已治理火化设备数", "后处理改造数"), "cremators treated"),
    Fact("cost_new", "number", ("新建造价", "新建费用"), "cost of a new one, yuan"),
    Fact("cost_reuse", "number", ("改造造价", "改造费用"), "cost of using it again, yuan"),
    Fact("functions", "text", ("功能", "服务功能"), "functions"),
    Fact("converted_from", "text", ("转型前类别", "原类别"), "what it was before"),
    Fact("delivered", "year", ("交付年份",), "handed over in"),
    Fact("address", "text", ("地址",), "address"),
)  # fmt: skip
"""Facts of a facility, beside layer, id, name, place, unit, status, opening and closing year."""

PROJECT_FACTS: tuple[Fact, ...] = (
    Fact("kind", "word", ("项目类型", "类型"), "kind", PROJECT_KINDS),
    Fact("target", "text", ("对应目标", "目标编号"), "target"),
    Fact("unit", "text", ("所属单元", "所属乡镇", "实施地"), "unit"),
    Fact("village", "text", ("所在村",), "village"),
    Fact("status", "word", ("进度", "状态"), "status", PROJECT_STATUS),
    Fact("year", "year", ("年份", "完成年份", "实施年份"), "year"),
    Fact("yuan", "number", ("金额", "投资", "金额（元）"), "yuan"),
    Fact("fund", "word", ("资金来源",), "fund", FUNDS),
    Fact("count", "number", ("数量", "完成数量"), "count"),
)  # fmt: skip
"""Facts of a project, beside ``id``, ``name`` and ``layer``."""
