"""The names of data that the program looks for, and what each of them switches on.

A scheme may call its data as it likes: they are read, written and listed under any name. Only for the names on this page
does the program know what they mean.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from perfxl.schemes.spec import Field, Fields, Matrix, Scheme, Table, Text
from perfxl.typed.wording import label_key, without_points


@dataclass(frozen=True)
class KnownKey:
    """A name of a datum or block.

    Attributes:
        path: "basic.project_name", a column of a table "indicators.score", or a block "report".
        labels: what forms print for it.
        gives: what having it switches on (Chinese).
    """

    path: str
    labels: tuple[str, ...]
    gives: str

    @property
    def block(self) -> str:
        return self.path.split(".")[0]

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]


LISTED_ONLY = "（只读取和列出）"
"""Names that switch nothing on."""


def _known(path: str, labels: str, gives: str) -> KnownKey:
    return KnownKey(path, tuple(labels.split("、")) if labels else (), gives)


KNOWN_KEYS = (
    _known(
        "basic.project_name",
        "项目名称、专项资金名称、专项名称",
        "汇总表的项目名称；更正重报的识别；名单核对；Word 文档的标题",
    ),
    _known(
        "basic.unit",
        "实施单位、项目实施单位、项目单位、单位名称、预算单位",
        "汇总表的实施单位；更正重报的识别；评价人员是否都来自本单位",
    ),
    _known("basic.department", "主管部门、市级主管部门、县级主管部门、主管单位", "汇总表的主管部门；部门汇总"),
    _known("basic.year", "评价年度、年度", "汇总表的年度；同一项目不同年度不互相替代；报告中的年份"),
    _known("basic.leader", "项目负责人、负责人", LISTED_ONLY),
    _known("basic.phone", "联系电话、电话、联系方式", "电话号码检查"),
    _known("basic.postcode", "邮政编码、邮编", "邮编检查"),
    _known("basic.address", "地址、通讯地址", LISTED_ONLY),
    _known("basic.project_type", "项目类型", "项目类型是否选定"),
    _known("basic.evaluation_date", "评价日期", "评价日期检查"),
    _known("funds", "", "资金表：合计与来源、负数、金额单位、预算执行率等检查；汇总表的资金汇总表"),
    _known("funds.total.initial", "年初预算数、年初预算", "年中预算调整检查"),
    _known("funds.total.full_year", "全年预算数、调整后预算数、调整预算数、预算数", "年中预算调整检查"),
    _known("funds.total.executed", "全年执行数、执行数、预算执行数", "（由 [[rates]] 指明用于哪一个比率）"),
    _known("funds.total.rate", "执行率、预算执行率", "填报执行率与金额核对"),
    _known("funds.total.weight", "分值、权重", "（只读取和列出；执行率的分值由 [execution] 规定）"),
    _known("funds.total.score", "得分", "（由 [execution] 的 score 指明）"),
    _known("funds.planned.total", "计划投资额", "到位资金检查；报告中的金额核对"),
    _known("funds.in_place.total", "实际到位资金", "到位资金检查；报告中的金额核对"),
    _known("funds.used.total", "实际使用情况", "报告中的金额核对"),
    _known("indicators", "", "指标表：重复、缺失检查；汇总表的指标得分"),
    _known("indicators.level1", "一级指标", "各级合计；一级指标分值检查；汇总表按一级指标列出"),
    _known("indicators.level2", "二级指标", "各级合计"),
    _known("indicators.level3", "三级指标、指标名称、指标内容", "指标的名称；重复检查"),
    _known("indicators.sign", "指标性质、指标方向、指标方向性", "按目标与完成值核算得分；指标性质未填检查"),
    _known("indicators.target", "年度指标值、指标值、年初目标值、目标值", "按目标与完成值核算得分"),
    _known("indicators.unit", "度量单位、计量单位", "按目标与完成值核算得分时的单位"),
    _known("indicators.actual", "实际完成值、全年完成值、完成值、全年实际值", "按目标与完成值核算得分"),
    _known("indicators.weight", "分值、权重、参考分值", "分值加总、单项过重检查；按公式核算得分"),
    _known("indicators.score", "得分、自评得分、自评分", "总分和等次；得分范围、漏填、加总检查；汇总表的得分"),
    _known(
        "indicators.reason",
        "偏差原因分析及改进措施、未完成原因分析、偏差原因分析",
        "扣分是否说明原因；预算调整是否说明",
    ),
    _known("stated.total", "总分、总得分、自评总分、自评得分、合计", "填报总分与各项得分之和核对"),
    _known("stated.grade", "自评等级、等级、评价等级、等次、评价等次", "填报等次与总分核对"),
    _known("stated.average", "平均得分", "评价人员平均得分核对"),
    _known("targets", "", "绩效目标表：标准、完成值检查；核定各目标的等次；汇总表的绩效目标表"),
    _known("targets.name", "指标名称、绩效指标", "目标的名称"),
    _known("targets.target", "绩效目标、目标值", "目标与“优”的标准核对"),
    _known("targets.excellent", "优", "按“优、良、中、差”的标准核定等次"),
    _known("targets.good", "良", "按标准核定等次"),
    _known("targets.fair", "中", "按标准核定等次"),
    _known("targets.poor", "差", "按标准核定等次"),
    _known("targets.actual", "实际完成值", "核定等次；未填检查"),
    _known("targets.kind", "指标类别", LISTED_ONLY),
    _known("targets.note", "备注", LISTED_ONLY),
    _known("reviewers", "", "评价人员：人数检查"),
    _known("reviewers.name", "姓名", LISTED_ONLY),
    _known("reviewers.unit", "单位、工作单位", "是否都来自本单位"),
    _known("reviewers.score", "项目评分、评分", "平均得分；评分范围检查"),
    _known("goals.expected", "预期目标、年初设定目标、项目年度目标、年度总体目标", LISTED_ONLY),
    _known("goals.actual", "实际完成情况、年度目标完成情况、全年实际完成情况", LISTED_ONLY),
    _known("report", "", "报告各章：缺少、过短；报告中的金额、比率、得分、等次与表核对"),
)
"""Every name that rules, scoring, template, summary or documents look for."""

BLOCKS_OF_KEYS = frozenset({"basic", "funds", "indicators", "stated", "targets", "reviewers", "goals", "report"})
"""The blocks with known names."""


def known_paths() -> frozenset[str]:
    return frozenset(known.path for known in KNOWN_KEYS)


@lru_cache
def paths_of(scheme: Scheme) -> set[str]:
    """The names of a scheme's blocks, single data and columns of tables."""
    data = set(scheme.data)
    columns = {
        f"{key}.{column.key}" for key, table in scheme.tables.items() for column in (*table.columns, *table.data)
    }
    return data | columns | {path.split(".")[0] for path in data | columns}


