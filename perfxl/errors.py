"""What perfxl raises when it cannot go on, and the exit codes by name.

A problem in the data of a form is never an exception: it is a `perfxl.model.Finding`.
"""

import errno
import re
from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell sees. FAILED wins over FINDINGS."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    FAILED = 3
    INTERRUPTED = 130


class PerfxlError(Exception):
    """Something that a person must put right before perfxl can go on; the message is Chinese and says what to do."""


class UsageError(PerfxlError):
    """A call that contradicts itself, or would destroy something; the shell sees USAGE."""


class SchemeError(PerfxlError):
    """A scheme that contradicts itself; says the file, the place in it and the reason."""


class UnknownSchemeError(SchemeError, UsageError):
    """A scheme that is not there: the call names it wrongly."""


class DossierError(PerfxlError):
    """A dossier (JSON) that does not fit its scheme; names the key."""


class OutputError(PerfxlError):
    """A result that could not be written: no such folder, no permission, disk full."""


class RefusedError(PerfxlError):
    """One file that cannot be processed: the code of the finding that says so, and its parts.

    Args:
        code: a code of family FL or ST, for instance "FL03".
        message: one Chinese sentence: what is wrong with the file.
        found: what was found, where that helps.
        expected: what is allowed or was expected.
        fix: what the sender should do; the rule's own fix where empty.
    """

    def __init__(self, code: str, message: str, found: str = "", expected: str = "", fix: str = "") -> None:
        super().__init__(code, message, found, expected, fix)
        self.code = code
        self.message = message
        self.found = found
        self.expected = expected
        self.fix = fix

    def __str__(self) -> str:
        """One sentence for people who call perfxl from Python."""
        return f"{self.code} {self.message.rstrip('。')}。{self.fix}"


REASONS = {
    errno.ENOENT: "找不到这个文件或文件夹",
    errno.EACCES: "没有权限，或文件正在被打开",
    errno.EPERM: "没有权限",
    errno.EISDIR: "这个名字是一个文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已有同名的文件",
    errno.ENOSPC: "磁盘空间不足",
    errno.EROFS: "磁盘是只读的",
    errno.EDQUOT: "磁盘配额已用完",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EIO: "磁盘或网络读写出错",
    errno.ENOTSUP: "不是普通文件",
    errno.ELOOP: "链接循环，打不开",
    errno.EBUSY: "文件正被占用",
}
"""What a clerk understands of an error number; of others only the number is said, since the system's words are English."""


def reason_of(error: OSError) -> str:
    """Why a file could not be read or written, in Chinese."""
    return REASONS.get(error.errno or 0) or f"系统错误（编号 {error.errno or '不详'}）"


def place_in_text(error: Exception) -> str:
    """Where a JSON, TOML or XML text goes wrong, in Chinese: the libraries say it in English words."""
    if isinstance(error, UnicodeDecodeError):
        return "文字编码不是 UTF-8"
    found = re.search(r"line (\d+),? column (\d+)", str(error))
    return f"第 {found[1]} 行第 {found[2]} 个字符附近写法有误" if found else "文件不完整，或结尾处写法有误"
