"""Is a file that a command writes there whole or not at all, is nothing else touched, and is every failure named?

Every command that writes is put before every kind of target: tests of one writer are tests of all.
"""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from engine.surfaces.cli.filesystem.atomic_file import open_atomically, write_atomically
from engine.surfaces.cli.filesystem.output_errors import OutputError
from engine.surfaces.cli.filesystem.special_files import descriptor_of
from tests.support.by_day import cross, some
from tests.support.running import Result, run
from tests.support.writers import CASES, POLICY, WRITERS, environment, lay_out, process

PLAIN = (
    "rules: [{rule: wet, when: {rain: yes}, then: kitchen, because: Wet.}, "
    "{rule: dry, otherwise: yes, then: garden, because: Dry.}]"
)
FULL = "unwritable-file  it cannot be written: no space left on device"
every_writer = pytest.mark.parametrize("name", WRITERS)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    lay_out(tmp_path)
    return tmp_path


def written(name: str, target: str) -> Result:
    return run(*WRITERS[name].words, WRITERS[name].option, target)


def content(name: str) -> bytes:
    """What a command writes, as it writes it to a file of its own."""
    assert written(name, "of-its-own").code == 0
    data = Path("of-its-own").read_bytes()
    Path("of-its-own").unlink()
    assert data
    return data


