"""What maps look like: HTML, JSON lines, pictures, terminals."""

from __future__ import annotations

import io
import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from rich.console import Console

from nlpx.cli.heatmap import show_map
from nlpx.errors import UsageError
from nlpx.explain import outputs, picture
from nlpx.explain.fonts import fonts
from nlpx.explain.html import heat, levels
from nlpx.explain.outputs import PICTURE_MAPS, lines_to, opened, paths_of
from nlpx.explain.picture import CHARACTERS
from nlpx.explain.saliency import Saliency


def saliency(text, scores, **options):
    offsets = tuple((i, i + 1) for i in range(len(text)))
    facts = {"method": "occlusion", "target": "pos", "probability": 0.75, **options}
    return Saliency("t1", text, offsets, np.array(scores, float), **facts)


EVIL = '<script>alert("1")</script>&\u202eabc\x07\ud800'


def test_any_text_is_shown_and_not_run():
    shown = heat(saliency(EVIL, range(len(EVIL))))
    assert "<script" not in shown
    assert (
        re.sub("<.*?>", "", shown)
        == "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&lt;U+202E&gt;abc␇�"
    )


def test_units_are_shaded_in_proportion_and_the_span_is_outlined():
    shown = heat(saliency("很好差，", [0.5, 1.0, -1.0, 0.0], span=(1, 3)))
    inside = '<u><i class="p6">好</i><i class="n6">差</i></u>'
    assert shown == f'<span class="heat" dir="auto"><i class="p6">很</i>{inside}，</span>'


def test_what_is_not_scored_has_no_shade():
    one = Saliency("0", "a b", ((0, 1), (2, 3)), np.array([1.0, 0.1]), "random", "x", None)
    assert heat(one) == '<span class="heat" dir="auto"><i class="p6">a</i> <i class="p1">b</i></span>'
    assert levels(np.array([0.0, 0.0])).tolist() == [0, 0]
    assert levels(np.array([np.nan, 1.0])).tolist() == [0, 0]


def write(path, maps, title="run"):
    paths = paths_of(str(path))
    with opened(paths, title) as sinks:
        for found in maps:
            for sink in sinks:
                sink(found)
    return paths


def test_a_folder_gets_every_kind_of_file(tmp_path):
    one = saliency("$好<$", [1, 2, -1, 0], facts={"steps": 50}, parts={"forward": np.array([1 / 3, 0, 0, 0])})
    paths = write(tmp_path / "maps", [[one], [one]], title="<run>")
    assert [path.name for path in paths] == [f"saliency.{kind}" for kind in ("jsonl", "html", "svg", "png")]
    lines, page, svg, png = (path.read_bytes() for path in paths)
    first = json.loads(lines.splitlines()[0])
    assert first == {
        "id": "t1", "text": "$好<$", "method": "occlusion", "target": "pos", "probability": 0.75,
        "offsets": [[0, 1], [1, 2], [2, 3], [3, 4]], "scores": [1, 2, -1, 0],
        "facts": {"steps": 50}, "parts": {"forward": [0.333333, 0, 0, 0]},
    }  # fmt: skip
    html = page.decode()
    assert html.count("<article>") == 2
    assert "<h1>&lt;run&gt;</h1>" in html
    assert "color-scheme:light dark" in html
    assert not re.search(r"https?://|src=|href=|url\(", html)
    assert "好" in svg.decode()  # text, not outlines
    assert png.startswith(b"\x89PNG")


def test_a_picture_holds_the_first_maps_only(tmp_path):
    [path] = write(tmp_path / "a.svg", [[saliency("好", [1])]] * (PICTURE_MAPS + 3))
    assert path.read_text("utf-8").count("occlusion") == PICTURE_MAPS
    assert f"run   {PICTURE_MAPS} of {PICTURE_MAPS + 3} maps" in path.read_text("utf-8")
    [empty] = write(tmp_path / "b.png", [])
    assert empty.stat().st_size


def test_a_picture_that_fails_takes_nothing_along(tmp_path, monkeypatch):
    def fail(path, maps, heading):
        raise ZeroDivisionError

    monkeypatch.setattr(outputs, "write_picture", fail)
    with pytest.raises(ZeroDivisionError):
        write(tmp_path / "maps", [[saliency("好", [1])]])
    assert {path.name for path in (tmp_path / "maps").iterdir()} == {"saliency.jsonl", "saliency.html"}


def test_kinds_of_files_may_be_written_in_capitals(tmp_path):
    for name in ("a.JSONL", "a.SVG", "a.Html"):
        [path] = write(tmp_path / name, [[saliency("好", [1])]])
        assert "好" in path.read_text("utf-8")


def test_of_a_long_text_a_picture_shows_a_part_and_says_which(tmp_path):
    text = "".join(chr(0x4E00 + n % 5000) for n in range(20_000))
    one = saliency(text, np.ones(len(text)), span=(15_000, 15_002))
    [path] = write(tmp_path / "a.svg", [[one], [saliency(text, np.ones(len(text)))]])
    drawn = path.read_text("utf-8")
    assert len(re.findall("[\u4e00-\u9fff]</text>", drawn)) == 2 * CHARACTERS
    assert "characters 14,702 to 15,301 of 20,000" in drawn
    assert "characters 1 to 600 of 20,000" in drawn


