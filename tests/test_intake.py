"""What lies in mails and archives, and what every other file is.

1. The content says what a file is; an ending only what a clerk takes it for.
2. Names in UTF-8, GBK, marked or not, in every form that mail programs use; no roots, no ways up, none twice.
3. Forms inside come out with the mail that brought them; everything else with what it is; every file inside once.
4. What cannot be opened is said by name: passwords, damage, RAR, winmail.dat, missing extras, links to attachments elsewhere.
5. Containers lie at most four deep, and together give out no more than the limits of the door.
6. Whatever the bytes are, the outcome is members or a refusal.
"""

import io
import sys
import zipfile
from collections.abc import Sequence
from functools import cache

import py7zr
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import GOOD
from mails import by_hand, encoded_word, mail, mailbox_of, outlook_mail, part, zipped, zipped_in
from perfxl.door.limits import Limits
from perfxl.intake.contents import Sort, content_of, is_worth_opening
from perfxl.intake.members import Member, members
from workbooks import form_bytes

FORM = form_bytes(GOOD)
PDF = b"%PDF-1.4 scan"


def opened(data: bytes, name: str = "", limits: Limits = Limits()) -> list[Member]:  # noqa: B008
    return list(members(data, content_of(data, name), limits))


def outcome(found: Sequence[Member]) -> list[tuple[str, str]]:
    """Name of each member, and "form", what it is, or the code of its refusal."""
    return [(one.name, one.refusal.code if one.refusal else one.what or "form") for one in found]


# -- what is it? ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "sort", "what"),
    [
        (FORM, "表", Sort.FORM, ""),
        (FORM, "表.pdf", Sort.FORM, ""),
        (PDF, "表.xlsx", Sort.FORM, ""),
        (PDF, "批复.pdf", Sort.OTHER, "PDF 文件"),
        (zipped({"word/document.xml": b"<w/>"}), "说明.docx", Sort.FORM, ""),
        (zipped({"OFD.xml": b"<o/>"}), "批复.ofd", Sort.OTHER, "版式文件（OFD）"),
        (b"\x00\x05\x16\x07\0", "._表.xlsx", Sort.OTHER, "macOS 附带的说明文件"),
        (b"user", "~$表.xlsx", Sort.OTHER, "打开工作簿时留下的临时文件"),
        (FORM, "~$表.xlsx", Sort.FORM, ""),
        (zipped({"甲.xlsx": FORM}), "表.xlsx", Sort.CONTAINER, "压缩包（ZIP）"),
        (zipped({"甲.xlsx": FORM})[:-30], "包.zip", Sort.CONTAINER, "压缩包（ZIP）"),
        (FORM[:-30], "表.xlsx", Sort.FORM, ""),
        (mail(), "无扩展名", Sort.CONTAINER, "邮件（.eml）"),
        (mailbox_of(mail()), "收件箱", Sort.CONTAINER, "邮箱文件（mbox）"),
        (b"Subject: draft\n\nhello", "草稿.eml", Sort.CONTAINER, "邮件（.eml）"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n", "表.mht", Sort.OTHER, "单个文件网页（MHT）"),
        (b"Rar!\x1a\x07\0", "包.rar", Sort.CLOSED, "压缩包（RAR）"),
        (b"\x78\x9f\x3e\x22\0", "winmail.dat", Sort.CLOSED, "Outlook 打包的附件（winmail.dat）"),
        (b"\x1f\x8b\x08\0", "包.tar.gz", Sort.CLOSED, "压缩包（GZIP）"),
        (b"what is this", "包.rar", Sort.CLOSED, "纯文本"),
        (b"", "空", Sort.OTHER, "空文件"),
    ],
)
def test_the_content_says_what_a_file_is(data: bytes, name: str, sort: Sort, what: str) -> None:
    found = content_of(data, name)
    assert (found.sort, found.what) == (sort, what)
    if sort is not Sort.OTHER and not name.endswith(".xlsx"):
        assert is_worth_opening(data[:4096], name)


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_without_a_mark_are_read(encoding: str) -> None:
    assert outcome(opened(zipped_in(encoding, {"甲单位/镕自评表.xlsx": FORM}))) == [("甲单位/镕自评表.xlsx", "form")]


