"""Detector of quotes in YAML that are never closed, or closed too early."""

from __future__ import annotations

import re

from engine.language.documents.slips.yaml_lines import ParserError, Slip, mend_line, replace_line, show


def quotes_slip(lines: list[str], error: ParserError) -> Slip | None:
    """Quotes that are never closed on their line, or closed early by an apostrophe or by inner quotes."""
    opened = _last_quotes(lines, error)
    if opened is None:
        return None
    at, column, end_line, end_column = opened
    line = lines[at]
    mark = line[column]
    if at == end_line and (inner := _find_inner_quotes(line, column, end_column, mark)):
        return at, column, *inner[:2], replace_line(lines, at, inner[2])
    if at == end_line and ": " not in line[column:end_column]:
        return None
    end = _end_of_text(line, column)
    # A text such as `"Let us go'` ends in quotes of the other kind.
    text_end = end - 1 if line[end - 1] in "'\"" and end - 1 > column else end
    fixed = line[:text_end] + mark + line[end:]
    message = "the quotes opened here are not closed on this line"
    return mend_line(lines, at, column, fixed, message, f"close them: {show(fixed)}")


def _last_quotes(lines: list[str], error: ParserError) -> tuple[int, int, int, int] | None:
    """The quoted text to which the error refers, as start line, start column, end line and end column.

    An unclosed text extends to the end of the file. None if no quoted text is near the error.
    """
    open_: tuple[int, int, int, int] | None = None
    at, column, inside, start = 0, 0, "", (0, 0)
    last = min(error.line, len(lines) - 1)
    while at < len(lines):
        line = lines[at]
        if not inside and at < last and "'" not in line and '"' not in line:
            at += 1
            continue
        while column < len(line):
            character = line[column]
            if inside:
                if inside == '"' and character == "\\":
                    column += 1
                elif character == inside:
                    if inside == "'" and line[column + 1 : column + 2] == "'":
                        column += 1
                    else:
                        inside = ""
                        open_ = (*start, at, column)
                        if at >= last and (at, column) >= (error.line, error.column - 1):
                            return open_ if start <= (error.line, error.column) else None
            elif character in "'\"" and _may_begin(line, column):
                if (at, column) > (error.line, error.column):
                    return _if_near(open_, error)
                inside, start = character, (at, column)
            elif character == "#" and (column == 0 or line[column - 1] in " \t"):
                break
            column += 1
        at, column = at + 1, 0
    if inside:
        return (*start, len(lines) - 1, len(lines[-1]))
    return _if_near(open_, error)


def _may_begin(line: str, column: int) -> bool:
    """Whether a value may begin at `column`: first on its line, or after a separator."""
    end = column
    while end and line[end - 1].isspace():
        end -= 1
    return end == 0 or line[end - 1] in "[{" or (end < column and line[end - 1] in ":,-")


def _if_near(open_: tuple[int, int, int, int] | None, error: ParserError) -> tuple[int, int, int, int] | None:
    """The quoted text if it ends right before the error, or spans several lines and ends on the error's; else None."""
    if open_ is None:
        return None
    start_line, _, end_line, end_column = open_
    beside = end_line == error.line and 0 <= error.column - end_column <= 2
    return open_ if beside or (start_line < end_line and end_line == error.line) else None


def _find_inner_quotes(line: str, column: int, end: int, mark: str) -> tuple[str, str, str] | None:
    """The slip of text after its closing quotes: message, help and repaired line; None if nothing follows them."""
    last = line.rfind(mark)
    rest = line[end + 1 :]
    if not rest.strip() or rest.lstrip()[0] in ",]}#:":
        return None
    closing = last if last > end else len(line.rstrip())
    whole = line[column + 1 : closing] if last > end else line[column:closing]
    if mark == "'" and last > end:
        text = '"' + whole.replace("''", "'").replace("\\", "\\\\").replace('"', '\\"') + '"'
        message = "an apostrophe ends the text in single quotes"
    else:
        text = "'" + whole.replace("'", "''") + "'"
        message = "quotes inside the text end it" if last > end else "text continues after the quotes"
    fixed = line[:column] + text + (line[closing + 1 :] if last > end else line[closing:])
    return message, f"write {show(text)}", fixed


def _end_of_text(line: str, column: int) -> int:
    """The column where an unclosed text was probably meant to end: before the next key or the closing brackets."""
    following = re.search(r", *[a-z_][\w.-]*: ", line[column + 1 :])
    if following and line[:column].count("{") > line[:column].count("}"):
        return column + 1 + following.start()
    closers = re.search(r"[\]}]*\s*$", line) if re.search(r"[\[{]", line[:column]) else re.search(r"\s*$", line)
    return closers.start() if closers and closers.start() > column else len(line.rstrip())