@dataclass(frozen=True)
class NearName:
    """A name of a scheme that nearly fits a known one: its path, its label, the known name and why it may be meant."""

    path: str
    label: str
    meant: KnownKey
    why: str


def near_names(scheme: Scheme) -> Iterator[NearName]:
    """The names of a scheme that nearly fit a known one which the scheme does not have."""
    has = paths_of(scheme)
    missing = [known for known in KNOWN_KEYS if known.path not in has and known.gives != LISTED_ONLY]
    for path, datum in _named(scheme):
        if path in known_paths():
            continue
        key = without_points(datum.label).split("(")[0]
        same = [known for known in missing if _is_of_kind(path, known) and key in map(label_key, known.labels)]
        if same:
            yield NearName(path, datum.label, same[0], f"栏目“{datum.label}”一般叫这个名")
            continue
        close = get_close_matches(path, [known.path for known in missing if "." in known.path], n=1, cutoff=0.88)
        if close:
            meant = next(known for known in missing if known.path == close[0])
            yield NearName(path, datum.label, meant, "名称只差一两个字母")


def _is_of_kind(path: str, known: KnownKey) -> bool:
    """Whether a path could be this name: columns of tables are no single data, and a funds row is a row of amounts."""
    block, *inner = path.split(".")
    if known.block == "basic" or known.block in ("goals", "stated"):
        return len(inner) == 1 and (block == known.block or block not in BLOCKS_OF_KEYS)
    if known.block == "funds":
        return len(inner) == 2 and len(known.path.split(".")) == 3 and inner[0] == known.path.split(".")[1]
    return block == known.block


def _named(scheme: Scheme) -> Iterator[tuple[str, Field]]:
    """Every datum with its label: single data, amounts of the total, columns of tables."""
    for _, block in scheme.blocks():
        if isinstance(block, Fields):
            yield from block.data()
        elif isinstance(block, Text):
            yield from ((f"{block.key}.{datum.key}", datum) for datum in block.fields)
        elif isinstance(block, Matrix):
            yield from (
                (block.path(column.key, block.total), column) for column, row in block.cells() if row.key == block.total
            )
        elif isinstance(block, Table):
            yield from ((f"{block.key}.{datum.key}", datum) for datum in block.data)
