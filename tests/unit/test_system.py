"""A process is its number and its start."""

import os
import subprocess
import sys

import pytest

from pipeline import system


def test_this_process_is_alive_and_another_of_its_number_is_not() -> None:
    me = system.identity()
    assert me is not None
    assert me.pid == os.getpid()
    assert system.is_alive(me)
    assert not system.is_alive(system.Identity(me.pid, me.created - 100))


def test_a_whole_process_tree_ends_and_a_zombie_counts_as_dead() -> None:
    parent = (
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'input()']); print('up', flush=True); input()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b"up\n"
    who = system.identity(process.pid)
    assert who is not None
    system.kill_tree(who)
    # Reading to the end returns only when every process that holds the pipe has let go of it; it dies a moment later.
    assert process.stdout.read() == b""
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not system.is_alive(who)
    process.wait()
    process.stdin.close()
    process.stdout.close()
    system.kill_tree(who)


@pytest.mark.skipif(sys.platform == "win32", reason="niceness is a number on POSIX only")
def test_a_job_gives_way_once_and_never_pushes_forward() -> None:
    script = (
        "import os; from pipeline import system; os.nice({}); system.give_way(); system.give_way(); print(os.nice(0))"
    )
    own = os.nice(0)
    for before, after in ((0, max(own, system.WORKING)), (19, 19)):
        done = subprocess.run([sys.executable, "-c", script.format(before)], capture_output=True, text=True, check=True)
        assert int(done.stdout) == after
