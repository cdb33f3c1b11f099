"""The config of entity linking: one YAML file, every key described."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from nlpx.config.base import DataPath, ExperimentConfig
from nlpx.config.holdout import Holdout
from nlpx.config.model import ConfigModel
from nlpx.tasks.entity_linking.bi_encoder.config import BiEncoderConfig
from nlpx.tasks.entity_linking.cross_encoder.config import CrossEncoderConfig
from nlpx.tasks.entity_linking.linker.stacker_config import StackerConfig
from nlpx.tasks.entity_linking.su2019.config import BaselineConfig, Su2019Config
from nlpx.tasks.entity_linking.tagger.config import MentionsConfig, TaggerConfig

Format = Literal["auto", "ccks2019", "pubtator", "terms", "plain"]
KBFormat = Literal["auto", "ccks2019", "medic", "terms", "plain"]
Rule = Literal["links", "official_2020", "concepts", "mentions", "accuracy"]


class DataConfig(ConfigModel):
    """Where the texts and the knowledge base are and how to read them."""

    kb: DataPath = Field(
        description="The knowledge base: a file of entities, or a folder made by nlpx kb build."
    )
    kb_format: KBFormat = Field(
        default="auto", description="Format of the knowledge base; auto looks at its start."
    )
    beyond_kb: bool = Field(
        default=False,
        description="Whether ids that only the training texts have are answers too, as in CHIP-CDN.",
    )
    train: DataPath = Field(description="Labelled training texts.")
    dev: DataPath | Holdout | None = Field(
        default=None,
        description="Labelled texts that choose the epoch: a file, or {holdout: 0.1} of train.",
    )
    test: DataPath | None = Field(default=None, description="Texts to submit; labels in it are only scored.")
    format: Format = Field(default="auto", description="File format of the texts; auto looks at their start.")
    repeated: Literal["drop", "keep"] = Field(
        default="drop", description="What to do with training texts that dev or test hold too."
    )
    skip_bad: bool = Field(default=False, description="Drop and count unreadable lines instead of stopping.")


class DictionaryConfig(ConfigModel):
    """What both dictionary models have."""

    fuzzy: int = Field(
        default=0,
        ge=0,
        le=100,
        description="Candidates by likeness for given mentions that are no name; 0 for none.",
    )
    whole_words: bool = Field(
        default=True,
        description="Leave out matches inside words that are written with blanks, as art in heart.",
    )


class MaxMatchConfig(DictionaryConfig):
    """Rung 1: a dictionary alone. Maximum matching finds mentions, the knowledge base's first candidate links them."""

    type: Literal["max_match"] = Field(default="max_match", description="The model's name.")


class PrunedMaxMatchConfig(DictionaryConfig):
    """Rung 2: maximum matching without the names that annotators leave alone, and what they linked most."""

    type: Literal["pruned_max_match"] = Field(default="pruned_max_match", description="The model's name.")
    prune_ratio: float = Field(
        default=5.0,
        gt=0,
        description="Leave out names where (texts without a link + 1) / (texts with one + 1) is at least this.",
    )
    prior: bool = Field(
        default=True, description="Choose what the training texts link most often, not what comes first."
    )
    nil: bool = Field(default=True, description="Leave out surfaces that the training texts mostly call NIL.")


class FeaturesConfig(ConfigModel):
    """Kinds of features, to see what each is worth."""

    shape: bool = Field(default=True, description="How a span looks, and where in the text it is.")
    statistics: bool = Field(
        default=True, description="How often the training texts link a surface, and to which entities."
    )
    neighbours: bool = Field(
        default=True, description="How often spans beside the same characters are linked."
    )
    nesting: bool = Field(default=True, description="What other names are found in the same characters.")
    names: bool = Field(default=True, description="How an entity has the name, and how well known it is.")
    context: bool = Field(default=True, description="What text and entity have in common.")
    competition: bool = Field(
        default=True, description="How a candidate compares with the others of its span."
    )


