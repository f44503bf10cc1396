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
        why="同一项目只能在汇总中计算一次。先看工作簿自身的修改时间，再看文件时间，再看文件名中的“修改”“最终”。",
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
        "XF03",
        "not-on-roster",
        WARNING,
        "不在应报名单中",
        what="项目是否在应报项目名单中；名称按去掉空格、全半角、括号和编码后的写法比较，相近的名称会列出，不会自动对应。",
        why="可能是名称写得不同，也可能报了不该报的项目；不确认，名单上就会多出一个“未报送”。",
        example="名单上是“信息系统运维项目”，表中写成“信息系统运行维护项目”。",
        fix="请核对项目名称：名称有误的，由单位更正；确属应报的，由财政部门补入名单。",
        source=ROSTER,
    )
)
declare(
    Rule(
        "XF04",
        "budget-differs-from-roster",
        WARNING,
        "预算与名单不符",
        what="表中的预算（计划投资额或全年预算数）是否与名单上批复的预算一致。",
        why="执行率以预算为分母，预算填错，执行率和相应得分都会错。",
        example="名单上批复 195.01 万元，表中填 159.01 万元。",
        fix="请按预算批复核对；年中有调整的，说明依据文件。",
        source=ROSTER,
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
        what="同一项目是否用两种不同的评价表各报了一份。",
        why="两种表的指标和分值不同，不能合并，也不能同时计入汇总。",
        example="同一项目既报了 2020 年版评价表，又报了 2023 年版自评表。",
        fix="请与单位确认应采用哪一种表，把另一份移出文件夹后重新汇总。",
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
