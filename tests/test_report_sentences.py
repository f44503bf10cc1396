"""What the rules make of whole sentences of reports, right and wrong ones, as people write them.

1. Of the sentences that the words were tuned with, no right one is accused, and nearly every wrong figure is found.
2. Of the sentences that were written before and never tuned on, at most 3 % are accused wrongly and at most 20 % of the wrong ones missed.
"""

from functools import cache
from typing import Any

import pytest

import report_sentences
import report_sentences_held_out
from forms import GOOD, findings_of, patched

FUNDS = {"planned": 200, "in_place": 180, "used": 150}


@cache
def form_with_other_figures() -> dict[str, Any]:
    """The good form with the figures of the sentences: 200, 180 and 150 万元, 88.5 points, 良, and no figure in its report."""
    dossier = patched(GOOD, "basic.project_name", "2020年农村公路养护补助资金项目")
    dossier["basic"] |= {"year": 2020, "evaluation_date": "2021-03-01"}
    for key, amount in FUNDS.items():
        dossier["funds"][key] |= {"total": amount, "provincial": amount}
    dossier["indicators"][15]["score"] = 0
    dossier["indicators"][16]["score"] = 6.5
    dossier["stated"] = {"total": 88.5, "average": 88.5, "grade": "良"}
    dossier["report"] = dict.fromkeys(dossier["report"], "按规定完成了各项工作。")
    return dossier


def codes_in(sentence: str) -> set[str]:
    dossier = patched(form_with_other_figures(), "report.funds_used", f"经查，情况属实。\n{sentence}")
    return {finding.code for finding in findings_of(dossier, "TX")}


def test_the_form_itself_has_no_finding() -> None:
    assert findings_of(form_with_other_figures(), "TX", "IN05", "PT01") == []


@pytest.mark.parametrize("sentence", report_sentences.RIGHT)
def test_a_right_sentence_is_not_accused(sentence: str) -> None:
    assert codes_in(sentence) == set()


@pytest.mark.parametrize(("sentence", "codes"), report_sentences.WRONG)
def test_a_wrong_figure_is_found(sentence: str, codes: str) -> None:
    assert set() < codes_in(sentence) <= set(codes.split())


def test_the_sentences_that_were_held_out() -> None:
    right, wrong = report_sentences_held_out.RIGHT, report_sentences_held_out.WRONG
    expected: list[tuple[str, set[str]]] = [(sentence, set()) for sentence in right] + [
        (sentence, set(codes.split())) for sentence, codes in wrong
    ]
    false = [sentence for sentence, codes in expected if not codes_in(sentence) <= codes]
    missed = [sentence for sentence, codes in wrong if not codes_in(sentence) & set(codes.split())]
    assert len(false) <= 0.03 * len(expected), false
    assert len(missed) <= 0.2 * len(wrong), missed
