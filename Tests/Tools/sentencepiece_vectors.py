"""Writes Vectors/sentencepiece.json: vocabularies of SentencePiece as GGUF files hold them, and what the `sentencepiece`
package does with awkward text.

Usage: python3 sentencepiece_vectors.py OUTPUT   (needs: pip install sentencepiece protobuf tokenizers)

The package does not look for special tokens in a text; llama.cpp does, and puts the space in front of every part between
them. So the texts are cut here, and the package encodes the parts.
"""
import io
import json
import random
import sys

import sentencepiece
from sentencepiece import sentencepiece_model_pb2

from tokenizer_vectors import CORPUS, PIECES, TEXTS

MORE = ["aaaa aaa aa a aaaaaaaa    aaa     b  bb   bbb", "    if x:\n        return  {  }\n", "abab abcabc bcabc cabab abc",
        "\u2581\u2581\u2581\u2581 \u2581", "e\u0301e\u0301 \u00e9\u00e9 \u212b\u212b \u00c5\u00c5 A\u030aA\u030a"] * 6
SPECIALS = ["<|user|>", "[INST]"]


def train(prefix):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS + MORE), model_writer=model, model_type="bpe", vocab_size=560, byte_fallback=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, add_dummy_prefix=prefix, split_digits=True,
        allow_whitespace_only_pieces=True, character_coverage=0.98, max_sentence_length=10000, minloglevel=2)
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    return proto


def shuffled(proto, levels):
    """The same pieces with other scores, many of them equal."""
    result = sentencepiece_model_pb2.ModelProto()
    result.CopyFrom(proto)
    for piece in result.pieces:
        if piece.type == 1:
            piece.score = -random.randrange(levels) / 4
    return result


def dense(proto):
    """All strings of up to four letters a and b and marks, scores at random: merges that overlap everywhere."""
    result = sentencepiece_model_pb2.ModelProto()
    result.CopyFrom(proto)
    del result.pieces[3 + 256:]
    words = [""]
    for _ in range(4):
        words = [word + letter for word in words for letter in "ab\u2581"]
        for word in words:
            result.pieces.add(piece=word, score=-random.randrange(40), type=1)
    return result


def case(name, proto, texts, prefix):
    processor = sentencepiece.SentencePieceProcessor(model_proto=proto.SerializeToString())
    tokens = [piece.piece for piece in proto.pieces]
    types = [piece.type for piece in proto.pieces]
    scores = [piece.score for piece in proto.pieces]
    extra = [(text, 4 if text.startswith("[") else 3) for text in SPECIALS] + [("[PAD1]", 5)]
    tokens += [text for text, _ in extra]
    types += [kind for _, kind in extra]
    scores += [0.0] * len(extra)
    special = {text: token for token, text in enumerate(tokens) if types[token] in (2, 3, 4)}

    def encode(text):
        ids, rest = [], ""
        while text:
            found = max((word for word in special if text.startswith(word)), key=len, default=None)
            if found is None:
                rest, text = rest + text[0], text[1:]
                continue
            ids += (processor.encode(rest) if rest else []) + [special[found]]
            rest, text = "", text[len(found):]
        return ids + (processor.encode(rest) if rest else [])

    # Bytes that are no text become replacement characters: one for each byte of the whole run in ours, as in the
    # tokenizers package, but one for each that does not fit in this one.
    ordinary = [token for token, kind in enumerate(types) if kind == 1]
    lists = [[random.choice(ordinary) for _ in range(random.randint(1, 8))] for _ in range(40)]
    lists += [processor.encode(text) for text in texts]
    return {"name": name, "tokens": tokens, "types": types, "scores": scores, "add_space_prefix": prefix,
            "encodings": [{"text": text, "ids": encode(text)} for text in texts],
            "decodings": [{"ids": ids, "text": processor.decode(ids)} for ids in lists if ids]}


def main(target):
    random.seed(20241121)
    texts = TEXTS + ["[INST] x [/INST]", "<|user|><|user|> a", "[PAD1]", "a<unk>b", "  [INST]"]
    texts += ["".join(random.choice(PIECES + SPECIALS + ["a", "aa", "b"]) for _ in range(random.randint(1, 12)))
              for _ in range(80)]
    runs = ["".join(random.choice("aab  ") for _ in range(random.randint(1, 24))) for _ in range(120)]
    with_prefix, without = train(True), train(False)
    cases = [case("trained", with_prefix, texts, True), case("no prefix", without, texts, False),
             case("equal scores", shuffled(with_prefix, 12), texts + runs, True),
             case("dense", dense(with_prefix), runs, True)]
    with open(target, "w", encoding="utf-8") as file:
        json.dump({"origin": f"sentencepiece {sentencepiece.__version__}, Tests/Tools/sentencepiece_vectors.py",
                   "cases": cases}, file, ensure_ascii=True, separators=(",", ":"))


if __name__ == "__main__":
    main(sys.argv[1])