def test_names_lead_nowhere_and_are_told_apart() -> None:
    names = ("../../etc/表.xlsx", "C:\\收件\\表.xlsx", "/表.xlsx", "表.xlsx", "a » b/\u202e表.xlsx", "..")
    found = opened(zipped([(name, FORM) for name in names]))
    assert [one.name for one in found] == [
        "etc/表.xlsx",
        "收件/表.xlsx",
        "表.xlsx",
        "表(2).xlsx",
        "a › b/表.xlsx",
        "未命名",
    ]


def test_names_of_attachments_in_every_spelling() -> None:
    found = opened(
        by_hand(
            part(b'Content-Type: application/octet-stream; name="' + encoded_word("镕一.xlsx", "gb2312") + b'"', FORM),
            part(b"Content-Disposition: inline; filename*=GBK''%B1%ED.xlsx", FORM),
            part(b"Content-Disposition: attachment; filename*0*=UTF-8''%E8%A1; filename*1*=%A82.xlsx", FORM),
            part('Content-Disposition: attachment; filename="生表.xlsx"'.encode("gbk"), FORM),
            part(b"Content-Type: application/octet-stream", FORM),
            part(b'Content-Disposition: attachment; filename="..\\..\\x.xlsx"', FORM),
        )
    )
    assert outcome(found) == [
        ("附件/镕一.xlsx", "form"),
        ("附件/表.xlsx", "form"),
        ("附件/表2.xlsx", "form"),
        ("附件/生表.xlsx", "form"),
        ("附件/附件5", "form"),
        ("附件/x.xlsx", "form"),
    ]
    assert {one.data for one in found} == {FORM}


# -- what comes out ---------------------------------------------------------------------------------------------------


def test_everything_in_a_mail_is_accounted_for_with_its_sender() -> None:
    data = mail(
        {"表.xlsx": FORM, "批复.pdf": PDF, "各单位.zip": zipped({"甲/表.xlsx": FORM, "说明.txt": "见表".encode()})},
        forwarded=[mail({"里表.xlsx": FORM}, subject="转来")],
    )
    found = opened(data)
    assert outcome(found) == [
        ("附件/表.xlsx", "form"),
        ("附件/批复.pdf", "PDF 文件"),
        ("附件/各单位.zip » 甲/表.xlsx", "form"),
        ("附件/各单位.zip » 说明.txt", "纯文本"),
        ("附件/转来.eml » 附件/里表.xlsx", "form"),
    ]
    assert {(one.mail.sender, one.mail.subject, one.mail.received, one.mail.dated) for one in found} == {
        ("陈立 <chen@example.cn>", "自评表", "2024-05-20T00:00:00+00:00", "2024-05-19T12:00:00+00:00")
    }


def test_a_mailbox_gives_its_mails_and_lines_that_look_like_the_next_one_are_text() -> None:
    data = mailbox_of(
        mail({"甲.xlsx": FORM}, subject="一"),
        mail(text="hi\n\nFrom here on it is text"),
        mail({"乙.xlsx": FORM}, subject="三", text="a\n\nFrom the office 2024\n\nb"),
    )
    found = opened(data)
    assert outcome(found) == [
        ("001 一.eml » 附件/甲.xlsx", "form"),
        ("002 自评表.eml", "邮件，没有附件"),
        ("003 三.eml » 附件/乙.xlsx", "form"),
    ]
    assert {one.data for one in found if one.is_form} == {FORM}


def test_an_archive_of_seven_gives_its_files() -> None:
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w") as archive:
        archive.writestr(FORM, "甲/表.xlsx")
        archive.writestr(b"", "空.txt")
    found = opened(buffer.getvalue())
    assert outcome(found) == [("甲/表.xlsx", "form"), ("空.txt", "空文件")]
    assert found[0].data == FORM


