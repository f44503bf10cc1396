"""Across files (XF): submissions of one batch held against each other and against the roster. The summary finds these."""

from perfxl.rules.declare import INFO, WARNING, Rule, declare

BATCH = "同一批文件之间的比较"
ROSTER = "应报项目名单（--roster）"

declare(
    Rule(
        "XF01",
        "superseded",
        INFO,
        "已被后来的文件代替",
        what="同一项目有没有再次报送；有的，采用最近一次可用的一份，其余列为已代替。",
        why="同一项目只能在汇总中计算一次。采用最近一份算得出总分的；都算不出的，采用最近一份。先看邮件的收到时间，再看工作簿自身的修改时间，"
        "再看文件时间，最后看文件名中的“初稿”“修改”“最终”“重报”。",
        example="“运维项目.xlsx”和“运维项目（修改）.xlsx”是同一项目，采用后者。",
        fix="一般不用处理；如果应采用另一份，请把不用的文件移出文件夹后重新汇总。",
        source=BATCH,
    )
)
declare(
    Rule(
        "XF02",
        "identical-copy",
        INFO,
        "重复的文件",
        what="文件内容是否与另一个文件逐字节相同。",
        why="重复的文件只计算一次。",
        example="同一附件随两封邮件各收到一次。",
        fix="不用处理；可以删去多余的一份。",
        source=BATCH,
    )
)
declare(
    Rule(
        "XF05",
        "not-submitted",
        WARNING,
        "应报未报",
        what="名单上的项目有没有收到可用的文件。",
        why="没有报送的项目不会出现在其他表中，只有对照名单才看得出来。",
        example="名单有 120 个项目，收到 118 个，其余 2 个列出名称、单位和联系人。",
        fix="请联系单位补报；已撤销的项目由财政部门从名单中删去。",
        source=ROSTER,
    )
)
declare(
    Rule(
        "XF06",
        "same-project-conflicting-schemes",
        WARNING,
        "同一项目用了两种表",
        what="同一项目在同一阶段（申报、监控、自评）是否用两种不同的评价表各报了一份；有先后替代关系的，采用新的一种。",
        why="两种表的指标和分值不同，不能合并，也不能同时计入汇总。",
        example="同一项目既报了 2020 年版评价表，又报了 2023 年版自评表。",
        fix="请与单位确认应采用哪一种表，把另一份移出文件夹后重新汇总。",
        source=BATCH,
    )
)
declare(
    Rule(
        "XF07",
        "date-to-come",
        INFO,
        "日期在将来，不采用",
        what="邮件的收到时间、工作簿记录的修改时间或文件时间是否在汇总日期之后。",
        why="电脑时钟不准的一份不应因此排在最后、代替真正较新的一份。",
        example="某台电脑的日期设成了 2099 年，工作簿记录的修改时间也是 2099 年。",
        fix="一般不用处理；同一项目有几份时，请核对采用的是不是最新的一份。",
        source=BATCH,
    )
)
declare(
    Rule(
        "XF08",
        "same-code-other-project",
        WARNING,
        "编码相同，单位或名称不同",
        what="两个文件的项目编码是否相同，而单位或项目名称不同。",
        why="编码可能抄错，也可能用了同事的表；系统不猜，两份都保留、都计入，除非应报名单说明哪一份用对了编码。",
        example="甲单位的表里写了乙单位项目的编码。",
        fix="请与两个单位核对编码；用错的一份由单位更正后重报，或移出收件文件夹。",
        source=BATCH,
    )
)
declare(
    Rule(
        "XF09",
        "similar-names",
        INFO,
        "同一单位有名称相近的项目",
        what="同一单位采用的几份表，项目名称是否只差几个字。",
        why="可能是同一项目报了两次而名称写法不同，那样金额会重复计算；也可能本来就是两个项目，所以只提示、不合并。",
        example="“信息系统运维项目”和“信息系统运行维护项目”同属一个单位，都计入了汇总。",
        fix="请核对是不是同一个项目；是的，把不用的一份移出收件文件夹后重新汇总。",
        source=BATCH,
    )
)
declare(
    Rule(
        "XF10",
        "corrected-copy",
        INFO,
        "审核副本更正后报回",
        what="收到的表是不是由上次发回的审核副本更正而来；是的，代替它的原件，名称、编码改了也认得。",
        why="更正名称或编码后，只按名称就会被当成两个项目，金额重复计算。",
        example="原件没有填项目名称，单位在发回的审核副本里补上后报来。",
        fix="不用处理；更正件写的是另一个单位时两份都保留，请核对。",
        source="perfxl 写在副本中的标记",
    )
)
declare(
    Rule(
        "XF11",
        "newer-not-final",
        WARNING,
        "有更新的一份待更正",
        what="采用的一份之后，同一项目有没有更新、但还算不出总分的一份。",
        why="算不出总分的一份不代替算得出的；但它可能才是单位现在的意思。",
        example="5 月 20 日的一份已采用，6 月 1 日又报来一份，有两个得分读不出。",
        fix="请单位更正较新的一份后重报；确应采用较早一份的，把较新的移出收件文件夹。",
        source=BATCH,
    )
)
declare(
    Rule(
        "XF12",
        "department-spelled-otherwise",
        INFO,
        "主管部门写法不一",
        what="主管部门是否与其他文件或应报名单上的写法只差“省”“市”“县”等前缀；名单上有的，按名单的写法汇总。",
        why="同一部门写成两种名称，部门汇总就会分成两行。",
        example="有的表写“省商务厅”，有的写“海南省商务厅”。",
        fix="请让单位改成一致；使用应报名单时按名单的写法汇总。",
        source=BATCH,
    )
)
declare(
    Rule(
        "XF13",
        "year-differs-from-batch",
        WARNING,
        "与同批多数项目年度不同",
        what="同批项目有一半以上（至少三个）是同一评价年度时，其余项目的评价年度是否与之不同；命令中指定了 --year 的，改由 BA08 检查。",
        why="别的年度的表混进来，会使金额和比率不可比，总览会单独列出。",
        example="一批 118 个项目，116 个评价 2023 年度，2 个填 2022。",
        fix="请核对“评价年度”；确是其他年度的，请移出文件夹另行汇总。",
        source=BATCH,
    )
)
declare(
    Rule(
        "XF14",
        "document-differs",
        WARNING,
        "Word 文档与工作簿不一致",
        what="同一项目既报了工作簿、又报了 Word 文档的，两份填的内容是否一致；逐项比较，列出不同之处。",
        why="单位常常只改其中一份；报告和表格数字对不上，是复核中最常见的问题。汇总只计采用的一份。",
        example="工作簿里“实际使用情况”是 87.44 万元，Word 文档里是 97.44 万元。",
        fix="请与单位核对以哪一份为准，两份改成一致后重报。",
        source=BATCH,
    )
)
