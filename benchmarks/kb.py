"""Knowledge base: building, opening, and finding candidates, beside the usual ways of doing it.

    python benchmarks/kb.py                                  400,000 entities, 90,000 texts
    python benchmarks/kb.py --entities 3000000 --texts 20000

Data are generated at the first run. Each step is a process of its own, so that its memory is its own; the matchers take
turns in one process, each on one core, and give the same output: for every text, every name in it as (start, end) with
the indices of all its candidates.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LESS = "flashtext, which gives longest matches only"
CONTENT = list[tuple[int, int, tuple[int, ...]]]


def memory_mb(key: str = "VmRSS") -> float:
    """Resident memory of this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# === Steps, each in its own process ===


def step_build(data: Path) -> dict[str, float]:
    from nlpx.tasks.entity_linking.data import read_kb
    from nlpx.tasks.entity_linking.knowledge_base import build_knowledge_base

    began = time.perf_counter()
    build_knowledge_base(read_kb(data / "kb_data"), data / "kb")
    size = sum(path.stat().st_size for path in (data / "kb").iterdir()) / 1e6
    return {"seconds": time.perf_counter() - began, "peak_mb": memory_mb("VmHWM"), "disk_mb": size}


def step_open(data: Path) -> dict[str, float]:
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase

    before = memory_mb()
    began = time.perf_counter()
    kb = KnowledgeBase.open(data / "kb")
    seconds = time.perf_counter() - began
    kb.candidates(kb.entity(0).name)
    return {"seconds": seconds, "rss_mb": memory_mb(), "grown_mb": memory_mb() - before}


def step_use(data: Path, texts: int) -> dict[str, float]:
    """Memory of scanning, and speed of the rest."""
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase

    kb = KnowledgeBase.open(data / "kb")
    lines = read_texts(data, texts)
    surfaces = [line[1:5] for line in lines[:2000]]
    figures = {
        "max_match texts/s": per_second(lambda: kb.max_matches_of(lines), len(lines)),
        "one text at a time texts/s": per_second(lambda: [kb.matches(line) for line in lines[:5000]], 5000),
        "candidates() of a surface /s": per_second(
            lambda: [kb.candidates(s, 10) for s in surfaces], len(surfaces)
        ),
        "fuzzy(k=10) /s": per_second(lambda: [kb.fuzzy(s, 10) for s in surfaces[:500]], 500),
        "entity() /s": per_second(lambda: [kb.entity(i) for i in range(0, len(kb), 40)], len(kb) / 40),
    }
    return figures | {"rss MB after all that": memory_mb()}


def per_second(work: Callable[[], object], items: float) -> float:
    began = time.process_time()
    work()
    return items / (time.process_time() - began)


# === Matchers ===


def read_texts(data: Path, limit: int) -> list[str]:
    with (data / "train.json").open(encoding="utf-8") as file:
        return [json.loads(line)["text"] for line, _ in zip(file, range(limit), strict=False)]


def step_match(data: Path, texts: int, rounds: int) -> dict[str, Any]:
    import numpy as np

    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase, folding

    kb = KnowledgeBase.open(data / "kb")
    lines = [
        folding.fold(line) for line in read_texts(data, texts)
    ]  # peers get texts folded already; nlpx folds again
    names = [kb.names.name(index) for index in range(len(kb.names))]
    rows = kb.candidate_rows(np.arange(len(names)))
    flat, offsets = rows.indices.tolist(), rows.offsets.tolist()
    ids = [tuple(flat[offsets[i] : offsets[i + 1]]) for i in range(len(names))]

    def nlpx() -> int:
        matches = kb.scan(lines)
        return int(kb.candidate_rows(matches.word).offsets[-1])

    matchers: dict[str, Callable[[], int]] = {"nlpx scan": nlpx}
    for name, (module, make) in PEERS.items():
        if importlib.util.find_spec(module):
            find = make(names, ids)
            matchers[name] = lambda find=find: sum(  # type: ignore[misc]
                len(entry[2]) for entries in map(find, lines) for entry in entries
            )
    if importlib.util.find_spec("flashtext"):
        longest = flashtext(names, ids)
        matchers[LESS] = lambda: -sum(len(longest(line)) for line in lines)
    seconds: dict[str, list[float]] = {name: [] for name in matchers}
    counts: dict[str, int] = {}
    gc.freeze()
    for _ in range(rounds):
        for name, run in matchers.items():
            began = time.process_time()  # one thread each, so that a busy machine hardly matters
            counts[name] = run()
            seconds[name].append(time.process_time() - began)
    if len({count for name, count in counts.items() if name != LESS}) > 1:
        raise SystemExit(f"outputs differ: {counts}")
    speeds = {name: len(lines) / statistics.median(times) for name, times in seconds.items()}
    return {"speeds": speeds, "candidates_per_text": counts["nlpx scan"] / len(lines)}


