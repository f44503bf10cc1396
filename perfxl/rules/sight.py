"""SG: is every figure that is counted the one that a person sees in its cell? The reader raises these codes."""

from perfxl.rules.declare import ERROR, INFO, WARNING, Rule, declare

_SEEN = "所见即所计：计入的每一个数，都应是打开表格时在该单元格看到的数"

declare(
    Rule(
        "SG01",
        "shown-otherwise",
        ERROR,
        "显示的数与存储的数不同",
        what="数字格式是否让单元格显示出另一个数：格式里写死了数字、按千缩小、按条件换成别的数或文字、按时长显示等。"
        "只因四舍五入少显示几位的不算。",
        why="评审人员看到的是显示的数，计算用的是存储的数；两者不同，结果就无从核对。",
        example="F8 显示为“500.00 万元”，实际存储 1076.47，数字格式是把 500.00 写死的自定义格式。",
        fix="选中单元格，把数字格式改为“常规”，核对显示的数，改正后重新保存。",
        source=_SEEN,
        opens=True,
    )
)

declare(
    Rule(
        "SG02",
        "shown-blank",
        WARNING,
        "单元格里有数却什么都不显示",
        what="数字格式是否让有内容的单元格显示为空白，例如 ;;;。",
        why="看上去没有填写的单元格，实际参与了计算。",
        example="F8 显示为空白，实际存储 1076.47，数字格式是 ;;;。",
        fix="把数字格式改为“常规”；不应填写的，请清除内容。",
        source=_SEEN,
        opens=True,
    )
)

declare(
    Rule(
        "SG03",
        "format-by-condition",
        WARNING,
        "条件格式改变数字的显示",
        what="读取的单元格上是否有带数字格式的条件格式，或只显示图标、数据条而不显示数字的条件格式。",
        why="条件满足时显示的可能是另一个数，系统无法替代软件判断条件是否成立。",
        example="F8 的条件格式规定大于 1000 时一律显示 500.00。",
        fix="在“条件格式—管理规则”中删除带数字格式的规则。",
        source=_SEEN,
        opens=True,
    )
)

declare(
    Rule(
        "SG04",
        "hidden-cell",
        WARNING,
        "读取的内容被隐藏",
        what="读取的单元格是否在隐藏的行、列或工作表中，或在高度不到 4 磅、宽度不到一个字母的行列中；列宽是否窄得数只显示 ####；"
        "填 0 的单元格所在的表是否设为不显示零值，表是否设为显示公式；冻结窗格是否使单元格滚动不到。",
        why="隐藏的内容照样计入，打开表格的人却看不到。",
        example="第 23 行已隐藏，其中“分值”“得分”计入了总分。",
        fix="取消隐藏、加宽列并核对；不应计入的，请删除整行，不要隐藏。",
        source=_SEEN,
    )
)

declare(
    Rule(
        "SG05",
        "under-merge",
        ERROR,
        "读取的内容被合并单元格遮住",
        what="读取的单元格是否在合并区域之内而不是左上角：这样的单元格不显示。",
        why="合并后只显示左上角的内容，其余内容仍在文件里，读取的就不是看到的数。",
        example="E8:F8 已合并，F8 里的 1076.47 看不到。",
        fix="取消合并，核对各单元格的内容后重新填写。",
        source=_SEEN,
        opens=True,
    )
)

declare(
    Rule(
        "SG06",
        "stale-formula",
        ERROR,
        "公式的结果与保存的数不同",
        what="应填数的单元格里是公式时，按同一工作簿的数重新计算（四则运算、SUM、ROUND 等），看是否等于文件里保存的数。",
        why="打开文件时软件会重新计算，看到的是公式的结果，不是文件里保存的数。",
        example="F8 是公式 =500，重新计算得 500，文件里保存的是 1076.47。",
        fix="用 Excel 或 WPS 打开，核对公式的结果，改为直接填写数字后重新保存。",
        source=_SEEN,
        opens=True,
    )
)

declare(
    Rule(
        "SG07",
        "formula-not-checked",
        WARNING,
        "公式无法核对",
        what="应填数的单元格里是否有系统不能核对的公式：随时间变化、引用其他文件或网络、使用不常见的函数等。",
        why="打开文件时的结果可能与保存的数不同，系统无法确定看到的是哪一个。",
        example="F8 是公式 =[支出明细.xlsx]Sheet1!B2，取自另一个文件。",
        fix="请把公式的结果作为数值填写（复制后选择性粘贴—数值）。",
        source=_SEEN,
        opens=True,
    )
)

