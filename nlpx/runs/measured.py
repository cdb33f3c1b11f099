"""Which texts a run's main metric was measured on: scores on different texts cannot be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from nlpx.errors import RunError

if TYPE_CHECKING:
    from nlpx.runs.run import Run

DEV, TRAIN = "data.dev", "data.train"
READ = ("texts.", "checkpoint/vocab.txt", "vocabulary")
"""Inputs of a pretraining that decide what it is judged by."""

READING = ("format", "field", "first_character", "without_holdout")
"""Likewise of how each of its texts is read."""


class Texts(NamedTuple):
    """Dev texts: where the config says they are, how they are cut out of a file, and their digest once read."""

    path: str
    share: str = ""
    digest: str = ""

    @property
    def name(self) -> str:
        """``weibo/dev.txt``, or ``10% of msra/train.bio``; nothing where there is no dev split."""
        short = "/".join(PurePath(self.path).parts[-2:]) if self.path else ""
        return f"{self.share} of {short}" if self.share else short


def by_texts(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """Runs by the name of the texts they were measured on, by name; the order of the runs stays.

    Files of other content under the same name are told apart by their digest. A run that ended before it had read
    its texts counts to the newest run that names the same file.
    """
    texts = [texts_of(run) for run in runs]
    digests = {found[:2]: found.digest for found in texts if found.digest}  # of path and share
    whole = [found._replace(digest=found.digest or digests.get(found[:2], "")) for found in texts]
    keys: dict[str, set[tuple[str, str]]] = {}
    for found in whole:
        keys.setdefault(found.name, set()).add(_key(found))
    groups: dict[str, list[Run]] = {}
    for run, found in zip(runs, whole, strict=True):
        several = len(keys[found.name]) > 1
        name = f"{found.name} ({found.digest[:8] or 'never read'})" if several else found.name
        groups.setdefault(name, []).append(run)
    return dict(sorted(groups.items()))


def _key(texts: Texts) -> tuple[str, str]:
    return texts.digest or texts.path, texts.share


def texts_of(run: Run) -> Texts:
    """What the config and the manifest of a run say; as little as there is where they are damaged."""
    data = _part(run, "config").get("data")
    if not isinstance(data, Mapping):
        return Texts("")
    if isinstance(data.get("texts"), list):
        return _pretraining(run, data)
    dev: Any = data.get("dev")
    key, share = DEV, ""
    if isinstance(dev, Mapping):
        key, share = TRAIN, _percent(dev.get("holdout"))
        dev = data.get("train")
    if not isinstance(dev, str):
        return Texts("")
    inputs = _part(run, "inputs")
    parts = {
        name: str(file.get("sha256"))
        for name, file in inputs.items()
        if name == key or name.startswith((f"{key}/", f"{key}."))
    }
    return Texts(dev, share, _digest(parts))


def _pretraining(run: Run, data: Mapping[str, Any]) -> Texts:
    """Of a pretraining: its texts, and how they are cut and asked about, without which losses cannot be compared."""
    sources = [one if isinstance(one, Mapping) else {"path": one} for one in data["texts"]]
    names = [PurePath(str(source.get("path"))).name for source in sources]
    config = _part(run, "config")
    objective = _mapping(config.get("objective"))
    said = f"{objective.get('type')}, {objective.get('length')} tokens: {names[0] if names else ''}"
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    inputs = _part(run, "inputs")
    read = {name: _mapping(file).get("sha256") for name, file in inputs.items() if name.startswith(READ)}
    kept = [[source.get(key) for key in READING] for source in sources]
    asked = [data.get("holdout"), data.get("judged"), config.get("vocabulary"), sorted(objective.items())]
    digest = sha256(repr([sorted(read.items()), kept, asked]).encode()).hexdigest() if read else ""
    return Texts(said + more, "", digest)


def _mapping(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}


def _digest(parts: Mapping[str, str]) -> str:
    """The digest of a file, or one of all files of a folder; nothing where none was read."""
    if len(parts) == 1:
        return next(iter(parts.values()))
    return sha256(repr(sorted(parts.items())).encode()).hexdigest() if parts else ""


def _percent(share: Any) -> str:
    return f"{100 * share:.4g}%" if isinstance(share, float) else "a part"


def _part(run: Run, name: str) -> Mapping[str, Any]:
    try:
        found = run.config() if name == "config" else run.manifest.facts.get(name)
    except RunError:
        return {}
    return found if isinstance(found, Mapping) else {}
