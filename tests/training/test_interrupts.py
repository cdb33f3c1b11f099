"""Ctrl-C waits for the end of a held block and is raised at once anywhere else."""

from __future__ import annotations

import signal
import threading

import pytest

from nlpx.training.interrupts import Interrupts


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def test_a_held_block_is_finished_first():
    done = []

    def work(interrupts: Interrupts) -> None:
        with interrupts.held():
            press()
            done.append("all of it")

    with Interrupts() as interrupts, pytest.raises(KeyboardInterrupt):
        work(interrupts)
    assert done


def test_elsewhere_it_is_raised_at_once():
    with Interrupts() as interrupts:
        with interrupts.held():
            pass
        with pytest.raises(KeyboardInterrupt):
            press()


def test_an_error_in_a_held_block_comes_through():
    def work(interrupts: Interrupts) -> None:
        with interrupts.held():
            press()
            raise ValueError("the real problem")

    with Interrupts() as interrupts, pytest.raises(ValueError, match="real"):
        work(interrupts)


def test_the_programs_own_handler_is_respected(monkeypatch):
    heard = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append("mine"))
    try:
        with Interrupts() as interrupts, interrupts.held():
            press()
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == ["mine"]


def test_other_threads_are_left_alone():
    def work() -> None:
        with Interrupts() as interrupts, interrupts.held():
            pass

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
