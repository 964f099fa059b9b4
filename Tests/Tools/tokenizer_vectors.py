"""Writes Vectors/tokenizers.json: tokenizers of every kind that is read, and what the `tokenizers` package does with
awkward text.

Usage: python3 tokenizer_vectors.py OUTPUT   (needs: pip install tokenizers)

The tokenizers are trained on the few sentences below; their stages are those of the files published with the models
they are named after.
"""
import json
import random
import sys

import tokenizers
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|"
          r"\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
CORPUS = [
    "In the beginning was the word, and the word was with all of them; it's what they'd said, isn't it?",
    "The theory of the other: whether the weather is colder or not, 1234567 numbers and 3.14159 are there.",
    "caf\u00e9 na\u00efve \u00fcber stra\u00dfe \u4f60\u597d \u4e16\u754c \u043f\u0440\u0438\u0432\u0435\u0442 \u0645\u0631\u062d\u0628\u0627",
    "def function(value):\n    return value + 1\n\n\tprint(\"hello\", 'world')\r\n",
    "e\u0301te\u0301 e\u0301te\u0301 \u00e9t\u00e9 \u00e9t\u00e9 A\u030angstrom \u212bngstrom \u00c5ngstrom",
] * 4
TEXTS = [
    "", " ", "  ", "   x", "x   ", "\n", "\r\n", "\n\n\n", "\t", " \n ", " \n\n x", "a\n b", "the  word", "hello world",
    "It's THEY'LL they'd we'Ve I'M 'tis 'S ''s", "12345678 1 22 333 4444 1,234.5 \u0663\u0664\u0665\u00bd\u2167",
    "caf\u00e9 cafe\u0301 \u212b \u00c5 A\u030a \uac00 \u1100\u1161", "\u4f60\u597d\uff0c\u4e16\u754c\uff01",
    "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd", "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467\U0001f1e9\U0001f1ea\u2764\ufe0f",
    "\x00\x01\x1f\x7f\x80\u0085\u00a0\u00ad\u200b\u2028\u3000\ufeff", "a\u0300\u0301\u0302b", "<s>", "</s>", "<unk>", "<s> x</s> y",
    "<|begin_of_text|>hi<|eot_id|>", "<|im_start|>user\nhi<|im_end|>", "<0x0A> <0xff>", "\u2581 \u2581a \u2581\u2581",
    "tokens<s>inside", " <s> ", "->->-> !!! ... \u2026 \u2014\u2013- _x_ #$%^&*()", "a" * 50, "the" * 40, "http://x.y/z?a=b&c=d",
    "if (x<s) { y; }", "\U00010348\U0010ffff", "\ud7ff\ue000", "tab\tand\vvertical\fform",
]
PIECES = ["'", "'s", "'LL", "the", "and", "\u00e9", "e\u0301", "\u4f60", "1", "23", "\u00bd", " ", "  ", "\t", "\n", "\r\n", "\u00a0",
          "\u3000", "\u0085", ".", "-->", "\U0001f600", "\u20ac", "_", "<s>", "</s>", "\x00", "\u2581", "A\u030a", "\u212b", "x"]


def added(tokens):
    return [{"id": token, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
             "special": True} for token, content in tokens]


def template(content, token):
    return {"type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": content, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {content: {"id": content, "ids": [token], "tokens": [content]}}}


def byte_level(pattern, normalizer, specials):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=420, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    file = json.loads(tokenizer.to_str())
    count = len(file["model"]["vocab"])
    file["added_tokens"] = added((count + place, content) for place, content in enumerate(specials))
    return file, count


def llama3():
    file, count = byte_level(LLAMA3, None, ["<|begin_of_text|>", "<|eot_id|>"])
    file["model"]["ignore_merges"] = True
    file["post_processor"] = {"type": "Sequence", "processors": [
        {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True},
        template("<|begin_of_text|>", count)]}
    return file


def qwen2():
    file, _ = byte_level(QWEN2, normalizers.NFC(), ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    file["post_processor"] = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    return file


def llama2():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    tokenizer.pre_tokenizer = pre_tokenizers.Split("\u2581", "merged_with_next")
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=260, show_progress=False))
    file = json.loads(tokenizer.to_str())
    names = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    # Characters that the package takes for line ends and spaces fall back to their bytes, as in the published files.
    trained = [text for text, _ in sorted(file["model"]["vocab"].items(), key=lambda item: item[1])
               if text not in ("\n", "\r", "\t")]
    file["model"]["vocab"] = {text: token for token, text in enumerate(names + trained)}
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in file["model"]["merges"]]
    file["model"]["merges"] = [merge for merge in merges if not set(merge) & set("\n\r\t")]
    known = file["model"]["vocab"]
    file["model"]["merges"] = [merge for merge in file["model"]["merges"]
                               if all(part in known for part in merge.split(" ") + [merge.replace(" ", "")])]
    file["model"].update(unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    file["pre_tokenizer"] = None
    file["added_tokens"] = added(enumerate(names[:3]))
    file["post_processor"] = template("<s>", 1)
    file["decoder"] = {"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
    return file


def variants():
    """Every tokenizer as a file, or as changes to the one named before it."""
    yield "llama3", llama3(), {}
    yield "qwen2", qwen2(), {}
    base = llama2()
    yield "llama2", base, {}
    for scheme in ["first", "always", "never"]:
        yield f"metaspace {scheme}", base, {"normalizer": None, "pre_tokenizer": {
            "type": "Metaspace", "replacement": "\u2581", "prepend_scheme": scheme, "split": False}}
    yield "no fallback", base, {"model": {"byte_fallback": False}}
    yield "no fallback, no fusion", base, {"model": {"byte_fallback": False, "fuse_unk": False}}


def main(target):
    random.seed(20240611)
    texts = TEXTS + ["".join(random.choice(PIECES) for _ in range(random.randint(1, 12))) for _ in range(60)]
    result = []
    for name, base, changes in variants():
        file = json.loads(json.dumps(base))
        for field, value in changes.items():
            if isinstance(file[field], dict) and isinstance(value, dict) and field == "model":
                file[field].update(value)
            else:
                file[field] = value
        tokenizer = Tokenizer.from_str(json.dumps(file))
        count = tokenizer.get_vocab_size()
        lists = [[random.randrange(count) for _ in range(random.randint(1, 8))] for _ in range(40)]
        # As text, some with escapes and some without, because tokens that differ only in how they are composed are lost
        # by JSON readers that compare strings as people do.
        text = json.dumps(file, ensure_ascii=len(result) % 2 == 0, separators=(",", ":"))
        result.append({
            "name": name, "file": text,
            "encodings": [{"text": text, "ids": tokenizer.encode(text).ids} for text in texts],
            "decodings": [{"ids": ids, "text": tokenizer.decode(ids, skip_special_tokens=False)}
                          for ids in lists + [tokenizer.encode(text).ids for text in texts]]})
    json.dump({"origin": f"tokenizers {tokenizers.__version__}, Tests/Tools/tokenizer_vectors.py", "tokenizers": result}, open(target, "w", encoding="utf-8"), ensure_ascii=True, separators=(",", ":"))


if __name__ == "__main__":
    main(sys.argv[1])
