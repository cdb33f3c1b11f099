"""Tokens by transformers' fast tokenizers, with their characters; wants transformers, but neither torch nor nlpx.

python fast_tokens.py FOLDER < lines.jsonl > tokens.jsonl      # a JSON string a line in, [tokens, offsets] out
"""

from __future__ import annotations

import json
import sys

from transformers import AutoTokenizer


def main() -> None:
    tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
    for line in sys.stdin:
        found = tokenizer(
            json.loads(line), add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        tokens = tokenizer.convert_ids_to_tokens(found["input_ids"])
        sys.stdout.write(json.dumps([tokens, found["offset_mapping"]]) + "\n")


if __name__ == "__main__":
    main()
