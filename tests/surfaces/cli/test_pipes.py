"""Is a pipe as good as a file, wherever a command reads one?

What can be read once only must not be opened a second time: that would wait for ever.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.making.picnic import FIRST_PICNIC
from tests.support.running import run

TEXTS = {
    "picnic.yaml": FIRST_PICNIC,
    "unsound/picnic.yaml": FIRST_PICNIC.replace("decision: first\n", "").replace("otherwise: yes", "when: {rain: no}"),
    "record.yaml": "rain: yes\n",
    "record.json": '{"guests": 3}',
    "columns.yaml": "columns: {rain: Regen}\nwords: {ja: yes, nein: no}\n",
    "in.csv": "Regen,guests\nja,3\nnein,4\n",
    "plain.csv": "rain,guests\nyes,3\n",
    "in.jsonl": '{"rain": true}\n',
    "in.json": '[{"rain": true}]\n',
}
# Words that name no pipe are options and outputs.
LINES = (
    "check picnic.yaml",
    "check unsound/picnic.yaml --all --format json",
    "check picnic.yaml --certificate proof.json",
    "decide picnic.yaml record.yaml",
    "decide picnic.yaml record.json --set rain=no --format json",
    "explain picnic.yaml record.yaml --instead park",
    "ask picnic.yaml --plan",
    "diff picnic.yaml unsound/picnic.yaml",
    "show picnic.yaml",
    "table picnic.yaml --format csv",
    "draw picnic.yaml record.yaml --format dot",
    "page picnic.yaml -o page.html",
    "sql picnic.yaml --dialect duckdb --columns columns.yaml",
    "batch picnic.yaml in.csv --columns columns.yaml -o out.csv --format json",
    "batch picnic.yaml plain.csv plain.csv -o out.parquet -q",
    "batch picnic.yaml in.jsonl -o out.jsonl -q",
    "batch picnic.yaml in.json -o out.json -q",
)


@contextmanager
def _fed(names: set[str]) -> Iterator[None]:
    """A pipe for each name, into which its text is written once for each time that it is opened."""
    stopped = threading.Event()

    def feed(name: str) -> None:
        text = Path("files", name).read_bytes()
        with open(name, "wb", buffering=0) as pipe:
            if not stopped.is_set():
                pipe.write(text)

    threads = [threading.Thread(target=feed, args=[name], daemon=True) for name in names]
    for name in names:
        os.mkfifo(name)
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for name, thread in zip(names, threads, strict=True):
            if thread.is_alive():
                # It waits for a reader that does not come.
                os.close(os.open(name, os.O_RDONLY | os.O_NONBLOCK))
            thread.join(5)
            os.remove(name)


@pytest.mark.parametrize("line", LINES)
def test_a_pipe_is_read_like_a_file(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same is printed and written, whichever of the files that are read is a pipe, and if all are."""
    monkeypatch.chdir(tmp_path)
    for folder in ("", "files/"):
        Path(folder, "unsound").mkdir(parents=True)
    for name, text in TEXTS.items():
        Path("files", name).write_text(text)
    words = line.split()
    read = {word for word in words if word in TEXTS and words.count(word) == 1}
    for name in TEXTS:
        os.link(Path("files", name), name)
    expected = run(*words)
    assert expected.code in (0, 1), expected
    written = _written()
    for piped in [read, *({name} for name in read)]:
        for name in piped:
            os.remove(name)
        with _fed(piped):
            assert run(*words) == expected
        for name in piped:
            os.link(Path("files", name), name)
        assert _written() == written


def _written() -> dict[str, bytes]:
    """What a command has written."""
    return {path.name: path.read_bytes() for path in Path().iterdir() if path.is_file() and path.name not in TEXTS}


@pytest.mark.parametrize("words", [["check", "rules"], ["test", "rules"], ["test", "rules/picnic.cases.yaml"]])
def test_a_pipe_is_not_waited_for(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that lies in a folder is passed over; cases are read from files alone, and that is said."""
    monkeypatch.chdir(tmp_path)
    Path("rules").mkdir()
    Path("rules/picnic.yaml").write_text(FIRST_PICNIC)
    os.mkfifo("rules/pipe.yaml")
    os.mkfifo("rules/picnic.cases.yaml")
    result = run(*words)
    said = {
        "check": "",
        "rules": "rules  no-such-file  there is no cases file in this folder\n",
        "rules/picnic.cases.yaml": (
            "rules/picnic.cases.yaml  wrong-file  cases are read from a file beside their policy, and not from a pipe "
            "or a device\n  help  name the file of the policy or of its cases\n"
        ),
    }
    assert result.err == said["check" if words[0] == "check" else words[1]]


def test_cases_do_not_come_from_standard_input() -> None:
    assert run("test", "-", stdin=b"policy: picnic\n").err == (
        "-  wrong-file  cases are read from a file beside their policy, and not from standard input\n"
        "  help  name the file of the policy or of its cases\n"
    )
