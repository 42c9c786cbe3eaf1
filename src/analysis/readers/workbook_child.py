"""The child of `workbook`: opens one workbook under limits and sends its rows as text, in blocks, by pickle.

Called as `python -I workbook_child.py FILE BYTES SECONDS [SHEET]`; imports nothing of the package.
"""

from __future__ import annotations

import datetime
import faulthandler
import pickle
import sys
from typing import Any

BLOCK = 100_000  # cells


def _limit(memory: int, seconds: float) -> None:
    """Bound memory where the system can, and time everywhere."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        pass
    faulthandler.dump_traceback_later(seconds, exit=True)  # works while the parser holds the interpreter's lock


def _text(cell: Any) -> str:
    """Write a cell as a person would: whole numbers without decimals, dates as ISO, midnight left out."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(sep=" ")
    return str(cell)


def _send(kind: str, answer: Any) -> None:
    pickle.dump((kind, answer), sys.stdout.buffer, protocol=5)


def _sheets(book: Any, wanted: str | None) -> dict[str, Any]:
    """Return the worksheets and which one to read: the one wanted, else the first visible one, else None."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    shown = [item for item in book.sheets_metadata if item.typ == SheetTypeEnum.WorkSheet]
    names = [item.name for item in shown]
    visible = [item.name for item in shown if item.visible == SheetVisibleEnum.Visible]
    if wanted is None:
        wanted = visible[0] if visible else None
    return {"sheets": names, "name": wanted if wanted in names else None}


def _rows(book: Any, name: str) -> None:
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None:
        return
    block: list[list[str]] = []
    for cells in sheet.iter_rows():
        block.append([_text(cell) for cell in cells])
        if len(block) * len(block[-1]) >= BLOCK:
            _send("rows", block)
            block = []
    _send("rows", block)


def main(arguments: list[str]) -> None:
    """Open the workbook named first and send its sheets, then the rows of one."""
    _limit(int(arguments[1]), float(arguments[2]))
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_path(arguments[0])
        found = _sheets(book, arguments[3] if len(arguments) > 3 else None)
        _send("sheets", found)
        if found["name"] is not None:
            _rows(book, found["name"])
        _send("end", None)
    except PasswordError:
        _send("failed", "it is protected by a password")
    except BaseException as error:  # a panic of the parser is no Exception
        _send("failed", str(error).splitlines()[0][:200] if str(error) else "it is damaged")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
