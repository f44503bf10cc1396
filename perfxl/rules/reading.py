"""ST: is the workbook the form, can its cells be read, and are they filled?

Most of these codes are raised by the reader while it turns a workbook into a form; only their pages stand here. ST05 and
ST10 look at the form that was read.
"""

from collections.abc import Iterator

from perfxl.model import Cell, Form
from perfxl.rules.cells import at, filled_rows, in_row, is_empty, left_overs, sheet_of, shown_blank, typed_text
from perfxl.rules.declare import ERROR, INFO, WARNING, Case, Problem, Rule, declare, rule
from perfxl.schemes.spec import Field, Table
from perfxl.typed.wording import is_instruction, is_nothing, is_placeholder

COUNTED_TABLES = ("reviewers",)
"""Tables whose emptiness another rule reports (PT06)."""


declare(
    Rule(
        "ST01",
        "unrecognised-form",
        ERROR,
        "不是可识别的评价表",
        what="工作簿的工作表名、标签和表头能否对上某一个评价方案；对不上时指出最接近的方案和缺少的标签。",
        why="不知道是哪一版表，就不能读数，也不能审核。",
        example="报来的是单位自己设计的表格，或只有一份会议通知。",
        fix="用财政部门下发的模板重新填写；用其他版本的，先换成模板再报。",
    )
)

declare(
    Rule(
        "ST02",
        "outdated-template",
        WARNING,
        "模板版本不符",
        what="模板内隐藏的方案编号和版本号，是否就是现行版本；比现行版本旧的给出警告，编号不认识或版本更新的为错误。",
        why="旧模板的栏目、分值可能已经改变；认不出的版本不能保证读对。",
        example="模板版本为1，现行版本为2。",
        fix="下载现行模板，把内容复制过去后重新报送。",
    )
)

declare(
    Rule(
        "ST03",
        "missing-sheet",
        ERROR,
        "缺少工作表",
        what="方案规定的每张工作表是否都在；找不到时给出名称相近的工作表。",
        why="缺一张表，其中的内容都无从审核。",
        example="缺少“评价人员”表，而有一张名为“评价人员2”的表。",
        fix="恢复被删除的工作表，或把改过的名称改回来；不要删除、改名工作表。",
    )
)

declare(
    Rule(
        "ST04",
        "missing-label",
        ERROR,
        "缺少栏目或表头",
        what="工作表中规定的栏目名称和表头文字是否都在（空格、全角半角、位置移动不影响）；找不到时给出相近的文字。",
        why="系统按栏目名称找数据，名称被删改后读不到该项内容。",
        example="“实际到位资金（万元）”被改成“到帐资金”。",
        fix="恢复原来的栏目文字；不要改动浅黄色以外的单元格。",
    )
)


@rule(
    "ST05",
    "required-blank",
    ERROR,
    "必填项没有填写",
    what="必填的栏目、已填各行的必填列是否空白，或只填了“无”“—”“……”；必填的表是否一行也没有。报告的章节由 TX01检查。",
    why="缺少必填内容，项目无法识别或无法计算。",
    example="“实际到位资金”合计空白；目标表某行有绩效目标而没有指标名称。",
    fix="填写该栏；是金额而确实没有的，填0。",
    opens=True,
)
def check_required(case: Case) -> Iterator[Problem]:
    form = case.form
    sections = {path for path, _ in form.scheme.sections}
    for path, datum in form.scheme.data.items():
        cell = form.cell(path)
        if datum.required and path not in sections and is_empty(cell):
            yield at(form, path, f"必填项“{datum.label}”{_state(shown_blank(cell))}", shown_blank(cell), "必填")
    for table in form.scheme.tables.values():
        yield from _required_columns(form, table)


def _required_columns(form: Form, table: Table) -> Iterator[Problem]:
    required = [column for column in table.columns if column.required and column.is_typed]
    rows = filled_rows(form, table.key)
    for row in rows:
        for column in required:
            cell = row[column.key]
            if is_empty(cell):
                text = f"第{cell.row}行的必填列“{column.label}”{_state(shown_blank(cell))}"
                yield in_row(form, table.key, row, column.key, text, shown_blank(cell), "必填")
    if required and not rows and table.key in form.tables and table.key not in COUNTED_TABLES:
        text = f"表中没有一行填写了“{required[0].label}”"
        yield Problem(sheet_of(form, table.key), text, "空白", "至少一行", field=required[0].label)


