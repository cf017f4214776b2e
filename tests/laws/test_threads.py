"""Can threads share a policy, and can a process be forked while they do? As servers do that start workers late."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from threading import Thread

import pytest

import engine
from engine import decide, load
from engine.threads import ForkLock, cached_property

# Threads work on one policy, and on new ones, while the process is forked again and again. Every child has to come to
# the same decisions in good time: an alarm ends one that hangs.
SCRIPT = """\
import os, signal, sys, threading
from engine import decide, decider, explain, interview, load

NAME = "customs-channel"
shared = load(NAME)
RECORDS = [{}, {"coming_from": "CH"}]
expected = [decide(load(NAME), each) for each in RECORDS]
going = True

def work(at):
    while going:
        policy = shared if at % 2 else load(NAME)
        with policy.lock:
            policy.memo.forget()
        for each in RECORDS:
            decide(policy, each)
        policy.sha256, hash(policy)

def child():
    signal.alarm(60)
    for policy in (shared, load(NAME)):
        assert [decide(policy, each) for each in RECORDS] == expected
    assert [decider(shared)(each) for each in RECORDS] == expected
    assert interview(shared).decision.possible == expected[0].possible
    explain(shared, RECORDS[-1])

threads = [threading.Thread(target=work, args=(at,), daemon=True) for at in range(3)]
for each in threads:
    each.start()
failed = []
for turn in range(int(sys.argv[1])):
    # Moments all over the work, also those in which a lock is held for long.
    threads[0].join(0.013 * turn % 0.2)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            child()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    failed += [status] if status else []
going = False
print(len(failed), failed)
"""


@pytest.mark.thorough
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_process_may_be_forked_while_other_threads_decide() -> None:
    """The child decides on the very policies that were being worked on, and comes to the same."""
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT, "3"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert (done.stdout, done.stderr) == ("0 []\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize("seconds", [0, 0.001, 0.004, 0.016])
def test_a_process_may_be_forked_while_another_thread_imports_what_it_needs(seconds: float) -> None:
    """At the first decision modules are imported, whose locks Python leaves closed in the child."""
    script = dedent("""\
        import os, signal, sys, threading, time
        from engine import decide, load

        policy = load("customs-channel")
        threading.Thread(target=lambda: decide(policy, {}), daemon=True).start()
        time.sleep(float(sys.argv[1]))
        pid = os.fork()
        if pid == 0:
            signal.alarm(60)
            decide(policy, {})
            os._exit(0)
        print(os.waitpid(pid, 0)[1])
        """)
    command = [sys.executable, "-W", "ignore", "-c", script, str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout, done.stderr) == ("0\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_fork_keeps_what_is_done_and_forgets_what_is_half_done() -> None:
    """A lock that nobody holds, or that the forking thread holds, guards something whole; any other does not."""
    script = dedent("""\
        import os, sys, threading
        from engine.threads import ForkLock

        told = []
        mine, free, other = (ForkLock(lambda name=name: told.append(name)) for name in ("mine", "free", "other"))
        taken, over = threading.Event(), threading.Event()

        def hold():
            with other:
                taken.set()
                over.wait()

        threading.Thread(target=hold, daemon=True).start()
        taken.wait()
        with mine:
            pid = os.fork()
            if pid == 0:
                with mine, free, other:
                    print(told, flush=True)
                os._exit(0)
            os.waitpid(pid, 0)
        over.set()
        print(told)
        """)
    command = [sys.executable, "-W", "ignore", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("['other']\n[]\n", "")


def test_nothing_else_holds_locks() -> None:
    """No part of the engine has a lock of its own, nor Python's property that has one before 3.12.

    The progress line of the command has one that nobody waits for longer than half a second.
    """
    locking = re.compile(r"from (?:functools|threading) import .*\b(?:cached_property|R?Lock|Condition|Semaphore)\b")
    for path in Path(engine.__file__).parent.rglob("*.py"):
        may_lock = path.name in ("threads.py", "progress_line.py")
        assert may_lock or not locking.findall(path.read_text(encoding="utf-8")), path


def test_a_lock_is_held_by_one_thread_as_often_as_it_likes() -> None:
    """Two threads never are inside at once; one that is may go in again."""
    lock, inside, met = ForkLock(), 0, []

    def enter() -> None:
        nonlocal inside
        for _ in range(2_000):
            with lock, lock:
                inside += 1
                met.append(inside)
                inside -= 1

    threads = [Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(met) == {1}


def test_a_property_is_worked_out_once() -> None:
    """What was found first is what everybody gets; a class tells the property itself, with its words."""

    class Value:
        made = 0

        @cached_property
        def number(self) -> int:
            """A number."""
            self.made += 1
            return self.made

    value = Value()
    assert (value.number, value.number, value.made) == (1, 1, 1)
    assert Value.number.__doc__ == "A number."


# What a memo that goes to another process has.
_KEPT = {"text", "tables", "libraries", "has_sound_steps", "_kept"}


def test_no_lock_is_pickled() -> None:
    """A policy that decided goes to another process without what was worked out."""
    policy = load("other-interviews")
    decide(policy, {})
    copy = pickle.loads(pickle.dumps(policy))
    assert copy == policy
    assert (copy.memo.text, copy.memo.__dict__.keys()) == (policy.memo.text, _KEPT)
    assert decide(copy, {}) == decide(policy, {})
