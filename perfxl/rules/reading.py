"""ST: what the reader finds while it turns a workbook into a form. The reader raises these codes; their pages are here."""

from perfxl.rules.declare import ERROR, INFO, WARNING, Rule, declare

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

declare(
    Rule(
        "ST06",
        "not-a-number",
        ERROR,
        "应填数字的单元格不是数字",
        what="金额、分值、得分、年度等单元格的内容能否读成一个数；文字、日期、含义不明的写法（如677,00）都不行。",
        why="读不成数就不能计算，系统不作猜测。",
        example="得分填“满分”；金额填“约200万元”；金额填677,00，分不清是677还是67700。",
        fix="只填数字，单位和说明不要写在同一单元格。",
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
    )
)

declare(
    Rule(
        "ST09",
        "normalised-number",
        INFO,
        "数字按文字填写，已转换",
        what="数字是否带有全角字符、千分位、货币符号或与表头相同的单位；能够确定含义的照此读取，并列出原文和采用的数。",
        why="转换没有疑义，但应让填报人知道系统用了哪个数。",
        example="“１９５.０１”读作195.01；“98.5分”读作98.5；“215,457.6”读作215457.6。",
        fix="无须修改；下次只填数字。",
    )
)

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
