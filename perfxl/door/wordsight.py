"""What of a Word document's text does a person see, and what is the agency's own? For the door, which says it, and the reader."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import groupby, islice
from typing import NamedTuple

from perfxl.door.colours import USUAL_GROUND, is_told_apart, parsed
from perfxl.door.parts import OpenedParts
from perfxl.door.xmldoor import Element

WORD_SPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MARKUP_SPACE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_OWN_STYLES = frozenset({"ComputedFigure", "DraftMark", "Draft", "核算值", "草稿标记", "草稿"})
"""Styles of what the agency has not written: figures that perfxl computed for its own document, and its drafts.

By id, and by name: programs that save a document give styles other ids.
"""
_CONTENTS = ("toc", "contents")
_TINY = {"sz": 8, "w": 20}
"""Below 4 points (in half points), or drawn to a fifth of its width, nobody reads a letter."""
_FLAT = 80
"""Twips (4 points) below which a row or line of exact height shows nothing."""
_CLEAR = -1
"""In a colour's place: what lies below shows through."""
_HIGHLIGHTS = {
    "black": 0x000000, "blue": 0x0000FF, "cyan": 0x00FFFF, "green": 0x00FF00, "magenta": 0xFF00FF, "red": 0xFF0000, "yellow": 0xFFFF00,
    "white": USUAL_GROUND, "darkBlue": 0x000080, "darkCyan": 0x008080, "darkGreen": 0x008000, "darkMagenta": 0x800080, "darkRed": 0x800000,
    "darkYellow": 0x808000, "darkGray": 0x808080, "lightGray": 0xC0C0C0,
}  # fmt: skip
_DEEPEST = 12
"""Styles that Word follows from one to the one that it is based on."""
_LINE, _GROUND = "line", "ground"
"""Marks of a paragraph, beside the names of those of runs: the height of its lines, its shading."""


class Unseen(StrEnum):
    """Why a text is not seen, or not the agency's, in the words of a sentence: 1 处隐藏的文字."""

    HIDDEN = "隐藏的文字"
    STRUCK = "划掉的文字"
    PROMPT = "内容控件的提示文字"
    OWN = "本系统写的核算值或草稿"
    WHITE = "白底白字"
    FAINT = "与底色几乎同色的文字"
    TINY = "小得看不见的文字"

    @property
    def is_read(self) -> bool:
        """Whether the text counts, as the agency's it is, for all that nobody sees it."""
        return self in (Unseen.WHITE, Unseen.FAINT, Unseen.TINY)


