"""What is computed from a form: sums, rates, grades, and the grade of a target on its standards."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from forms import GOOD
from perfxl.model import Assessment, Cell, Row, State
from perfxl.scoring.assess import assess
from perfxl.scoring.ladder import Direction, grade_on, ladder_of
from workbooks import form_bytes, read_bytes

GRADES = ("优", "良", "中", "差")
DOSSIER = Path(__file__).parent.parent / "samples" / "海南省商务厅-信息系统运维.json"


def assessed(dossier: dict[str, Any]) -> Assessment:
    return assess(read_bytes(form_bytes(dossier)).form)


def test_the_real_dossier_comes_out_as_published() -> None:
    result = assessed(json.loads(DOSSIER.read_text("utf-8")))
    assert (result.total, result.weight, result.grade, result.average) == (
        Decimal("98.5"),
        Decimal(100),
        "优",
        Decimal("98.5"),
    )
    assert result.rates == {"in_place": Decimal(1), "execution": Decimal("0.4484"), "use": Decimal("0.4484")}
    first = [(level.name, level.weight, level.score) for level in result.levels if level.level == 1]
    assert first == [
        ("项目决策", Decimal(20), Decimal(19)),
        ("项目管理", Decimal(25), Decimal("24.5")),
        ("项目绩效", Decimal(55), Decimal(55)),
    ]
    arrived = next(indicator for indicator in result.indicators if indicator.level3 == "到位率")
    assert (arrived.score, arrived.computed) == (Decimal("2.5"), Decimal("3.00"))
    assert [target.grade for target in result.targets] == [None, None]


def test_a_planned_amount_of_zero_gives_no_rate() -> None:
    funds = {**GOOD["funds"], "planned": {"total": 0}}
    rates = assessed({**GOOD, "funds": funds}).rates
    assert rates["in_place"] is None
    assert rates["execution"] is None
    assert rates["use"] == Decimal("0.9861")


@pytest.mark.parametrize(
    ("total", "grade"), [("90", "优"), ("89.99", "良"), ("80", "良"), ("79.5", "中"), ("60", "中"), ("59.99", "差")]
)
def test_lower_bounds_belong_to_their_band(total: str, grade: str) -> None:
    scheme = read_bytes(form_bytes(GOOD)).form.scheme
    assert scheme.grade_of(Decimal(total)) == grade


def target(*texts: str) -> Row:
    keys = ("excellent", "good", "fair", "poor")
    return Row(0, {k: Cell("", 1, 1, t, t, State.READ) for k, t in zip(keys, texts, strict=True)})


RISING = ("1000条", "700条", "500条", "300条")
FALLING = ("10%", "14%", "18%", "18%以上")
AREAS = ("6500平方米以上", "5500平方米-6500平方米", "4500平方米-5500平方米", "4500平方米以下")
GAPS = ("90%以上", "80%-89%", "70%-79%", "70%以下")
DATES = ("2014年9月", "2014年10月", "2014年11月", "2014年12月")
WORDS = ("全部完成", "80%", "60%", "60%以下")


@pytest.mark.parametrize(
    ("standards", "actual", "grade"),
    [
        (RISING, "1772条", "优"),
        (RISING, "1000条", "优"),
        (RISING, "999条", "良"),
        (RISING, "300", "差"),
        (RISING, "10条", "差"),
        (RISING, "1,772条", "优"),
        (RISING, "1772篇", None),
        (RISING, "网站：836条 微信：936条", None),
        (RISING, "", None),
        (RISING, "无", None),
        (FALLING, "0.5%", "优"),
        (FALLING, "10%", "优"),
        (FALLING, "12%", "良"),
        (FALLING, "18%", "中"),
        (FALLING, "30%", "差"),
        (AREAS, "6500平方米", "优"),
        (AREAS, "6000平方米", "良"),
        (AREAS, "100平方米", "差"),
        (GAPS, "89.5%", "良"),
        (GAPS, "90%", "优"),
        (GAPS, "12%", "差"),
        (DATES, "2014年9月", "优"),
        (DATES, "2014年10月15日", "良"),
        (DATES, "2015年1月", "差"),
        (WORDS, "全部完成", "优"),
        (WORDS, "85%", "良"),
        (WORDS, "60%", "中"),
        (WORDS, "基本完成", None),
        (("好", "较好", "一般", "差"), " 较 好", "良"),
    ],
)
def test_a_target_is_graded_by_its_standards(standards: tuple[str, ...], actual: str, grade: str | None) -> None:
    assert grade_on(ladder_of(target(*standards)), actual, GRADES) == grade


def test_directions() -> None:
    ways = [ladder_of(target(*texts)).direction for texts in (RISING, FALLING, AREAS, GAPS, DATES)]
    assert ways == [Direction.RISING, Direction.FALLING, Direction.RISING, Direction.RISING, Direction.FALLING]
    assert ladder_of(target("10", "30", "20", "5")).direction is None
    assert ladder_of(target("100%", "100%", "100%", "100%")).direction is None
