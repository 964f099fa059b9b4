"""Writes Vectors/tokenizer_words.json: words and tokens according to the `tokenizers` package.

Usage: python3 pretokenizer_vectors.py TOKENIZER_JSON OUTPUT   (needs: pip install tokenizers)
"""
import json
import random
import sys

import tokenizers
from tokenizers import Regex, Tokenizer, pre_tokenizers

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|"
          r"\s*[\r\n]+|\s+(?!\S)|\s+")
PIECES = ["'", "'s", "'S", "'LL", "'ve", "'\u017f", "a", "B", "\u00e9", "e\u0301", "\u4f60", "\u01c5", "\u02b0", "1", "23",
          "\u00bd", "\u2167", "\u0663", " ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\u2028", "\u0085", "\u200b", ".", "-->", "\u2014",
          "\U0001f600", "\u20ac", "_", "the", "and", "<s>", "</s>", "\x00", "\x1f"]


def main(source, target):
    random.seed(20240611)
    texts = ["".join(random.choice(PIECES) for _ in range(random.randint(1, 14))) for _ in range(250)]
    stages = {
        "gpt2": pre_tokenizers.Split(Regex(GPT2), "isolated"),
        "llama3": pre_tokenizers.Split(Regex(LLAMA3), "isolated"),
        "digits": pre_tokenizers.Digits(individual_digits=True),
    }
    tokenizer = Tokenizer.from_file(source)
    llama3 = json.load(open(source, encoding="utf-8"))
    llama3["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [
        {"type": "Split", "pattern": {"Regex": LLAMA3}, "behavior": "Isolated", "invert": False},
        {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}]}
    llama3["model"]["merges"] = [" ".join(merge) for merge in llama3["model"]["merges"]]
    llama3["model"]["ignore_merges"] = True
    llama3["post_processor"] = {"type": "Sequence", "processors": [
        {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True},
        {"type": "TemplateProcessing", "single": [
            {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
         "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
         "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}}}]}
    variant = Tokenizer.from_str(json.dumps(llama3))
    result = {
        "origin": f"tokenizers {tokenizers.__version__}, Tests/Tools/pretokenizer_vectors.py",
        "words": [{"stage": name, "text": text, "words": [word for word, _ in stage.pre_tokenize_str(text)]}
                  for name, stage in stages.items() for text in texts],
        "tokens": [{"text": text, "ids": tokenizer.encode(text).ids, "variantIDs": variant.encode(text).ids,
                    "decoded": tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False)}
                   for text in texts],
        "variant": llama3,
        "truncated": [{"ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=False)}
                      for ids in ([174, 255, 248], [174, 255, 248, 68], [224, 224], [162, 123, 256, 163, 100], [68, 129])],
    }
    json.dump(result, open(target, "w", encoding="utf-8"), ensure_ascii=True, separators=(",", ":"))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