class WordSight:
    """Tells how each run of a document is seen: by its own marks, by its styles, by the row and control around it.

    Args:
        styles: the root of the part of styles; None where there is none.
    """

    def __init__(self, styles: Element | None) -> None:
        declared = styles.iterchildren(WORD_SPACE + "style") if styles is not None else ()
        self._styles = {style.get(WORD_SPACE + "styleId", ""): style for style in declared}
        self._default = next((key for key, style in self._styles.items() if _is_default(style)), "")
        path = f"{WORD_SPACE}docDefaults/{WORD_SPACE}rPrDefault/{WORD_SPACE}rPr"
        self._base = _marks(styles.find(path) if styles is not None else None)
        self._inherited: dict[tuple[str, str], Mapping[str, Element]] = {}
        self._fills: dict[str, int | None] = {}
        self._last: tuple[Element | None, _Around] = (None, _Around())

    def unseen(self, run: Element) -> Unseen | None:
        """Why a run is not seen or not the agency's; None for ordinary text."""
        around = self._around(run.getparent())
        marks = self._marks_of(run, around.paragraph)
        if not self._names(marks.get("rStyle"), _child(around.paragraph, "pStyle")).isdisjoint(_OWN_STYLES):
            return Unseen.OWN
        if is_switched_on(marks.get("vanish")) or around.is_hidden:
            return Unseen.HIDDEN
        if is_switched_on(marks.get("strike")) or is_switched_on(marks.get("dstrike")):
            return Unseen.STRUCK
        if around.is_prompt:
            return Unseen.PROMPT
        ink, ground = parsed(_value(marks.get("color"))), _ground(marks, around)
        if ink is not None and ground is not None and not is_told_apart(ink, ground):
            return Unseen.WHITE if ink == ground == USUAL_GROUND else Unseen.FAINT
        is_tiny = any(_number(marks.get(name), "val", least) < least for name, least in _TINY.items())
        return Unseen.TINY if is_tiny or _is_flat(marks.get(_LINE), "line", "lineRule") else None

    def is_contents(self, paragraph: Element) -> bool:
        """Whether a paragraph is a line of a table of contents, which repeats the headings."""
        names = self._names(_child(_properties(paragraph, "pPr"), "pStyle"))
        return any(name.lower().startswith(_CONTENTS) for name in names)

    def _around(self, parent: Element | None) -> "_Around":
        """What stands around runs; those of one paragraph come one after the other."""
        if parent is None or parent is not self._last[0]:
            self._last = parent, self._look_around(parent)
        return self._last[1]

    def _look_around(self, parent: Element | None) -> "_Around":
        found = _Around()
        for one in (parent, *parent.iterancestors()) if parent is not None else ():
            match one.tag.rpartition("}")[2]:
                case "p" if found.paragraph is None:
                    found = found._replace(paragraph=_properties(one, "pPr"))
                case "tr" if _is_hidden_row(one):
                    found = found._replace(is_hidden=True)
                case "sdt" if _is_prompt(one):
                    found = found._replace(is_prompt=True)
                case "tc" | "tbl" | "wsp" if found.ground == _CLEAR:
                    fill = _fill(one)
                    found = found._replace(ground=self._fill_of_style(one) if fill == _CLEAR else fill)
        return found

    def _marks_of(self, run: Element, paragraph: Element | None) -> Mapping[str, Element]:
        """The marks that hold for a run, by name: its own, else its style's, its paragraph's, its paragraph's style's."""
        own = _marks(_properties(run, "rPr"))
        key = _value(own.get("rStyle")), _value(_child(paragraph, "pStyle")) or self._default
        if key not in self._inherited:
            self._inherited[key] = {**self._base, **self._of_style(key[1]), **self._of_style(key[0])}
        return {**self._inherited[key], **_block_marks(paragraph), **own}

    def _of_style(self, key: str) -> Mapping[str, Element]:
        found: dict[str, Element] = {}
        for _ in range(_DEEPEST):
            style = self._styles.get(key)
            found = {**_block_marks(_child(style, "pPr")), **_marks(_child(style, "rPr")), **found}
            key = _value(_child(style, "basedOn"))
        return found

    def _names(self, *marks: Element | None) -> set[str]:
        """The ids and names of the styles that marks name."""
        keys = {_value(mark) for mark in marks if mark is not None}
        return keys | {_value(_child(self._styles[key], "name")) for key in keys if key in self._styles}

    def _fill_of_style(self, element: Element) -> int | None:
        """Unknown where a table's style fills some of its cells: which ones, Word works out from their places."""
        key = _value(_child(_properties(element, "tblPr"), "tblStyle"))
        if key not in self._fills:
            style = self._styles.get(key)
            shades = map(_shade, style.iter(WORD_SPACE + "shd")) if style is not None else ()
            self._fills[key] = None if any(shade != _CLEAR for shade in shades) else _CLEAR
        return self._fills[key]


class _Around(NamedTuple):
    """What bears on the text of a paragraph from without: its properties, and the rows, controls and colours around it."""

    paragraph: Element | None = None
    is_hidden: bool = False
    is_prompt: bool = False
    ground: int | None = _CLEAR


def sight_of(parts: OpenedParts, main: str) -> WordSight:
    """How the text of a document is seen.

    Raises:
        RefusedError: FL03, FL04, its styles cannot be read.
    """
    found = (one.part for one in parts.relations(main) if one.kind == "styles" and one.part in parts)
    part = next(found, None)
    return WordSight(parts.tree(part) if part else None)


def unseen_texts(root: Element, sight: WordSight) -> Mapping[Unseen, list[str]]:
    """The texts of a document that are not seen, or not the agency's: neighbours in a paragraph as one."""
    found: dict[Unseen, list[str]] = {}
    seen = ((run.getparent(), sight.unseen(run), run) for run in root.iter("{*}r") if _is_text(run))
    for (_, why), runs in groupby(seen, key=lambda one: one[:2]):
        text = "".join(words.text or "" for *_, run in runs for words in run.iter("{*}t")).strip() if why else ""
        if why and text:
            found.setdefault(why, []).append(text)
    return found


