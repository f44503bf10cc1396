"""Where do letters go? Only to addresses of the office's own list: a sender in a mail is a claim. Pure."""

from collections.abc import Iterable, Mapping

from perfxl.office.approved import ApprovedProject
from perfxl.typed.wording import name_key


def addresses_of(projects: Iterable[ApprovedProject]) -> Mapping[str, str]:
    """The address of each unit by the key of its name; units for which the list has two different ones have none."""
    found: dict[str, set[str]] = {}
    for one in projects:
        if one.mail and one.unit:
            found.setdefault(name_key(one.unit), set()).add(one.mail)
    return {unit: next(iter(mails)) for unit, mails in found.items() if len(mails) == 1}