def everything(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@every_writer
def test_a_link_stays_and_its_target_is_written(name: str, folder: Path) -> None:
    """Also where the target is yet to be made, and where links lead on."""
    data = content(name)
    (folder / "deep").mkdir()
    for target in ("deep/old", "deep/new"):
        (folder / "link").symlink_to(target)
        (folder / "chain").symlink_to("link")
        if target == "deep/old":
            (folder / target).write_text("of before")
        assert written(name, "chain").code == 0
        assert (folder / "chain").is_symlink()
        assert (folder / "link").is_symlink()
        assert (folder / target).read_bytes() == data
        (folder / "chain").unlink()
        (folder / "link").unlink()


@every_writer
def test_a_file_keeps_its_permissions_and_a_new_one_gets_the_usual(name: str, folder: Path) -> None:
    """Those of the file before, or those that the user's mask leaves."""
    (folder / "old").write_text("of before")
    (folder / "old").chmod(0o640)
    before = os.umask(0o027)
    try:
        assert written(name, "old").code == written(name, "new").code == 0
    finally:
        os.umask(before)
    assert [stat.S_IMODE((folder / each).stat().st_mode) for each in ("old", "new")] == [0o640, 0o640]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give a file away")
def test_a_file_keeps_its_owner(folder: Path) -> None:
    """What somebody else owns is theirs afterwards too."""
    (folder / "old").write_text("of before")
    os.chown("old", 4321, 1234)
    assert written("page", "old").code == 0
    assert ((folder / "old").stat().st_uid, (folder / "old").stat().st_gid) == (4321, 1234)


@every_writer
@pytest.mark.parametrize("target", ["收" * 80, "x" * 255, "-dash", "new\nline", "\udcff", "\x1b[31m", " "])
def test_any_name_that_a_file_may_have_will_do(name: str, target: str, folder: Path) -> None:
    """Whatever its length in bytes, and whatever stands in it."""
    data = content(name)
    assert written(name, f"./{target}").code == 0
    assert (folder / target).read_bytes() == data


@every_writer
def test_a_name_that_no_file_can_have_is_refused(name: str, folder: Path) -> None:
    """Each with its reason and a way out, and nothing else is written."""
    before = everything(folder)
    (folder / "a-folder").mkdir()
    (folder / "circle").symlink_to("circle")
    for target, reason in {
        "x" * 256: "file name too long\n  help  give it a shorter name",
        "a-folder": "is a directory\n  help  name a file in it",
        "new-folder/": "is a directory\n  help  name a file in it",
        "none/out": "there is no folder `none`\n  help  make the folder first, or name another",
        "picnic.yaml/out": "not a directory\n  help  name a file in a folder",
        "circle": "too many levels of symbolic links",
    }.items():
        result = written(name, target)
        assert (result.out, result.code) == ("", 2)
        assert result.err == f"{target}  unwritable-file  it cannot be written: {reason}\n"
    assert everything(folder) == before


@cross("name, old", WRITERS, [None, b"of before"])
def test_a_full_disk_is_named_and_keeps_the_old_file(name: str, old: bytes | None, folder: Path) -> None:
    """Where no file may grow, the output is blamed and not the input, and nothing is left."""
    if old is not None:
        (folder / WRITERS[name].target).write_bytes(old)
    before = everything(folder)
    words = [*WRITERS[name].words, WRITERS[name].option, WRITERS[name].target]
    done = process(words, before="ulimit -f 0;", env={"PYTHONDONTWRITEBYTECODE": "1"})
    message = f"{WRITERS[name].target}  unwritable-file  it cannot be written: file too large\n"
    help_ = "  help  raise the limit on the size of files, or let less be written\n"
    assert (done.returncode, done.stderr.decode()) == (2, message + help_)
    assert everything(folder) == before


def test_the_quarantine_is_blamed_for_itself(folder: Path) -> None:
    """Of two outputs the one that has no room; the other is not written either."""
    before = everything(folder)
    (folder / "in.csv").write_text("rain\nperhaps\n")
    for output, quarantine in (("/dev/full", "q.csv"), ("o.csv", "/dev/full")):
        result = run("batch", "picnic.yaml", "in.csv", "-o", output, "--quarantine", quarantine, "--to", "csv")
        assert (result.code, result.err.splitlines()[0]) == (2, f"/dev/full  {FULL}")
    assert everything(folder).keys() == before.keys()


def test_a_full_disk_for_standard_input_is_no_fault_of_the_output(folder: Path) -> None:
    """Standard input is kept in a temporary folder, whose place is named with the variable that changes it."""
    done = process(
        ["batch", "picnic.yaml", "-", "--from", "csv", "-o", "out.csv"],
        before="ulimit -f 1;",
        input=(folder / "in.csv").read_bytes(),
        env={"TMPDIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    expected = [
        f"{folder}  unwritable-file  standard input cannot be stored here: file too large",
        "  help  set the variable TMPDIR to a folder with more room, or name a file instead",
    ]
    assert (done.returncode, done.stderr.decode().splitlines()) == (2, expected)
    assert sorted(everything(folder)) == ["in.csv", "in.jsonl", "picnic.yaml", "rows.csv"]


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="only Linux has a file that cannot be read from")
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_an_input_that_cannot_be_read_is_no_fault_of_the_output(kind: str, folder: Path) -> None:
    """A disk that does not answer: the file that was read is named."""
    before = everything(folder)
    done = process(["batch", "picnic.yaml", "/proc/self/mem", "--from", kind, "-o", f"out.{kind}"])
    assert done.returncode == 2
    assert done.stderr.decode().startswith("/proc/self/mem  unreadable-file  it cannot be read: input/output error\n")
    assert everything(folder) == before


def test_cases_that_cannot_be_added_stay_as_they_were(folder: Path) -> None:
    """`test --write` on a full disk names the cases file, and keeps what the author wrote."""
    (folder / "picnic.cases.yaml").write_text(CASES)
    done = process(["test", "picnic.yaml", "--write"], before="ulimit -f 0;", env={"PYTHONDONTWRITEBYTECODE": "1"})
    assert done.returncode == 2
    assert done.stderr.decode().startswith("picnic.cases.yaml  unwritable-file  it cannot be written: file too large\n")
    assert (folder / "picnic.cases.yaml").read_text() == CASES
    assert run("test", "picnic.yaml", "--write").code == 0


def test_new_leaves_nothing_where_there_is_no_room(folder: Path) -> None:
    """And so the next run can begin."""
    before = everything(folder)
    done = process(["new", "mine"], before="ulimit -f 0;", env={"PYTHONDONTWRITEBYTECODE": "1"})
    assert done.returncode == 2
    assert done.stderr.decode().startswith("mine.cases.yaml  unwritable-file  it cannot be written: file too large\n")
    assert everything(folder) == before
    assert run("new", "mine").code == 0


@every_writer
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
def test_a_device_is_written_to_and_never_replaced(name: str) -> None:
    """`/dev/null` takes everything and `/dev/full` nothing; both are what they were."""
    before = [os.stat(each) for each in ("/dev/null", "/dev/full")]
    assert written(name, "/dev/null").code == 0
    result = written(name, "/dev/full")
    assert (result.code, result.err.splitlines()[0]) == (2, f"/dev/full  {FULL}")
    after = [os.stat(each) for each in ("/dev/null", "/dev/full")]
    assert [(each.st_mode, each.st_ino) for each in after] == [(each.st_mode, each.st_ino) for each in before]


@every_writer
def test_a_pipe_with_a_name_is_written_to(name: str, folder: Path) -> None:
    """Its reader gets what a file would hold."""
    data = content(name)
    os.mkfifo("pipe")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append((folder / "pipe").read_bytes()))
    reader.start()
    result = written(name, "pipe")
    reader.join(60)
    assert (result.code, got) == (0, [data])
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)