def _is_text(run: Element) -> bool:
    """Whether a run holds text of its own, and is no second instance of a text box for old programs."""
    return run.find("{*}t") is not None and next(run.iterancestors(MARKUP_SPACE + "Fallback"), None) is None


def _ground(marks: Mapping[str, Element], around: _Around) -> int | None:
    """The colour on which a run stands: its own, its paragraph's, its cell's, table's or shape's; None for one unknown."""
    own = (
        _HIGHLIGHTS.get(_value(marks.get("highlight")), _CLEAR),
        _shade(marks.get("shd")),
        _shade(marks.get(_GROUND)),
    )
    return next((colour for colour in (*own, around.ground) if colour != _CLEAR), USUAL_GROUND)


def is_switched_on(mark: Element | None) -> bool:
    """Whether a switch of the format is on: it is there, and its value does not say otherwise."""
    return mark is not None and mark.get(WORD_SPACE + "val", "true").lower() not in ("false", "0", "off")


def _is_hidden_row(element: Element) -> bool:
    properties = _properties(element, "trPr")
    is_hidden = is_switched_on(_child(properties, "hidden"))
    return is_hidden or _is_flat(_child(properties, "trHeight"), "val", "hRule")


def _is_prompt(element: Element) -> bool:
    """Whether a content control shows what it asks for, and nothing was typed into it."""
    return is_switched_on(_child(_properties(element, "sdtPr"), "showingPlcHdr"))


def _is_flat(mark: Element | None, size: str, rule: str) -> bool:
    return mark is not None and mark.get(WORD_SPACE + rule) == "exact" and _number(mark, size, _FLAT) < _FLAT


def _fill(element: Element) -> int | None:
    """The colour of a cell or table; unknown of a shape that is filled."""
    if element.tag.endswith("}wsp"):
        return None if element.find("{*}spPr/{*}solidFill") is not None else _CLEAR
    shades = (_shade(_child(_properties(element, name), "shd")) for name in ("tcPr", "tblPr"))
    return next((shade for shade in shades if shade != _CLEAR), _CLEAR)


def _shade(mark: Element | None) -> int | None:
    """The colour of a shading; None for a pattern of two."""
    kind = _value(mark) or "clear"
    if mark is None or kind == "nil":
        return _CLEAR
    if kind not in ("clear", "solid"):
        return None
    colour = parsed(mark.get(WORD_SPACE + ("fill" if kind == "clear" else "color"), "auto"))
    return colour if colour is not None else _CLEAR if kind == "clear" else 0


def _is_default(style: Element) -> bool:
    """Whether paragraphs that name no style have this one."""
    is_default = style.get(WORD_SPACE + "default") in ("1", "true", "on")
    return is_default and style.get(WORD_SPACE + "type") == "paragraph"


def _marks(properties: Element | None) -> dict[str, Element]:
    """The marks of a run or of a style's runs, by name."""
    marks = properties.iterchildren(WORD_SPACE + "*") if properties is not None else ()
    return {mark.tag[len(WORD_SPACE) :]: mark for mark in marks}


def _block_marks(properties: Element | None) -> dict[str, Element]:
    """The marks of a paragraph, or of a style's paragraphs, that bear on whether its text is seen."""
    spacing, ground = _child(properties, "spacing"), _child(properties, "shd")
    has_line = spacing is not None and WORD_SPACE + "line" in spacing.attrib
    found = {_LINE: spacing if has_line else None, _GROUND: ground}
    return {name: mark for name, mark in found.items() if mark is not None}


def _properties(element: Element, name: str) -> Element | None:
    """The properties of an element: its first child, or the one behind that. Among thousands of runs nobody looks for them."""
    return next((child for child in islice(element, 2) if child.tag == WORD_SPACE + name), None)


def _child(element: Element | None, name: str) -> Element | None:
    return element.find(WORD_SPACE + name) if element is not None else None


def _value(mark: Element | None) -> str:
    return mark.get(WORD_SPACE + "val", "") if mark is not None else ""


def _number(mark: Element | None, name: str, otherwise: int) -> int:
    text = mark.get(WORD_SPACE + name, "") if mark is not None else ""
    return int(text) if text.isdecimal() and len(text) < 6 else otherwise