def test_an_outlook_mail_gives_its_attachments_and_names_mails_within() -> None:
    data = outlook_mail({"表.xlsx": FORM, "批复.pdf": PDF, "转来的邮件": None})
    assert content_of(data, "信").what == "Outlook 邮件（.msg）"
    found = opened(data)
    assert outcome(found) == [("附件/表.xlsx", "form"), ("附件/批复.pdf", "PDF 文件"), ("附件/转来的邮件", "FL15")]
    assert found[0].data == FORM
    assert {(one.mail.sender, one.mail.subject, one.mail.received) for one in found} == {
        ('"陈立" <chen@example.cn>', "自评表", "2024-05-20T00:00:00+00:00")
    }
    received = opened(
        outlook_mail({"表.xlsx": FORM}, headers="Received: by office; Tue, 21 May 2024 08:00:00 +0800\r\n")
    )
    assert received[0].mail.received == "2024-05-21T00:00:00+00:00"


def test_an_outlook_mail_whose_sectors_are_lost_is_damage() -> None:
    data = outlook_mail({"表.xlsx": FORM})
    assert outcome(opened(data[:-512] + bytes(512), "信.msg")) == [("", "FL03")]
    assert outcome(opened(zipped({"信.msg": data[:600]}))) == [
        ("信.msg", "form")
    ]  # half a compound file, which the door calls damaged


@pytest.mark.parametrize(
    ("data", "what"),
    [(mail(), "邮件，没有附件"), (zipped({}), "空的压缩包"), (zipped({"空文件夹/": b""}), "空的压缩包")],
)
def test_what_holds_nothing_says_so_itself(data: bytes, what: str) -> None:
    assert outcome(opened(data, "包.zip")) == [("", what)]


# -- what cannot be opened --------------------------------------------------------------------------------------------


def locked_zip() -> bytes:
    data = bytearray(zipped({"表.xlsx": FORM}))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@cache
def locked_seven() -> bytes:
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", password="x") as archive:
        archive.writestr(FORM, "表.xlsx")
    return buffer.getvalue()


def with_flipped_byte() -> bytes:
    data = bytearray(zipped({"坏.xlsx": FORM, "好.xlsx": FORM}))
    data[300] ^= 0xFF
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (locked_zip(), [("表.xlsx", "FL02")]),
        (locked_seven(), [("", "FL02")]),
        (zipped({"表.xlsx": FORM})[:-30], [("", "FL03")]),
        (with_flipped_byte(), [("坏.xlsx", "FL03"), ("好.xlsx", "form")]),
        (b"7z\xbc\xaf\x27\x1c" + b"\0" * 40, [("", "FL03")]),
        (zipped({"甲.rar": b"Rar!\x1a\x07\0"}), [("甲.rar", "FL15")]),
        (mail({"winmail.dat": b"\x78\x9f\x3e\x22\0"}), [("附件/winmail.dat", "FL15")]),
        (mail(text="附件已上传至超大附件，请点击下载"), [("超大附件", "FL15")]),
    ],
)
def test_what_cannot_be_opened_is_named(data: bytes, expected: list[tuple[str, str]]) -> None:
    assert outcome(opened(data, "包.zip")) == expected


