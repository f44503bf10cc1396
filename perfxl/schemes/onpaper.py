"""What in the declaration of the Word document contradicts the form: names, widths, data that would not be printed."""

import re
from collections import Counter
from collections.abc import Iterator

from perfxl.schemes.paper import Paper, Part, Piece
from perfxl.schemes.spec import BLOCKS, Field, Fields, Matrix, Scheme, Sections, Table, Text, parse_live

_Shown = Fields | Matrix | Table | Sections

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
"""A figure in a draft: {funds.used.total}, {rates.execution}."""

PRINTED_LIVE = ("completion", "subtotal", "weight")
"""Formulas of the form whose value the document prints too."""


def find_paper_problems(scheme: Scheme) -> Iterator[str]:
    """What in the [document] of a scheme contradicts its form, each with its place and reason (Chinese)."""
    if scheme.document is None:
        return
    yield from _problems_of_cover(scheme, scheme.document)
    for part in scheme.document.parts:
        yield from _problems_of_part(scheme, part)
    yield from _problems_of_drafts(scheme, scheme.document)
    missing = [path for path in printable(scheme) if path not in _printed(scheme, scheme.document)]
    yield from (f"document 没有列出“{path}”，填报的内容会漏印：请把它加到一个 part 里" for path in missing)


def printable(scheme: Scheme) -> list[str]:
    """The paths of everything that staff fill in; a table's columns by table and key."""
    columns = [
        f"{key}.{column.key}" for key, table in scheme.tables.items() for column in table.columns if column.is_data
    ]
    return [*scheme.data, *columns]


def block_of(scheme: Scheme, piece: Piece) -> _Shown | None:
    """The form's block that a piece prints; fields of one key may stand in several blocks and count as one."""
    kind = BLOCKS.get(piece.show)
    found: list[_Shown] = [
        block for _, block in scheme.blocks() if not isinstance(block, Text) and block.key == piece.of
    ]
    own = [block for block in found if type(block) is kind]
    if own and kind is Fields:
        data = (
            datum
            for block in own
            if isinstance(block, Fields)
            for datum in block.fields
            if datum.is_data or datum.holds
        )
        return Fields(piece.of, tuple(data))
    return own[0] if own else None


def block_fields(block: Fields | Table, piece: Piece) -> list[Field]:
    """The fields or columns that a piece prints, in its order."""
    known = block.fields if isinstance(block, Fields) else block.columns
    if not piece.columns:
        return [datum for datum in known if is_printed(datum)]
    by_key = {datum.key: datum for datum in known}
    return [by_key[key] for key in (*piece.columns, *piece.where_filled) if key in by_key]


def is_printed(datum: Field) -> bool:
    """Whether the document prints a field when no columns are named: what is filled in, printed or signed."""
    return not datum.result and not datum.is_live


def _printed(scheme: Scheme, paper: Paper) -> set[str]:
    """The paths that the document prints."""
    paths = {line.of for line in paper.cover} | {paper.period}
    for piece in (piece for part in paper.parts for piece in part.pieces):
        match block_of(scheme, piece):
            case Fields() | Table() as block:
                paths |= {f"{block.key}.{datum.key}" for datum in block_fields(block, piece)}
                paths |= {foot.path for foot in block.footer} if isinstance(block, Table) else set()
            case Matrix() as block:
                paths |= {block.path(column.key, row.key) for column, row in block.cells()}
            case Sections() as block:
                paths |= {f"{block.key}.{section.key}" for section in block.sections}
            case None:
                paths.add(piece.of)
    return paths


def _problems_of_cover(scheme: Scheme, paper: Paper) -> Iterator[str]:
    if paper.cover and not paper.title:
        yield "document.cover 有封面栏目而没有 title"
    for path in (*(line.of for line in paper.cover), paper.period):
        if path and path not in scheme.data:
            yield f"document 的封面引用了不存在的“{path}”"
    titles = Counter(part.title for part in paper.parts)
    yield from (f"document.parts 的标题“{title}”重复" for title, count in titles.items() if count > 1)


def _problems_of_part(scheme: Scheme, part: Part) -> Iterator[str]:
    for number, piece in enumerate(part.pieces, 1):
        place = f"document.parts（{part.title}）.pieces[{number}]"
        if piece.show in ("line", "signature"):
            if piece.of and piece.of not in scheme.data:
                yield f"{place} 引用了不存在的“{piece.of}”"
        elif piece.show not in ("heading", "note"):
            yield from (f"{place} {problem}" for problem in _problems_of_block(scheme, piece))
        elif not piece.text:
            yield f"{place} 没有文字（text）"


def _problems_of_block(scheme: Scheme, piece: Piece) -> Iterator[str]:
    block = block_of(scheme, piece)
    if block is None:
        yield f"引用了不存在的 {piece.show}“{piece.of}”"
        return
    wanted = 0
    if isinstance(block, Fields | Table):
        known = {datum.key: datum for datum in (block.fields if isinstance(block, Fields) else block.columns)}
        unknown = [key for key in (*piece.columns, *piece.where_filled, *piece.ticked) if key not in known]
        yield from (f"引用了不存在的栏目“{key}”，可用：{'、'.join(known)}" for key in unknown)
        if unknown:
            return
        shown = block_fields(block, piece)
        yield from (
            f"的“{datum.label}”是回写或核算的栏目，不印在文档里" for datum in shown if not _may_be_printed(datum)
        )
        wanted = len(shown) if isinstance(block, Table) else 0
        if isinstance(block, Fields) and len(piece.widths) % 2:
            yield "的 widths 应为标签与内容依次成对"
    elif isinstance(block, Matrix):
        wanted = len(block.columns) * 2 if block.style == "pairs" else len(block.columns) + 1
    if wanted and piece.widths and len(piece.widths) != wanted:
        yield f"的 widths 有 {len(piece.widths)} 个，应为 {wanted} 个"


def _may_be_printed(datum: Field) -> bool:
    return is_printed(datum) or (datum.is_live and parse_live(datum.live)[0] in PRINTED_LIVE)


def _problems_of_drafts(scheme: Scheme, paper: Paper) -> Iterator[str]:
    sections = {path for path, _ in scheme.sections}
    figures = {*scheme.data, *(f"rates.{rate.key}" for rate in scheme.rates)}
    for path, sentences in paper.drafts.items():
        if path not in sections:
            yield f"document.drafts 的“{path}”不是报告的章节，可用：{'、'.join(sorted(sections))}"
        names = {name for sentence in sentences for name in PLACEHOLDER.findall(sentence)}
        yield from (f"document.drafts.{path} 引用了不存在的“{name}”" for name in sorted(names - figures))
