"""What of the log a user sees."""

import logging

import pytest

from nlpx.cli.logs import set_verbose, verbose

log = logging.getLogger("nlpx")


@pytest.fixture(autouse=True)
def quiet_again():
    yield
    set_verbose(False)


@pytest.mark.parametrize(("wanted", "seen"), [(False, ["odd"]), (True, ["news", "odd"])])
def test_warnings_are_always_seen_and_news_where_it_is_wanted(capsys, wanted, seen):
    set_verbose(wanted)
    assert verbose() == wanted
    log.info("news")
    log.warning("odd")
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[-1] for line in lines] == seen
    assert lines[-1].startswith("warning: ") != wanted


def test_setting_it_twice_shows_nothing_twice(capsys):
    set_verbose(False)
    set_verbose(False)
    log.warning("odd")
    assert capsys.readouterr().err == "warning: odd\n"


@pytest.mark.parametrize("wanted", [False, True])
def test_errors_are_left_to_whoever_reports_them(capsys, wanted):
    set_verbose(wanted)
    log.error("broken")
    assert capsys.readouterr().err == ""