@pytest.mark.parametrize(("library", "data"), [("py7zr", locked_seven()), ("oxmsg", b"")])
def test_an_extra_that_is_not_there_is_named(library: str, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    msg = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(1024, b"\0")
    name = "__properties_version1.0".encode("utf-16-le") + b"\0\0"
    msg += name.ljust(64, b"\0") + len(name).to_bytes(2, "little") + bytes(62)
    (found,) = opened(data or msg)
    assert found.refusal is not None
    assert (found.refusal.code, "pip install" in found.refusal.fix) == ("FL15", True)


def test_links_in_an_archive_are_not_followed() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("表.xlsx")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert outcome(opened(buffer.getvalue())) == [("表.xlsx", "指向别处的链接")]


# -- limits -----------------------------------------------------------------------------------------------------------


def nested(depth: int) -> bytes:
    data = FORM
    for number in range(depth):
        data = zipped({f"{number}.zip" if number else "表.xlsx": data})
    return data


def test_containers_lie_at_most_four_deep() -> None:
    assert outcome(opened(nested(4))) == [("3.zip » 2.zip » 1.zip » 表.xlsx", "form")]
    assert outcome(opened(nested(5))) == [("4.zip » 3.zip » 2.zip » 1.zip", "FL04")]
    assert outcome(opened(mailbox_of(mail({"包.zip": nested(3)})))) == [
        ("001 自评表.eml » 附件/包.zip » 2.zip » 1.zip", "FL04")
    ]
    assert outcome(opened(nested(5), limits=Limits(containers=5)))[0][1] == "form"


def test_what_comes_out_of_all_depths_counts_together() -> None:
    tight = Limits(total_bytes=3 * len(FORM) - 1)
    inner = zipped({"甲.xlsx": FORM, "乙.xlsx": FORM})
    assert outcome(opened(zipped({"内.zip": inner, "丙.xlsx": FORM}), limits=tight)) == [
        ("内.zip » 甲.xlsx", "form"),
        ("内.zip » 乙.xlsx", "FL04"),
        ("丙.xlsx", "FL04"),
    ]


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({"大.xlsx": bytes(20_000_000), "表.xlsx": FORM})
    assert len(bomb) < 100_000
    most: list[int] = []
    read = zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda self, n=-1: (most.append(n), read(self, n))[1])
    found = opened(bomb, limits=Limits(file_bytes=1_000_000))
    assert outcome(found) == [("大.xlsx", "FL04"), ("表.xlsx", "form")]
    assert max(most) < 1_000_000


def test_more_entries_than_allowed_are_refused_as_a_whole() -> None:
    many = zipped({f"{number}.txt": b"" for number in range(30)})
    (found,) = opened(many, limits=Limits(entries=29))
    assert found.refusal is not None
    assert (found.refusal.code, found.refusal.found) == ("FL04", "30")


def test_a_declared_size_that_lies_is_damage() -> None:
    data = bytearray(zipped({"表.xlsx": FORM}, zipfile.ZIP_DEFLATED))
    for at in (22, data.rindex(b"PK\x01\x02") + 24):
        data[at : at + 4] = (100).to_bytes(4, "little")
    assert outcome(opened(bytes(data))) == [("表.xlsx", "FL03")]


# -- whatever the bytes are -------------------------------------------------------------------------------------------

SEEDS = (
    mail({"表.xlsx": b"PK\x03\x04" + bytes(50), "包.zip": zipped({"a": b"b"})}),
    mailbox_of(mail({"a": b"b"}), mail()),
    zipped({"甲/a.xlsx": b"x" * 99, "b.eml": mail()}),
    by_hand(part(b"Content-Disposition: attachment; filename*0*=x''%; filename*1*=%2", b"x")),
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=6)), max_size=6))
def test_altered_containers_give_members_or_a_refusal(seed: bytes, changes: list[tuple[int, bytes]]) -> None:
    data = bytearray(seed)
    for at, new in changes:
        data[at % len(data) : at % len(data) + len(new)] = new
    content = content_of(bytes(data), "包.zip")
    if content.sort is Sort.CONTAINER:
        found = list(members(bytes(data), content, Limits()))
        assert found
        assert len({one.name for one in found}) == len(found)


@given(
    st.lists(
        st.sampled_from([b"Content-Type: multipart/mixed; boundary=B\n\n--B\n", b"--B--\n", b"\n", b"From: a\nTo: b\n"])
    )
)
def test_mails_within_mails_end(pieces: list[bytes]) -> None:
    data = b"From: a\nTo: b\n" + b"".join(pieces)
    assert opened(data, "a.eml")  # headers come first, so it is a mail


def test_a_mail_of_thousands_of_levels_is_refused_or_read() -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(5000))
    assert len(opened(b"From: a\nTo: b\n" + deep, "a.eml")) == 1
