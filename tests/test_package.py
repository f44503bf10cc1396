"""The zip parts: what nobody touched keeps its bytes; what was touched keeps place, name, date and attributes."""

import io
import struct
import zipfile

import pytest

from perfxl.errors import RefusedError
from perfxl.system.recurring import recurring
from perfxl.writeback.package import Package


def raw_entries(data: bytes) -> dict[str, tuple[bytes, bytes]]:
    """Each entry's directory record (without its offset) and its local header with data."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    at, found = archive.start_dir, {}
    for info in archive.infolist():
        name, extra, comment = struct.unpack_from("<3H", data, at + 28)
        record = data[at : at + 46 + name + extra + comment]
        own, more = struct.unpack_from("<2H", data, info.header_offset + 26)
        end = info.header_offset + 30 + own + more + info.compress_size
        found[info.filename] = (record[:42] + record[46:], data[info.header_offset : end])
        at += len(record)
    return found


def archive(streamed: bool = False) -> bytes:
    """A zip file with a stored entry, a packed one with attributes and comment, and a Chinese name."""

    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return not streamed

        def seek(self, *args: int) -> int:
            if streamed:
                raise io.UnsupportedOperation
            return super().seek(*args)

    stream = Stream()
    with zipfile.ZipFile(stream, "w") as out:
        out.writestr("a.xml", b"<a/>" * 50)
        packed = zipfile.ZipInfo("b.xml", (2021, 5, 20, 8, 30, 2))
        packed.external_attr, packed.comment, packed.create_system = 0o640 << 16, b"note", 3
        out.writestr(packed, b"<b/>" * 500, zipfile.ZIP_DEFLATED)
        out.writestr("附件/章.png", bytes(range(256)), zipfile.ZIP_DEFLATED, 9)
        out.comment = b"whole"
    return stream.getvalue()


@pytest.mark.parametrize("streamed", [False, True])
def test_untouched_entries_keep_their_bytes_and_their_order(streamed: bool) -> None:
    data = archive(streamed)
    package = Package(data)
    package.write("b.xml", b"<c/>")
    package.write("new.xml", b"<n/>")
    after = package.to_bytes()
    before, now = raw_entries(data), raw_entries(after)
    assert list(now) == ["a.xml", "b.xml", "附件/章.png", "new.xml"]
    assert [name for name in before if before[name] != now[name]] == ["b.xml"]
    with zipfile.ZipFile(io.BytesIO(after)) as result:
        assert result.testzip() is None
        assert result.comment == b"whole"
        assert result.read("b.xml") == b"<c/>"


def test_a_changed_entry_keeps_date_attributes_comment_and_method() -> None:
    package = Package(archive())
    package.write("a.xml", b"<x/>")
    package.write("b.xml", b"<x/>")
    with zipfile.ZipFile(io.BytesIO(package.to_bytes())) as result:
        stored, packed = result.getinfo("a.xml"), result.getinfo("b.xml")
    assert (stored.compress_type, packed.compress_type) == (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    assert (packed.date_time, packed.external_attr, packed.comment) == ((2021, 5, 20, 8, 30, 2), 0o640 << 16, b"note")


def test_nothing_changed_is_the_same_file() -> None:
    data = archive()
    package = Package(data)
    package.write("a.xml", b"<a/>" * 50)
    package.write("new.xml", b"")
    package.remove("new.xml")
    assert package.to_bytes() == data


def test_the_same_changes_give_the_same_bytes() -> None:
    def changed() -> bytes:
        package = Package(archive())
        package.remove("b.xml")
        package.write("z.xml", b"<z/>")
        return package.to_bytes()

    assert changed() == changed()
    assert Package(changed()).names == ["a.xml", "附件/章.png", "z.xml"]


def test_part_names_do_not_tell_case() -> None:
    package = Package(archive())
    assert "B.XML" in package
    package.write("B.XML", b"<x/>")
    assert package.names == ["a.xml", "b.xml", "附件/章.png"]
    assert package.read("b.xml") == b"<x/>"


def test_bytes_before_the_first_entry_are_left_out() -> None:
    package = Package(b"#!/bin/sh\n" + archive())
    package.write("new.xml", b"")
    with zipfile.ZipFile(io.BytesIO(package.to_bytes())) as result:
        assert result.testzip() is None
        assert result.namelist()[0] == "a.xml"


def broken(data: bytes) -> bytes:
    spot = data.index(b"<a/>")
    return data[:spot] + b"<A/>" + data[spot + 4 :]


def test_damage_is_refused() -> None:
    assert refusal(lambda: Package(b"not a zip file")) == "FL03"
    assert refusal(lambda: Package(archive()[:-40])) == "FL03"
    assert refusal(lambda: Package(broken(archive())).read("a.xml")) == "FL03"
    assert refusal(lambda: Package(archive()).read("absent.xml")) == "FL03"


def test_two_entries_of_one_name_are_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        out.writestr("a.xml", b"1")
        out.writestr("A.xml", b"2")
    assert refusal(lambda: Package(stream.getvalue())) == "FL05"


def refusal(action: object) -> str:
    with pytest.raises(RefusedError) as caught:
        action()  # type: ignore[operator]
    return caught.value.code


def test_what_recurs_is_worked_out_once_and_what_is_long_each_time() -> None:
    calls = []

    @recurring(kept=2, longest=3)
    def doubled(text: str, times: int) -> str:
        calls.append(text)
        return text * times

    assert [doubled(text, 2) for text in ("abc", "abcd", "abc", "abcd")] == ["abcabc", "abcdabcd"] * 2
    assert doubled("abc", 1) == "abc"
    assert calls == ["abc", "abcd", "abcd", "abc"]