def test_a_picture_is_xml_whatever_is_in_texts_and_titles(tmp_path):
    bad = "\ufffe\uffff\x00\x0b\x85\ud800好<"
    [path] = write(tmp_path / "a.svg", [[saliency(bad, range(len(bad)), target=bad)]])
    drawn = "".join(ElementTree.parse(path).getroot().itertext())
    assert drawn.count("\ufffd") == 2 * 6
    assert "好<" in drawn


def test_a_picture_says_what_its_colours_mean(tmp_path):
    [path] = write(tmp_path / "a.svg", [[saliency("很好差", [1, 2, 0.5], span=(1, 2))]])
    drawn = path.read_text("utf-8")
    assert "speaks for what was decided" in drawn
    assert "what was decided about" in drawn
    assert "pos 好 0.750" in drawn
    assert "against it" not in drawn  # nothing is
    [path] = write(tmp_path / "b.svg", [[saliency("很好差", [1, 2, -1])]])
    assert "against it" in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("method", "above", "below"),
    [
        ("occlusion", "speaks for what was decided", "against it"),
        ("state_drop", "takes the state towards its end", "away from it"),
        ("gradient", "how much it matters", None),
    ],
)
def test_every_method_has_the_legend_that_it_deserves(tmp_path, method, above, below):
    one = saliency("很好差", [1, 2, -1 if below else 0], method=method)
    paths = [tmp_path / "a.svg", tmp_path / "a.html"]
    with opened(paths, "run", [method]) as sinks:
        for sink in sinks:
            sink([one])
    for path in paths:
        drawn = path.read_text("utf-8")
        assert above in drawn
        for other in ("speaks for", "against it", "away from it"):
            assert (other in drawn) == (other in above or other == below)


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_glyphs_that_no_font_has_are_drawn_without_a_word(tmp_path, caplog, kind):
    text = "好😀👨‍👩‍👧🇨🇳❤️\ue000\U000e0001\u2028שלום مرحبا नमस्ते$x^2$\\frac\t"
    [path] = write(tmp_path / f"a.{kind}", [[saliency(text, np.ones(len(text)), target="😀$_")]])
    assert path.stat().st_size
    assert not [record for record in caplog.records if "Chinese" not in record.message]


def test_fonts_are_chosen_for_titles_too(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(picture, "fonts", lambda text: asked.append(text) or ["DejaVu Sans"])
    write(tmp_path / "a.svg", [[saliency("good", [1, 0, 0, 0], target="好评")]])
    assert "好评" in asked[0]


def test_nothing_is_left_of_files_that_were_not_finished(tmp_path):
    with pytest.raises(ZeroDivisionError), opened(paths_of(str(tmp_path / "a.html")), "run") as sinks:
        sinks[0]([saliency("好", [1 / 0])])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a.pdf",
            "a.pdf: there is no output of the kind .pdf\nname a folder, or a file that ends in .jsonl, .html,",
        ),
        ("none/a.html", "there is no folder "),
        ("file", "file: cannot make this folder: file exists\nname another folder"),
        ("file/", "file/: cannot make this folder: file exists"),
        ("file/maps", "file/maps: cannot make this folder: not a directory"),
    ],
)
def test_outputs_that_cannot_be(tmp_path, monkeypatch, name, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(UsageError) as error:
        paths_of(name)
    assert str(error.value).startswith(text)


def test_latin_texts_need_no_other_font():
    assert fonts("plain\n") == ["DejaVu Sans"]


def test_lines_hold_what_utf8_cannot():
    file = io.StringIO()
    lines_to(file)([saliency("\ud800", [1.0])])
    assert json.loads(file.getvalue())["text"] == "\ud800"


def shown(one, **options):
    console = Console(file=io.StringIO(), width=40, legacy_windows=False, **options)
    show_map(one, console)
    return console.file.getvalue()


def test_without_colour_digits_stand_below_the_characters():
    text = "房间很好a，差\n"
    assert shown(saliency(text, [1, 0, 2, 9, 3, 0, -9, 0], span=(0, 2))).splitlines() == [
        "pos 房间 0.750  occlusion  id t1",
        "        房间很好a，差",
        "for     9   2 9 3",
        "against            9",
        "about   ^^^^",
        "",
    ]


def test_no_line_is_wider_than_the_terminal_and_words_stay_whole():
    from rich.cells import cell_len

    offsets = ((0, 20), (21, 41), (42, 62))
    one = Saliency("0", "好" * 20 + " " + "b" * 20 + " " + "c" * 20, offsets, np.ones(3), "random", "x", None)
    lines = shown(one).splitlines()
    assert max(map(cell_len, lines)) <= 40
    assert any(line.strip() == "c" * 20 for line in lines)


def test_colour_shades_the_ground():
    drawn = shown(saliency("好差\x1b", [1, -1, 0]), force_terminal=True, color_system="truecolor")
    assert "48;2;224;82;40m好" in drawn
    assert "48;2;40;120;224m差" in drawn
    assert "\x1b]" not in drawn
    assert "␛" in drawn
