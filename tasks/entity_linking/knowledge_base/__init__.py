"""Knowledge bases: built once into a folder of memory-mapped files, opened in no time."""

from nlpx.tasks.entity_linking.knowledge_base.build import build_knowledge_base
from nlpx.tasks.entity_linking.knowledge_base.cache import cached_knowledge_base
from nlpx.tasks.entity_linking.knowledge_base.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.knowledge_base.postings import CandidateRows, Candidates

__all__ = ["CandidateRows", "Candidates", "KnowledgeBase", "build_knowledge_base", "cached_knowledge_base"]