def test_a_socket_is_refused_and_stays(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        result = written("page", "socket")
    assert (result.code, result.err) == (
        2,
        "socket  unwritable-file  it cannot be written: no such device or address\n",
    )
    assert stat.S_ISSOCK(os.stat("socket").st_mode)


@cross("name, target", WRITERS, ["/dev/fd/3", "/proc/self/fd/3"])
def test_an_open_descriptor_is_written_on(name: str, target: str, folder: Path) -> None:
    """What others wrote into it before stays, and what they write afterwards comes behind it."""
    data = content(name)
    words = [*WRITERS[name].words, WRITERS[name].option, target]
    line = 'exec 3>kept; echo before >&3; "$0" -m engine "$@" || exit; echo after >&3'
    done = subprocess.run(
        ["sh", "-c", line, sys.executable, *words], capture_output=True, env=environment(), timeout=120, check=False
    )
    assert (done.returncode, (folder / "kept").read_bytes()) == (0, b"before\n" + data + b"after\n")


@pytest.mark.thorough
@pytest.mark.parametrize("name", some(name for name in WRITERS if name != "certificate"))
def test_standard_output_by_its_name_is_standard_output(name: str) -> None:
    """`/dev/stdout` in a file that is written on: the result and nothing else, as with `-`."""
    data = content(name)
    for target in ("/dev/stdout", "-"):
        done = process([*WRITERS[name].words, WRITERS[name].option, target])
        assert (done.returncode, done.stdout) == (0, data)


@every_writer
@pytest.mark.parametrize("file", ["picnic.yaml", "rows.csv"])
def test_no_output_is_an_input(name: str, file: str, folder: Path) -> None:
    """The policy and its table stay as they are, whatever name, link or hard link leads to them."""
    before = everything(folder)
    (folder / "link").symlink_to(file)
    os.link(file, "hard")
    for target in (file, f"../{folder.name}/./{file}", "link", "hard"):
        result = written(name, target)
        assert (result.out, result.code) == ("", 2)
        assert result.err.splitlines()[-1] == (
            f"Error: `{target}` would overwrite `{file}`, which is read; name another output"
        )
    assert {each: data for each, data in everything(folder).items() if each in before} == before


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (["page", "-", "-o", "plain.yaml"], "plain.yaml"),
        (["check", "-", "--certificate", "link"], "plain.yaml"),
        (["draw", "picnic.yaml", "-", "-o", "record.json"], "record.json"),
        (["batch", "picnic.yaml", "-", "--from", "csv", "-o", "in.csv"], "in.csv"),
        (["batch", "picnic.yaml", "in.jsonl", "-o", "out.jsonl", "--quarantine", "in.jsonl"], "in.jsonl"),
    ],
)
def test_no_output_is_what_standard_input_comes_from(words: list[str], read: str, folder: Path) -> None:
    """A file that the shell opened is an input like every other."""
    (folder / "plain.yaml").write_text(POLICY.replace("rules: {table: rows.csv}", PLAIN))
    (folder / "record.json").write_text('{"rain": true}')
    (folder / "link").symlink_to("plain.yaml")
    before = everything(folder)
    done = process(words, after=f"<{read}")
    assert (done.returncode, b"would overwrite" in done.stderr) == (2, True)
    assert everything(folder) == before