def _state(found: str) -> str:
    return "没有填写" if found == "空白" else f"只填了“{found}”"


declare(
    Rule(
        "ST06",
        "not-a-number",
        ERROR,
        "应填数字的单元格不是数字",
        what="金额、分值、得分、年度等单元格的内容能否读成一个数；文字、日期、含义不明的写法（如677,00）都不行；有一部分划掉或看不见的数、一格两个数（10换行6、98 108）、上标（10²）和圈码（⑩）也不行，指标值和完成值同样如此。空格只有在三位一组、至少两组时才算千分位（1 794 500）。",
        why="读不成数就不能计算，系统不作猜测。",
        example="得分填“满分”；金额填“约200万元”；金额填677,00，分不清是677还是67700。",
        fix="只填数字，单位和说明不要写在同一单元格。",
        opens=True,
    )
)

declare(
    Rule(
        "ST07",
        "uncalculated-formula",
        ERROR,
        "公式没有计算结果",
        what="单元格里有公式，而文件中没有保存它的结果。",
        why="系统读取保存的结果，不代为计算；没有结果等于空白。",
        example="由其他软件导出的文件，合计栏为 =SUM(B2:B5)，打开前没有数值。",
        fix="用 Excel 或 WPS 打开，确认数值显示正常，保存后重新报送。",
        opens=True,
    )
)

declare(
    Rule(
        "ST08",
        "error-value",
        ERROR,
        "单元格显示错误值",
        what="单元格是否为 #REF!、#DIV/0!、#N/A、#VALUE!、#NAME? 等错误值。",
        why="错误值说明公式引用失效或除数为0，该项没有数可用。",
        example="删除一列后，合计栏变成 #REF!。",
        fix="改正公式，或直接填写数字。",
        opens=True,
    )
)

declare(
    Rule(
        "ST09",
        "normalised-number",
        INFO,
        "数字按文字填写，已转换",
        what="数字是否带有全角字符、千分位、货币符号或与表头相同的单位；能够确定含义的照此读取，并列出原文和采用的数。",
        why="转换没有疑义，系统照此计算；但表格自身的合计公式不计算文字，合计会少算这一格（由 IN05、PT03、FD01 提示）。",
        example="“１９５.０１”读作195.01；“98.5分”读作98.5；“215,457.6”读作215457.6。",
        fix="请改为只填数字：表内的合计公式不计算文字，会把这一格漏掉。",
    )
)


@rule(
    "ST10",
    "placeholder-left",
    INFO,
    "留有占位内容",
    what="是否留有“……”“指标2:”“示例”等提示续行、举例的内容；这样的行不作为填报内容，其他规则都不看它。把填写说明（请填写……、例如……、（必填））留作答案的，必填项为错误，其他为警告。",
    why="占位内容不是答案，留在表里会被误认为漏填。",
    example="商务厅2020年信息系统运维项目的评价人员表，第三行姓名为“……”；公开的目标表中留有“指标2:”空行。",
    fix="删去占位内容；该行有内容的，补全名称。",
)
def check_placeholders(case: Case) -> Iterator[Problem]:
    form = case.form
    for path, datum in form.scheme.data.items():
        text = typed_text(form.cell(path))
        if is_instruction(form.cell(path).text, datum.prompt):
            yield _left_instruction(form.cell(path), datum, f"“{datum.label}”填的")
        elif _is_placeholder(text):
            yield at(form, path, f"“{datum.label}”留有占位内容“{_short(text)}”", text, "填写内容或留空")
    for table in form.scheme.tables.values():
        yield from _placeholder_rows(form, table)


def _placeholder_rows(form: Form, table: Table) -> Iterator[Problem]:
    """One finding a row: at the placeholder of a row that is nothing else, or the first in a row that counts."""
    left, typed = left_overs(form, table.key), [column for column in table.columns if column.is_typed]
    for row in form.rows(table.key):
        column = left.get(row.index) or next((c for c in typed if _is_placeholder(typed_text(row[c.key]))), None)
        said = [c for c in typed if is_instruction(row[c.key].text, c.prompt)] if row.index not in left else []
        yield from (_left_instruction(row[c.key], c, f"第{row[c.key].row}行“{c.label}”填的") for c in said)
        if column is not None and column not in said:
            found = typed_text(row[column.key])
            text = f"第{row[column.key].row}行“{column.label}”留有占位内容“{_short(found)}”"
            yield in_row(form, table.key, row, column.key, text, found, "填写内容或留空")


