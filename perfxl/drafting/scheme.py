"""The whole draft: the head of the file with what no form says, then the sheets; and the questions to ask about it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfxl.drafting.draft import PLEASE_CONFIRM, Draft, toml
from perfxl.drafting.paper import BlankForm
from perfxl.drafting.understand import SheetReader

Ask = Callable[["Question"], str]


@dataclass(frozen=True)
class Question:
    """Something that no form says.

    Attributes:
        key: what it decides.
        text: the question in plain Chinese.
        answers: sensible answers; the first is proposed.
    """

    key: str
    text: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Drafted:
    """A draft with its text and how many questions were asked."""

    text: str
    draft: Draft
    questions: int


NO_GRADES, YES, NO = "不评等次", "是", "否"
_GRADE_NAMES = ("优", "良", "中", "差")


def draft_scheme(papers: Sequence[BlankForm], name: str, ask: Ask | None) -> Drafted:
    """The TOML of the scheme that sheets declare.

    Args:
        papers: the sheets of the form.
        name: the id of the scheme.
        ask: answers a question; None to take what is proposed and mark it as to be confirmed.
    """
    draft = Draft()
    for paper in papers:
        draft.lines += ["", "", "[[sheets]]", f"name = {toml(paper.name)}", f"widths = {toml(paper.widths)}"]
        SheetReader(paper, draft).read()
    asked: list[Question] = []

    def answer(key: str, text: str, *answers: str) -> str:
        question = Question(key, text, answers)
        asked.append(question)
        return ask(question) if ask else answers[0]

    head = _head(draft, name, answer, "" if ask else f"  # {PLEASE_CONFIRM}")
    return Drafted("\n".join([*head, *draft.lines, ""]), draft, len(asked))


def _head(draft: Draft, name: str, answer: Callable[..., str], mark: str) -> list[str]:
    facts = draft.facts
    title = str(facts.get("title", "绩效评价表"))
    unit = str(facts.get("unit", "")) or answer("unit", "表上没有印金额单位，金额按什么单位填写？", "万元", "元")
    lines = ["# 由 perfxl schemes draft 起草。“确定”的行由表样直接得出；“请确认”的行请核对后删去这几个字。", ""]
    lines += [f"id = {toml(name)}", "version = 1", f"title = {toml(title)}", f"edition = {toml(name)}{mark}"]
    lines += [f"source = {toml('本单位现有表样')}{mark}", f"money_unit = {toml(unit)}"]
    tables = facts.get("tables", {})
    is_scored = "score" in tables.get("indicators", ())
    if not is_scored:
        return lines + _rates(draft, answer, mark)
    full = answer("full", "满分是多少？", "100")
    lines.append(f"full_score = {full}{mark}")
    bounds = answer("grades", "等次下限（优/良/中，差为 0）？", "90/80/60", "90/75/60", NO_GRADES)
    if bounds != NO_GRADES:
        numbers = [*re.findall(r"\d+", bounds), "0"]
        lines += [
            f"grades = [{mark}",
            *(f"  {{ name = {toml(g)}, from = {n} }}," for g, n in zip(_GRADE_NAMES, numbers, strict=False)),
            "]",
        ]
    return lines + _rates(draft, answer, mark)


def _rates(draft: Draft, answer: Callable[..., str], mark: str) -> list[str]:
    """The execution rate and its points; thresholds as perfxl's own schemes set them."""
    facts = draft.facts
    columns, total = facts.get("funds", {}), facts.get("total", "total")
    lines: list[str] = []
    budgets = [key for key in ("full_year", "initial") if key in columns]
    budgets = budgets or [key for key in ("in_place", "planned") if key in columns]
    if "executed" in columns and budgets:
        whole = budgets[0]
        if len(budgets) > 1:
            chosen = answer("whole", "预算执行率用哪一栏作分母？", *(columns[key] for key in budgets))
            whole = next((key for key in budgets if columns[key] == chosen), whole)
        label = columns.get("rate", "预算执行率")
        lines += [
            "",
            f"[[rates]]{mark if len(budgets) > 1 else ''}",
            'key = "execution"',
            f"label = {toml(label.split('（')[0].split('(')[0])}",
        ]
        lines += [f'part = "funds.{total}.executed"', f'whole = "funds.{total}.{whole}"']
        if "score" in columns:
            printed = (
                facts.get("weight")
                or facts.get("weight_in_label")
                or next((points for name, points in facts.get("points", {}).items() if "执行" in name), "")
            )
            weight = printed or answer("weight", "预算执行率占多少分？", "10", "20")
            rate = columns.get("rate") and f'stated_rate = "funds.{total}.rate"'
            if rate:
                lines += [
                    "",
                    "[execution]",
                    'rate = "execution"',
                    f"weight = {weight}",
                    f'score = "funds.{total}.score"',
                    rate,
                ]
    lines += ["", "[thresholds]" + mark]
    limits = {"unit_factor": "1000", "rate_tolerance": "0.01", "score_tolerance": "0.01", "low_execution": "0.9"}
    lines += [f'{key} = {{ value = {value}, source = "perfxl 随附方案" }}' for key, value in limits.items()]
    return lines


def id_of(target: Path) -> str:
    """The id of a scheme by the name of its file."""
    return re.sub(r"[^\w.\-]", "-", target.stem)[:60] or "own"