@pytest.mark.thorough
def test_two_tables_do_not_go_to_standard_output(folder: Path) -> None:
    """They would be one table with two headers; one of them may, and then the summary goes elsewhere."""
    words = ["batch", "picnic.yaml", "in.csv", "--to", "csv"]
    assert process([*words, "-o", "-", "--quarantine", "/dev/stdout"]).returncode == 2
    done = process([*words, "-o", "out.csv", "--quarantine", "-"])
    assert (done.returncode, done.stdout) == (0, b"id,rain,guests,verdict,problem\n")
    assert done.stderr.startswith(b"3,000  records\n")


def test_a_record_is_no_output_either(folder: Path) -> None:
    """A picture of a record is not drawn over it."""
    (folder / "record.json").write_text('{"rain": true}')
    result = run("draw", "picnic.yaml", "record.json", "-o", "record.json")
    assert (result.code, (folder / "record.json").read_text()) == (2, '{"rain": true}')


@every_writer
def test_what_a_killed_run_left_is_in_nobodys_way(name: str, folder: Path) -> None:
    """Hidden files of an earlier run, under whatever name, block no later one and are read by none."""
    data = content(name)
    for number in range(3):
        (folder / f".verdict-{number:016x}.tmp").write_text("left")
    (folder / f".{WRITERS[name].target}.{os.getpid()}.tmp").write_text("left")
    assert written(name, WRITERS[name].target).code == 0
    assert (folder / WRITERS[name].target).read_bytes() == data


def test_two_processes_write_one_file(folder: Path) -> None:
    """At once and with equal process ids, as in two containers: one of the two files is there, whole."""
    with open_atomically("out") as one, open_atomically("out") as other:
        assert one != other
        one.write_text("one")
        other.write_text("other")
    assert (folder / "out").read_text() == "one"
    assert [path.name for path in folder.glob(".verdict-*")] == []


def test_a_failure_inside_leaves_nothing(folder: Path) -> None:
    """What the work raises is its caller's, and the old file stays."""
    write_atomically("out", b"of before")

    def fail() -> None:
        with open_atomically("out") as beside:
            beside.write_text("half")
            raise RuntimeError("of the work")

    with pytest.raises(RuntimeError, match="of the work"):
        fail()
    assert (folder / "out").read_bytes() == b"of before"
    assert list(folder.glob(".verdict-*")) == []


def test_a_file_that_may_not_be_written_is_not_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though its folder would allow it: who protected it meant it."""
    write_atomically("out", b"of before")
    monkeypatch.setattr("engine.surfaces.cli.filesystem.atomic_file.os.access", lambda path, mode: False)
    with pytest.raises(OutputError, match="permission denied"):
        write_atomically("out", b"new")
    assert (folder / "out").read_bytes() == b"of before"


@pytest.mark.parametrize(
    ("name", "descriptor"),
    [
        ("/dev/stdout", 1),
        ("/dev/../dev/stderr", 2),
        ("/dev/fd/12", 12),
        ("/proc/self/fd/1", 1),
        ("/proc/1/fd/1", None),
        ("/dev/null", None),
        ("out", None),
        ("", None),
    ],
)
def test_descriptors_go_by_their_names(name: str, descriptor: int | None) -> None:
    assert descriptor_of(name) == descriptor


def test_descriptors_of_this_process_go_by_its_number_too() -> None:
    assert descriptor_of(f"/proc/{os.getpid()}/fd/3") == 3


def test_a_link_to_a_descriptor_is_one(folder: Path) -> None:
    (folder / "link").symlink_to("/dev/stdout")
    (folder / "circle").symlink_to("circle")
    assert (descriptor_of("link"), descriptor_of("circle")) == (1, None)