def _is_placeholder(text: str) -> bool:
    """Whether a text is a left-over; …… beside other data only says that there is nothing."""
    return is_placeholder(text) and not is_nothing(text)


def _left_instruction(cell: Cell, datum: Field, what: str) -> Problem:
    """An instruction that stands where an answer belongs: an error where there must be one."""
    text = f"{what}是填写说明“{_short(cell.text)}”，不是答案"
    severity = ERROR if datum.required else WARNING
    fix = "请删去填写说明，填写实际内容；确实没有的填“无”。"
    return Problem(cell, text, cell.text, "填写的内容", datum.label, fix, severity)


def _short(text: str) -> str:
    return text if len(text) <= 12 else f"{text[:12]}…"


declare(
    Rule(
        "ST11",
        "wrong-unit-in-cell",
        WARNING,
        "单元格内的单位与表头不同",
        what="金额后面写的单位是否与表头一致；不一致的按所写单位换算，并列出原文和换算结果。",
        why="单位不同，数值相差成千上万倍，换算结果须由填报单位确认。",
        example="万元表中填“1950100元”，按195.01万元读取。",
        fix="换算成表头的单位，只填数字。",
    )
)

declare(
    Rule(
        "ST12",
        "hidden-sheet-with-data",
        WARNING,
        "隐藏的工作表中有数据",
        what="除模板自带的隐藏表以外，是否还有隐藏的工作表，且其中有内容。",
        why="隐藏表不在审核范围，可能夹带草稿、他人数据或被引用的底数。",
        example="隐藏的“Sheet2”中有另一项目的资金表。",
        fix="取消隐藏并核对；与本项目无关的删除后再报送。",
    )
)

declare(
    Rule(
        "ST13",
        "text-too-long",
        WARNING,
        "文字超过一个单元格的上限",
        what="一栏的文字是否超过 Excel 一个单元格的上限（32,767 个字符），粘贴在几行里的合起来算；超过的只读取前面的部分。",
        why="Excel 和 WPS 存不下更长的文字，审核副本和汇总表也写不进去。",
        example="“主要经验及做法”粘贴了整本工作总结，有九万字。",
        fix="压缩文字，只写与本栏有关的内容；详细材料另附文件。",
    )
)

declare(
    Rule(
        "ST14",
        "blank-form",
        ERROR,
        "空白表",
        what="除表格自带的内容和它的公式以外，是否填写了任何内容。",
        why="没有填写的表不是一个项目，不能审核，也不计入汇总。",
        example="单位把下发的模板另存一次后原样发回。",
        fix="请填写后再报送；误发的，请改发填好的文件。",
    )
)

declare(
    Rule(
        "ST15",
        "blank-template",
        INFO,
        "空白模板",
        what="文件是否就是下发的空白模板，写出以后没有人保存过。",
        why="收件文件夹里常常留有下发的模板；它不是报送件，不必退回，也不影响结果。",
        example="“模板”文件夹与各单位的报送件放在一起。",
        fix="不用处理；也可以移出收件文件夹。",
    )
)

declare(
    Rule(
        "ST16",
        "year-from-name",
        WARNING,
        "年度取自项目名称",
        what="Word 文档或文字材料没有写明评价年度时，是否用了项目名称中的年份。",
        why="同一项目每年都有一份，年度认错，就会与别的年度混在一起。",
        example="文档没有封面，项目名称是“2020年度信息系统运维项目”，年度按 2020 采用。",
        fix="请确认年度；最好在文档中写明，或改填下发的 Excel 表格。",
    )
)

declare(
    Rule(
        "ST17",
        "document-rows-unread",
        WARNING,
        "文档的表格有没读到的行",
        what="Word 文档或文字材料的表格里，是否有整行内容没有读进任何一栏。",
        why="表头改过或表格拆开后，下面的行可能对不上栏目；不说出来就等于丢了。",
        example="指标表的表头被删掉，下面三行指标没有读到。",
        fix="请对照原文核对；缺少的请单位按表样补上表头，或改填下发的 Excel 表格。",
    )
)
