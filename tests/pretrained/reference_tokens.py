"""Tokens by BERT's tokenizer in Python, as transformers keeps it; wants transformers, but neither torch nor nlpx.

python reference_tokens.py VOCAB [--cased] < lines.jsonl > tokens.jsonl      # a JSON string a line in, a list out
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from transformers.models.bert_japanese.tokenization_bert_japanese import BasicTokenizer, WordpieceTokenizer


def main() -> None:
    vocabulary = Path(sys.argv[1]).read_text("utf-8").split("\n")
    basic = BasicTokenizer(do_lower_case="--cased" not in sys.argv)
    pieces = WordpieceTokenizer(vocab=dict.fromkeys(vocabulary), unk_token="[UNK]")
    for line in sys.stdin:
        found = [piece for word in basic.tokenize(json.loads(line)) for piece in pieces.tokenize(word)]
        sys.stdout.write(json.dumps(found, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