declare(
    Rule(
        "SG08",
        "second-value",
        WARNING,
        "同一栏填了两个数",
        what="栏目名称右边、下一个栏目之前，是否有不止一个填了数的单元格。",
        why="读取的是最靠近栏目名称的一个，看的人可能以为是另一个。",
        example="“实际使用情况”右边 F8 填 1076.47，G8 又填 500。",
        fix="只保留一个数，多余的单元格请清空；说明写在报告里。",
        source=_SEEN,
        opens=True,
    )
)

declare(
    Rule(
        "SG09",
        "label-twice",
        WARNING,
        "同一栏目出现两次",
        what="一个栏目的名称是否在表上出现两次，且旁边各填了数；其中一处被隐藏时，以看得见的一处为准。",
        why="同一栏目有两个数，无法确定以哪一个为准。",
        example="隐藏的第 8 行和看得见的第 9 行都是“实际使用情况”，数不同。",
        fix="只保留一处，另一处请删除整行。",
        source=_SEEN,
        opens=True,
    )
)

declare(
    Rule(
        "SG10",
        "invisible-ink",
        WARNING,
        "字看不见",
        what="读取的单元格、Word 文档的文字是否与底色几乎同色（例如白底白字、浅黄底上的白字），或字号小于 4 磅；条件格式会使它这样的、一段文字里有一部分这样的，也算。",
        why="看不见的内容照样计入。",
        example="J15 的字是白色，没有底色。",
        fix="把字体颜色改为黑色、字号改为正常大小，核对后重新保存。",
        source=_SEEN,
    )
)

declare(
    Rule(
        "SG11",
        "covered-by-shape",
        INFO,
        "图片或形状盖住了单元格",
        what="是否有图片、文本框、一直显示的批注等盖在填了数的单元格上；印章图片盖住表格是常见的，所以只是提示。",
        why="图片上可以写着另一个数，挡住了单元格里的数。",
        example="一个文本框盖住了 F8。",
        fix="如不是印章，请移开图片或文本框，核对下面的数。",
        source=_SEEN,
    )
)

declare(
    Rule(
        "SG12",
        "struck-through",
        WARNING,
        "文字带有删除线",
        what="读取的文字中是否有划了删除线的部分。应填数的单元格带有删除线时无法识别（ST06）。",
        why="删除线表示这些字已经作废，而文件里它们仍然是内容的一部分。",
        example="“已完成”三个字划了删除线，后面写“未完成”。",
        fix="请删去划掉的文字，只保留有效的内容。",
        source=_SEEN,
    )
)

declare(
    Rule(
        "SG13",
        "review-sheet-of-the-agency",
        WARNING,
        "报送的工作簿里已有“审核结果”表",
        what="工作簿里是否有不是本系统写入的“审核结果”表，或冒用本系统标记的名称。",
        why="它可能被误认为财政部门的审核结果。这张表予以保留，本系统的结果写在“审核结果（财政）”。",
        example="单位自己做了一张“审核结果”，写着“通过”。",
        fix="请删除这张表后再报送；审核结果以财政部门写入的“审核结果（财政）”为准。",
        source=_SEEN,
    )
)

declare(
    Rule(
        "SG14",
        "format-unknown",
        WARNING,
        "无法确定是否为百分数",
        what="读不到数字格式的文件里，指标值、完成值、比率栏是否填了 0 和 1 之间的数。",
        why="0.98 可能显示为 98%，也可能就是 0.98，两者相差一百倍。",
        example="旧格式文件中“实际完成值”存储 0.98，打开时显示 98%。",
        fix="请另存为“Excel 工作簿（*.xlsx）”，或写明单位，例如 98%。",
        source=_SEEN,
        opens=True,
    )
)

declare(
    Rule(
        "SG15",
        "rounded-display",
        INFO,
        "四舍五入后显示的数与计入的数相差较大",
        what="数字格式是否只显示整数或一位小数，四舍五入掉的部分超过表格应有的两位小数。",
        why="计入的是存储的数；照着显示的数核对，会对不上。",
        example="F8 显示为 1076，实际存储并计入的是 1076.47。",
        fix="把数字格式改为两位小数，或者直接填写四舍五入后的数。",
        source=_SEEN,
    )
)