class NlpxConfig(DictionaryConfig):
    """Rung 5: boosted trees weigh every match and every candidate; the best set of links that fits is the answer."""

    type: Literal["nlpx"] = Field(default="nlpx", description="The model's name.")
    candidates: int = Field(default=30, ge=1, description="Most likely entities of a name that are weighed.")
    abbreviations: bool = Field(
        default=False, description="Link abbreviations like their long forms: long form (SF), in English."
    )
    gate: Literal["all", "max_match"] = Field(
        default="all", description="Which matches are weighed: all, or those that maximum matching chooses."
    )
    pruning: float | None = Field(
        default=None,
        gt=0,
        description="Leave out names where (texts without a link + 1) / (texts with one + 1) is at least this.",
    )
    features: FeaturesConfig = Field(default=FeaturesConfig(), description="Kinds of features.")
    stacker: StackerConfig | None = Field(
        default=StackerConfig(),
        description="The boosted trees; null weighs by how often training texts link a surface, and to what.",
    )
    tagger: TaggerConfig | None = Field(
        default=None,
        description="What proposes mentions by reading, besides the names; null for names alone.",
    )
    bi_encoder: BiEncoderConfig | None = Field(
        default=None,
        description="A network that compares texts and entities; what it says becomes features of the trees.",
    )
    cross_encoder: CrossEncoderConfig | None = Field(
        default=None,
        description="A network that reads text and candidate together, for the likeliest candidates of each span; "
        "trees then weigh these once more.",
    )
    second_look: bool = Field(
        default=True, description="Weigh spans a second time, when the scores of all others are known."
    )
    threshold: float | None = Field(
        default=None, ge=0, le=1, description="Probability that answers must exceed; null tunes it on dev."
    )
    nesting: bool = Field(default=False, description="Whether a mention may lie inside another.")


ModelConfigs = Annotated[
    MaxMatchConfig | PrunedMaxMatchConfig | MentionsConfig | BaselineConfig | Su2019Config | NlpxConfig,
    Field(discriminator="type"),
]


def model_files(model: ConfigModel) -> dict[str, Path]:
    """Every file that the encoders of a model read, by its key below `model`."""
    files: dict[str, Path] = {}
    for name in type(model).model_fields:
        part = getattr(model, name)
        found = part.files() if hasattr(part, "files") else {}
        if isinstance(part, ConfigModel) and not hasattr(part, "files"):
            found = model_files(part)
        files |= {f"{name}.{key}": path for key, path in found.items()}
    return files


class SubmissionConfig(ConfigModel):
    """The file to upload."""

    format: Literal["ccks2019", "plain", "terms"] = Field(
        default="ccks2019", description="Format of the submission."
    )
    overlaps: bool = Field(default=False, description="Whether mentions in it may overlap.")


class EntityLinkingConfig(ExperimentConfig):
    """Entity linking: mentions in texts, and what they mean in a knowledge base."""

    task: Literal["entity_linking"] = Field(default="entity_linking", description="The task's name.")
    data: DataConfig = Field(description="Where the texts and the knowledge base are and how to read them.")
    mentions: Literal["detect", "given"] = Field(
        default="detect", description="Whether mentions are to be found, or given and only to be linked."
    )
    metric: Rule = Field(
        default="links",
        description="The rule that judges a run: links (CCKS 2019), official_2020, concepts, mentions, accuracy.",
    )
    model: ModelConfigs = Field(
        default=PrunedMaxMatchConfig(), description="What finds and links the mentions."
    )
    submission: SubmissionConfig = Field(default=SubmissionConfig(), description="The file to upload.")

    @model_validator(mode="after")
    def _metric_fits(self) -> EntityLinkingConfig:
        wrong = {"accuracy": "detect", "mentions": "given"}
        if wrong.get(self.metric) == self.mentions:
            raise ValueError(f"metric: {self.metric} says nothing where mentions: {self.mentions}")
        return self

    @model_validator(mode="after")
    def _parts_are_used(self) -> EntityLinkingConfig:
        model, given = self.model, self.mentions == "given"
        if given and model.type == "mentions":
            raise ValueError("model: mentions finds mentions; where they are given there is nothing to find")
        if model.type == "nlpx" and given and model.tagger is not None:
            raise ValueError("model.tagger finds mentions; remove it where they are given")
        if model.type == "nlpx" and model.stacker is None and model.bi_encoder is not None:
            raise ValueError("model.bi_encoder is read by model.stacker only; give one, or remove both")
        if model.type == "nlpx" and model.stacker is None and model.cross_encoder is not None:
            raise ValueError("model.cross_encoder is weighed by trees: give model.stacker, or remove both")
        return self
