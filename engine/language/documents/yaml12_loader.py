"""PyYAML's scanner, adapted so that it reads the same text as libyaml does."""

from __future__ import annotations

import yaml
from yaml.scanner import ScannerError


class Yaml12Loader(yaml.SafeLoader):
    """PyYAML's scanner with YAML 1.2's rule for unquoted text in brackets, which may contain `?` and `:`."""

    def check_plain(self) -> bool:
        character = self.peek()
        if character not in "\0 \t\r\n-?:,[]{}#&*!|>'\"%@`":
            return True
        following = self.peek(1)
        return character in "-?:" and following not in "\0 \t\r\n" + (",[]{}" if self.flow_level else "")

    def scan_plain(self) -> yaml.ScalarToken:
        chunks: list[str] = []
        start = end = self.get_mark()
        indent = self.indent + 1
        spaces: list[str] = []
        ends_flow = ",[]{}" if self.flow_level else ""
        while self.peek() != "#":
            length = 0
            while True:
                character = self.peek(length)
                if character in "\0 \t\r\n" or (ends_flow and character in ends_flow):
                    break
                if character == ":" and self.peek(length + 1) in "\0 \t\r\n":
                    break
                if character == ":" and self.flow_level and self.peek(length + 1) in ",?[]{}":
                    self.forward(length)
                    raise ScannerError("while scanning a plain scalar", start, "found unexpected ':'", self.get_mark())
                length += 1
            if length == 0:
                break
            self.allow_simple_key = False
            chunks += spaces
            chunks.append(self.prefix(length))
            self.forward(length)
            end = self.get_mark()
            spaces = self.scan_plain_spaces(indent, start) or []
            if not spaces or self.peek() == "#" or (not self.flow_level and self.column < indent):
                break
        return yaml.ScalarToken("".join(chunks), True, start, end)