def pyahocorasick(names: list[str], ids: list[tuple[int, ...]]) -> Callable[[str], CONTENT]:
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for name, entities in zip(names, ids, strict=True):
        automaton.add_word(name, (len(name), entities))
    automaton.make_automaton()
    return lambda text: [
        (last + 1 - length, last + 1, entities) for last, (length, entities) in automaton.iter(text)
    ]


def ahocorasick_rs(names: list[str], ids: list[tuple[int, ...]]) -> Callable[[str], CONTENT]:
    import ahocorasick_rs as rs

    automaton = rs.AhoCorasick(names, matchkind=rs.MatchKind.Standard, store_patterns=False)
    find = automaton.find_matches_as_indexes
    return lambda text: [(start, end, ids[name]) for name, start, end in find(text, overlapping=True)]


def flashtext(names: list[str], ids: list[tuple[int, ...]]) -> Callable[[str], list[Any]]:
    from flashtext import KeywordProcessor

    processor = KeywordProcessor(case_sensitive=True)
    processor.set_non_word_boundaries(set())
    for name, entities in zip(names, ids, strict=True):
        processor.add_keyword(name, entities)
    return lambda text: processor.extract_keywords(text, span_info=True)


def marisa(names: list[str], ids: list[tuple[int, ...]]) -> Callable[[str], CONTENT]:
    import marisa_trie

    trie = marisa_trie.Trie(names)
    by_key = [()] * len(names)
    for name, entities in zip(names, ids, strict=True):
        by_key[trie[name]] = entities  # type: ignore[call-overload]
    longest = max(map(len, names))
    return lambda text: [
        (start, start + len(name), by_key[key])
        for start in range(len(text))
        for name, key in trie.iter_prefixes_with_ids(text[start : start + longest])
    ]


def phrase_matcher(names: list[str], ids: list[tuple[int, ...]]) -> Callable[[str], CONTENT]:
    import spacy
    from spacy.matcher import PhraseMatcher

    blank = spacy.blank("zh")  # a token per character
    matcher = PhraseMatcher(blank.vocab)
    by_key = {}
    for number, (name, entities) in enumerate(zip(names, ids, strict=True)):
        matcher.add(str(number), [blank.make_doc(name)])
        by_key[blank.vocab.strings[str(number)]] = entities

    def find(text: str) -> CONTENT:
        doc = blank.make_doc(text)
        return [(doc[first].idx, doc[last - 1].idx + 1, by_key[key]) for key, first, last in matcher(doc)]

    return find


PEERS = {
    "pyahocorasick": ("ahocorasick", pyahocorasick),
    "ahocorasick_rs": ("ahocorasick_rs", ahocorasick_rs),
    "marisa": ("marisa_trie", marisa),
    "spaCy PhraseMatcher": ("spacy", phrase_matcher),
}


# === The table ===


def run_step(step: str, *arguments: object) -> dict[str, Any]:
    command = [sys.executable, __file__, "--step", step, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=os.environ)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def table(data: Path, entities: int, texts: int, rounds: int) -> None:
    sizes = ["--data", data, "--texts", texts, "--rounds", rounds]
    build = run_step("build", *sizes)
    opened = run_step("open", *sizes)
    print(f"{entities:,} entities, {texts:,} texts\n\n| what | measured |\n|---|---|")
    print(f"| build from kb_data | {build['seconds']:.1f} s, peak {build['peak_mb']:,.0f} MB |")
    print(f"| on disk | {build['disk_mb']:,.0f} MB |")
    print(f"| open | {opened['seconds']:.3f} s, {opened['rss_mb']:.0f} MB resident in all |", flush=True)
    match = run_step("match", *sizes)
    ours = match["speeds"]["nlpx scan"]
    for name, speed in match["speeds"].items():
        print(f"| all matches with candidates, {name} | {speed:,.0f} texts/s ({ours / speed:.2f} ×) |")
    print(f"| candidates per text | {match['candidates_per_text']:.1f} |", flush=True)
    for name, figure in run_step("use", *sizes).items():
        print(f"| {name} | {figure:,.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entities", type=int, default=400_000)
    parser.add_argument("--texts", type=int, default=90_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--step", help=argparse.SUPPRESS)
    given = parser.parse_args()
    data = given.data or HERE.parent / "build" / f"ccks2019-like-{given.entities}"
    steps: dict[str, Callable[[], dict[str, Any]]] = {
        "build": lambda: step_build(data),
        "open": lambda: step_open(data),
        "use": lambda: step_use(data, given.texts),
        "match": lambda: step_match(data, given.texts, given.rounds),
    }
    if given.step:
        print(json.dumps(steps[given.step]()))
        return
    if not (data / "train.json").exists():
        sizes = ["--entities", str(given.entities), "--texts", str(given.texts), "--output", str(data)]
        subprocess.run([sys.executable, HERE / "make_ccks2019_like.py", *sizes], check=True)
    table(data, given.entities, given.texts, given.rounds)


if __name__ == "__main__":
    main()
