"""What a checkpoint's config says about its graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nlpx.encoders.pretrained.numbers import Numbers
from nlpx.errors import DataError

if TYPE_CHECKING:
    from nlpx.layers.bert import Bert

MODEL_TYPES = ("bert", "roberta", "ernie", "albert", "electra", "nezha", "roformer")
"""As `model_type` in a Hugging Face config; RoBERTa-wwm, MacBERT and ERNIE 1 are of type bert."""

ACTIVATIONS = ("gelu", "gelu_new", "gelu_pytorch_tanh", "relu", "silu", "swish", "tanh")


@dataclass(frozen=True)
class Architecture:
    """All that decides the graph and its shapes; the fields are the arguments of `nlpx.layers.bert.Bert`."""

    model_type: str
    tokens: int
    units: int
    blocks: int
    heads: int
    hidden: int
    activation: str = "gelu"
    dropout: float = 0.1
    attention_dropout: float = 0.1
    epsilon: float = 1e-12
    positions: int | None = 512
    offset: int = 0
    segments: int = 2
    tasks: int = 0
    embedding_size: int | None = None
    project: bool = False
    pooler: bool = True
    furthest: int | None = None
    initializer_range: float = 0.02

    @property
    def longest(self) -> int | None:
        """Tokens of the longest text that was seen in pretraining; None where positions have no end."""
        return None if self.positions is None else self.positions - self.offset

    def layer(self, **options: Any) -> Bert:
        """A new layer; `options` win over the fields."""
        from nlpx.layers.bert import Albert, Bert, Nezha, RoFormer

        kinds = {"albert": Albert, "nezha": Nezha, "roformer": RoFormer}
        given = {name: value for name, value in vars(self).items() if name != "model_type"}
        sizes = [given.pop(name) for name in ("tokens", "units", "blocks", "heads", "hidden")]
        return kinds.get(self.model_type, Bert)(*sizes, **(given | options))


def read_architecture(config: Mapping[str, Any], source: str, model_type: str | None = None) -> Architecture:
    """The architecture of a `config.json` (Hugging Face) or `bert_config.json` (Google).

    Args:
        source: named in errors.
        model_type: where the config does not say it.

    Raises:
        DataError: a key is missing or its value is impossible, or the config wants what is not built here.
    """
    kind = model_type or config.get("model_type") or "bert"
    if kind not in MODEL_TYPES:
        raise DataError(
            f"{source}: model_type is {kind!r}", f"models that can be read: {', '.join(MODEL_TYPES)}"
        )
    _refuse(config, kind, source)
    given = Numbers(config, source)
    common = Architecture(
        model_type=kind,
        tokens=given.whole("vocab_size"),
        units=given.whole("hidden_size"),
        blocks=given.whole("num_hidden_layers"),
        heads=given.whole("num_attention_heads"),
        hidden=given.whole("intermediate_size"),
        activation=config.get("hidden_act") or "gelu",
        dropout=given.share("hidden_dropout_prob", 0.1),
        attention_dropout=given.share("attention_probs_dropout_prob", 0.1),
        epsilon=given.share("layer_norm_eps", 1e-12),
        positions=given.whole("max_position_embeddings", 512),
        segments=given.whole("type_vocab_size", 2, least=0),
        initializer_range=given.share("initializer_range", 0.02),
    )
    if common.units % common.heads:
        raise DataError(
            f"{source}: the key 'num_attention_heads' is {common.heads}, which does not divide "
            f"hidden_size = {common.units}",
            "are both of the same model?",
        )
    return _specialised(common, given)


def _specialised(common: Architecture, given: Numbers) -> Architecture:
    """What the relatives have of their own."""
    kind, config = common.model_type, given.config
    size = None if config.get("embedding_size") is None else given.whole("embedding_size")
    small: dict[str, Any] = {"embedding_size": size, "project": size not in (None, common.units)}
    if kind == "roberta":
        return replace(common, offset=given.whole("pad_token_id", 1, least=0) + 1)
    if kind == "ernie":
        return replace(
            common, tasks=given.whole("task_type_vocab_size", 3) if config.get("use_task_id") else 0
        )
    if kind == "albert":
        return replace(common, embedding_size=size or 128, project=True)
    if kind == "electra":
        return replace(common, **small, pooler=False)
    if kind == "nezha":
        return replace(common, positions=None, furthest=given.whole("max_relative_position", 64))
    if kind == "roformer":
        return replace(common, **small, positions=None, pooler=False)
    return common


def _refuse(config: Mapping[str, Any], kind: str, source: str) -> None:
    """Raise for what would give other numbers than the original."""
    wanted: dict[str, tuple[Any, ...]] = {
        "position_embedding_type": (None, "absolute"),
        "num_hidden_groups": (None, 1),
        "inner_group_num": (None, 1),
        "rotary_value": (None, False),
        "is_decoder": (None, False),
        "add_cross_attention": (None, False),
        "hidden_act": (None, *ACTIVATIONS),
    }
    wrong = [f"{key} is {config[key]!r}" for key, good in wanted.items() if config.get(key) not in good]
    if wrong:
        raise DataError(f"{source}: a {kind} of a kind that is not built here", details=wrong)


def write_architecture(architecture: Architecture) -> dict[str, Any]:
    """A Hugging Face config that `read_architecture` and transformers read."""
    one = architecture
    kind = one.model_type
    config: dict[str, Any] = {
        "model_type": kind,
        "architectures": [CLASSES[kind]],
        "vocab_size": one.tokens,
        "hidden_size": one.units,
        "num_hidden_layers": one.blocks,
        "num_attention_heads": one.heads,
        "intermediate_size": one.hidden,
        "hidden_act": one.activation,
        "hidden_dropout_prob": one.dropout,
        "attention_probs_dropout_prob": one.attention_dropout,
        "layer_norm_eps": one.epsilon,
        "max_position_embeddings": one.positions or 512,
        "type_vocab_size": one.segments,
        "initializer_range": one.initializer_range,
        "pad_token_id": max(one.offset - 1, 0),
    }
    if kind in ("albert", "electra", "roformer"):
        config["embedding_size"] = one.embedding_size or one.units
    if kind == "ernie":
        config |= {"use_task_id": bool(one.tasks), "task_type_vocab_size": one.tasks or 3}
    if kind == "nezha":
        config["max_relative_position"] = one.furthest
    if kind == "albert":
        config |= {"num_hidden_groups": 1, "inner_group_num": 1}
    return config


CLASSES = {
    "bert": "BertModel",
    "roberta": "RobertaModel",
    "ernie": "ErnieModel",
    "albert": "AlbertModel",
    "electra": "ElectraModel",
    "nezha": "NezhaModel",
    "roformer": "RoFormerModel",
}
