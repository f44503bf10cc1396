"""Where each form goes: a folder for the department, one for the unit, a name that stays the same. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from perfxl.office.approved import ApprovedProject
from perfxl.system.names import folded, safe_name

NO_DEPARTMENT, NO_UNIT = "未填主管部门", "未填实施单位"


def form_places(projects: Sequence[ApprovedProject]) -> Mapping[str, PurePosixPath]:
    """The path of each project's form, by the project's id: 主管部门/实施单位/项目名称.xlsx.

    Where names would collide every one of them has its code, or else its id, behind it, so that no name depends on the
    order of the list.
    """
    plain = {one.id: _folder(one) / f"{safe_name(one.title, '未填项目名称')}.xlsx" for one in projects}
    shared: dict[str, list[ApprovedProject]] = defaultdict(list)
    for one in projects:
        shared[folded(plain[one.id].as_posix())].append(one)
    places = dict(plain)
    for group in (group for group in shared.values() if len(group) > 1):
        codes = [folded(safe_name(one.code, "")) for one in group]
        told_apart = all(codes) and len(set(codes)) == len(codes)
        for one in group:
            behind = one.code if told_apart else one.id
            places[one.id] = _folder(one) / f"{safe_name(f'{one.title}-{behind}', one.id)}.xlsx"
    return places


def _folder(project: ApprovedProject) -> PurePosixPath:
    return PurePosixPath(safe_name(project.department, NO_DEPARTMENT)) / safe_name(project.unit, NO_UNIT)
