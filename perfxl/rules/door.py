"""The file itself (FL): may it be opened, and what is worth knowing of it. The door and the reader find these."""

from perfxl.rules.declare import ERROR, INFO, WARNING, Rule, declare

FORMAT = "文件格式标准 ECMA-376（Office Open XML）"
LIMITS = "perfxl 的安全上限（远高于正常表格）"

declare(
    Rule(
        "FL01",
        "not-a-workbook",
        ERROR,
        "不是 Excel 工作簿",
        what="按文件内容（不看扩展名）判断是不是 Excel 工作簿，并说明实际是什么：网页、CSV、PDF、XML 表格 2003、空文件等。",
        why="只改扩展名不会改变内容，这样的文件无法读取，也不能可靠地交给其他人使用。",
        example="“绩效评价表.xlsx”的内容其实是从系统导出的 HTML 网页。",
        fix="用 Excel 或 WPS 打开后，另存为“Excel 工作簿（*.xlsx）”再报送；打不开的，请从标准模板重新填写。",
        source=FORMAT,
    )
)
declare(
    Rule(
        "FL02",
        "encrypted",
        ERROR,
        "设有打开密码",
        what="文件是否需要密码才能打开。",
        why="没有密码就读不到内容；密码也不应随邮件流转。",
        example="打开“绩效评价表.xlsx”时提示输入密码。",
        fix="在“文件—信息—保护工作簿—用密码进行加密”中清空密码，保存后再报送。工作表保护不受影响。",
        source=FORMAT,
    )
)
declare(
    Rule(
        "FL03",
        "damaged",
        ERROR,
        "文件已损坏",
        what="压缩包是否完整、校验是否正确、必需的部件是否齐全、XML 是否完好并为 UTF-8 编码、单元格是否重复或次序颠倒。",
        why="损坏的文件读出来的数可能是错的，宁可请单位重发，也不猜测。",
        example="邮件传输中断，附件只收到前半部分。",
        fix="在发送方电脑上打开检查，重新保存后再发送一次。",
        source=FORMAT,
    )
)
declare(
    Rule(
        "FL04",
        "over-limits",
        ERROR,
        "超出允许的上限",
        what="文件大小、单元格数、数据区域、工作表数、合并单元格、名称、样式、批注和文字长度是否在上限之内；说明是哪一项、现为多少、上限多少。",
        why="一个异常文件（例如在最末一行误输一个空格）就能占满内存，使整批文件都无法处理。",
        example="A1 和 XFD1048576 各有一个值，数据区域达到 171 亿个单元格。",
        fix="把内容复制到财政部门下发的空白模板中（只粘贴数值），保存后再报送。",
        source=LIMITS,
    )
)
declare(
    Rule(
        "FL05",
        "unsafe-content",
        ERROR,
        "含有不安全的内容",
        what="部件中有没有文档类型声明（DOCTYPE）或实体，压缩包中有没有绝对路径、带“..”的路径或重名的条目。",
        why="Excel 和 WPS 从不写出这些内容，它们只出现在攻击文件或被改坏的文件中。",
        example="工作表的 XML 中声明了会无限展开的实体。",
        fix="把内容复制到财政部门下发的空白模板中（只粘贴数值），保存后再报送；来源不明的文件不要打开。",
        source="perfxl 的安全要求",
    )
)
declare(
    Rule(
        "FL06",
        "legacy-format",
        INFO,
        "旧格式文件",
        what="文件是不是 .xls 等可以读取、但不是 .xlsx 的格式。",
        why="旧格式无法原样写入批注，带批注的副本改用标准模板生成，版式会与原件不同。",
        example="单位用 WPS 保存成了“97-2003 工作簿（*.xls）”。",
        fix="可以不改；希望副本保留原版式的，请另存为“Excel 工作簿（*.xlsx）”再报送。",
        source=FORMAT,
    )
)
declare(
    Rule(
        "FL07",
        "macros",
        INFO,
        "带有宏",
        what="工作簿中有没有 VBA 宏。",
        why="宏予以保留，但从不运行；收件人打开时应知道其中有宏。",
        example="文件扩展名为 .xlsm，内含按钮和宏代码。",
        fix="如无需要，请另存为不含宏的 .xlsx。",
        source=FORMAT,
    )
)
declare(
    Rule(
        "FL08",
        "strict-ooxml",
        ERROR,
        "Strict Open XML 格式",
        what="文件是不是按“Strict Open XML 电子表格”保存的。",
        why="这种格式会被常用的读取程序当成空表，所以不能接收。",
        example="另存为时，保存类型选成了“Strict Open XML 电子表格（*.xlsx）”。",
        fix="用 Excel 打开，另存为时把“保存类型”选为“Excel 工作簿（*.xlsx）”。",
        source="ISO/IEC 29500 的 Strict 形式",
    )
)
declare(
    Rule(
        "FL09",
        "reader-failed",
        ERROR,
        "读取失败",
        what="读取程序是否中途崩溃、内存不足或超过时限；每个文件单独读取，其他文件不受影响。",
        why="没有读完的文件不能算作没有问题。",
        example="一个异常文件读了 60 秒仍未读完。",
        fix="把内容复制到财政部门下发的空白模板中（只粘贴数值），保存后再报送；仍然失败的，请把文件交给系统维护人员。",
        source=LIMITS,
    )
)
declare(
    Rule(
        "FL10",
        "external-links",
        WARNING,
        "链接到其他文件",
        what="工作簿中有没有指向其他工作簿或程序（DDE）的链接。",
        why="链接不会更新，只采用文件中保存的数值；原件改动后，这里的数可能已经过时。",
        example="实际使用情况取自“D:\\财务\\[支出明细.xlsx]”中的单元格。",
        fix="在“数据—编辑链接”中断开链接，把数值直接填入表格。",
        source=FORMAT,
    )
)
declare(
    Rule(
        "FL11",
        "signed",
        WARNING,
        "带有数字签名",
        what="工作簿中有没有数字签名。",
        why="签名只对原件有效：写入批注后的副本与原件不同，副本中的签名随之失效。",
        example="单位用数字证书签署了工作簿。",
        fix="单位不用修改；需要核验签名时，请以原件为准。",
        source=FORMAT,
    )
)
declare(
    Rule(
        "FL12",
        "not-readable",
        ERROR,
        "文件打不开",
        what="能不能从磁盘读到这个文件。",
        why="读不到内容就无法检查；常见原因是文件已移走、没有读取权限，或正被其他程序独占打开。",
        example="命令中写的文件名有误，或文件还没有从邮箱下载完整。",
        fix="请确认文件名和位置无误、有读取权限，关闭正在打开它的程序后重新运行。",
        source=FORMAT,
    )
)
declare(
    Rule(
        "FL13",
        "copy-not-written",
        INFO,
        "审核副本没有写成",
        what="审核副本能不能写进输出文件夹。",
        why="检查和汇总照常进行，结论不变，但审核人员拿不到这一份的副本；这是财政部门自己的事，与单位无关。屏幕会说明，退出代码为 3。",
        example="输出文件夹没有写入权限，磁盘已满，或同名副本正在 Excel 中打开。",
        fix="请检查输出文件夹的权限和磁盘空间，关闭打开的同名副本后重新运行；原文件没有改动。",
        source=FORMAT,
    )
)
declare(
    Rule(
        "FL14",
        "reviewed-copy-kept",
        INFO,
        "保留了已复核的副本",
        what="输出文件夹里原来的审核副本写出以后，有没有人改动、保存过。",
        why="重新生成副本会覆盖同名文件；“审核结果”里的说明和复核意见自动带入新副本，写在别处的话和改动不会带过去，所以整份先改名保留。",
        example="第二次汇总写到同一个文件夹，第一次的副本里审核人员已经填了复核结论，又在旁边空白处写了几句话。",
        fix="不用处理；写在“审核结果”各栏以外的内容，请到改名保留的副本中查看。",
        source=FORMAT,
    )
)
declare(
    Rule(
        "FL15",
        "container-not-opened",
        ERROR,
        "可能有表，但打不开",
        what="收到的压缩包、邮件或附件能不能打开，里面的表能不能读到。能打开的：ZIP、.eml、mbox，装了附加组件后还有 .msg 和 .7z。",
        why="里面可能有单位报送的表；不说出来，这些单位就会被当成没有报送。",
        example="单位把表打成 .rar 发来，或附件变成了 winmail.dat。",
        fix="请解开后，把其中的工作簿（.xlsx）存进收件文件夹，或请发送方改发不加密的 ZIP 压缩包。",
        source="perfxl 能打开的格式",
    )
)
declare(
    Rule(
        "FL16",
        "copy-edited",
        ERROR,
        "审核副本里的填报内容被改过",
        what="输出文件夹里 perfxl 写的审核副本，填报内容是否仍与写出时相同。",
        why="审核副本不计入汇总；有人在副本里改了数，应当放进收件文件夹才能采用，否则改动不会算数，还会被新的副本替换。",
        example="审核人员在“审核”文件夹的副本里替单位改了得分。",
        fix="确属更正的，请把这份副本移到收件文件夹后重新汇总；不是的，请删除它。",
        source="perfxl 写在副本中的标记",
    )
)
declare(
    Rule(
        "FL20",
        "verdict-not-ours",
        WARNING,
        "复核栏里有不是财政部门填写的内容",
        what="报送的工作簿带有“审核结果”时，其中“复核结论”“复核说明”“复核人”是否与财政部门自己的副本（--annotated、--reviewed）一致。",
        why="单位只能说明情况，不能代替财政部门下结论；报送件里的复核结论一律不起作用，写的文字作为单位说明保留。",
        example="单位在退回的副本里自己选了“认可”，填上复核人后报回。",
        fix="单位的意见请写在“单位说明”一栏；复核各栏由财政部门填写。",
        source="复核的分工：单位说明，财政部门复核",
    )
)
declare(
    Rule(
        "FL21",
        "document-changes",
        INFO,
        "文档里有没有读取的文字",
        what="Word 文档是否开着修订，是否有隐藏或划掉的文字（直接设置或由样式设置）、没有填写的内容控件、本系统写的核算值和草稿。",
        why="修订按接受以后的文字读取，其余各类不读取；打开文档的人看到的可能不同。",
        example="实际支出改过一次，文档里还留着删除线和修订标记。",
        fix="请单位接受或拒绝全部修订，删去不要的文字，保存后再报送。",
        source=FORMAT,
    )
)
declare(
    Rule(
        "FL22",
        "document-remarks",
        INFO,
        "文档里有批注或脚注",
        what="Word 文档里的批注、脚注和尾注写了什么。",
        why="它们不是填报内容，没有计入任何一栏；可能有单位要说明的情况，所以列出来。",
        example="在“实际使用情况”旁批注：“含上年结转 5 万元”。",
        fix="请审核人员看一看；需要计入的，请单位写进正文或表格。",
        source=FORMAT,
    )
)
