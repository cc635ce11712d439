"""A process is its number and its start."""

import os
import subprocess
import sys

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
    # Reading to the end returns only when every process that holds the pipe is gone.
    assert process.stdout.read() == b""
    assert not system.is_alive(who)
    process.wait()
    process.stdin.close()
    process.stdout.close()
    system.kill_tree(who)
