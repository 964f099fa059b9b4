"""Writes tiny.gguf and gguf.json: a random model in llama.cpp's format, and what reading it must give.

Usage: python3 gguf_vectors.py TOKENIZER_JSON FOLDER   (needs: pip install gguf)

The file and the quantised blocks are written by the `gguf` package of llama.cpp; query and key rows are permuted as
its conversion from the transformers library does. gguf.json holds, for every tensor under its name in the transformers
library, the SHA-256 of its values as little-endian binary32, in that library's order of rows, and single blocks.
"""
import hashlib
import json
import os
import sys

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import GGUFWriter, TokenType
from gguf.quants import dequantize, quantize

HIDDEN, INNER, LAYERS, HEADS, GROUPS, HEAD_DIM = 32, 64, 1, 4, 2, 8
TERNARY = {Type.TQ1_0, Type.TQ2_0}


def permute(weights, heads):
    """LlamaModel.permute of convert_hf_to_gguf.py."""
    return (weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:])
            .swapaxes(1, 2).reshape(weights.shape))


def stored(values, kind):
    """The bytes of a tensor and the values they stand for."""
    if kind == Type.F32:
        return values, values
    data = quantize(values, kind)
    return data, dequantize(data, kind).astype(np.float32)


def main(tokenizer, folder):
    random = np.random.default_rng(20240611)
    source = json.load(open(tokenizer, encoding="utf-8"))
    vocab = source["model"]["vocab"]
    tokens = [""] * len(vocab)
    for text, token in vocab.items():
        tokens[token] = text
    added = {token["id"]: token["content"] for token in source["added_tokens"]}
    types = [int(TokenType.CONTROL if i in added else TokenType.NORMAL) for i in range(len(tokens))]
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in source["model"]["merges"]]

    writer = GGUFWriter(os.path.join(folder, "tiny.gguf"), "llama")
    writer.add_name("tiny")
    writer.add_context_length(128)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(GROUPS)
    writer.add_rope_dimension_count(HEAD_DIM)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(500000.0)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_add_bos_token(False)

    prefix = "model.layers.0."
    plan = [
        ("token_embd.weight", "model.embed_tokens.weight", (len(tokens), HIDDEN), Type.Q8_0),
        ("blk.0.attn_norm.weight", prefix + "input_layernorm.weight", (HIDDEN,), Type.F32),
        ("blk.0.attn_q.weight", prefix + "self_attn.q_proj.weight", (HEADS * HEAD_DIM, HIDDEN), Type.Q8_0),
        ("blk.0.attn_k.weight", prefix + "self_attn.k_proj.weight", (GROUPS * HEAD_DIM, HIDDEN), Type.F16),
        ("blk.0.attn_v.weight", prefix + "self_attn.v_proj.weight", (GROUPS * HEAD_DIM, HIDDEN), Type.BF16),
        ("blk.0.attn_output.weight", prefix + "self_attn.o_proj.weight", (HIDDEN, HEADS * HEAD_DIM), Type.F16),
        ("blk.0.ffn_norm.weight", prefix + "post_attention_layernorm.weight", (HIDDEN,), Type.F32),
        ("blk.0.ffn_gate.weight", prefix + "mlp.gate_proj.weight", (INNER, HIDDEN), Type.F32),
        ("blk.0.ffn_up.weight", prefix + "mlp.up_proj.weight", (INNER, HIDDEN), Type.Q8_0),
        ("blk.0.ffn_down.weight", prefix + "mlp.down_proj.weight", (HIDDEN, INNER), Type.BF16),
        ("output_norm.weight", "model.norm.weight", (HIDDEN,), Type.F32),
        ("output.weight", "lm_head.weight", (len(tokens), HIDDEN), Type.Q8_0),
    ]
    known = []
    for name, original, shape, kind in plan:
        mean, deviation = (1.0, 0.1) if len(shape) == 1 else (0.0, shape[-1] ** -0.5)
        values = random.normal(mean, deviation, size=shape).astype(np.float32)
        _, exact = stored(values, kind)
        heads = HEADS if ".attn_q." in name else GROUPS if ".attn_k." in name else 0
        data, _ = stored(permute(values, heads) if heads else values, kind)
        writer.add_tensor(name, np.ascontiguousarray(data), raw_dtype=kind)
        known.append({"name": original, "shape": list(shape),
                      "sha256": hashlib.sha256(exact.astype("<f4").tobytes()).hexdigest()})
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    blocks = []
    for kind in [Type.F32, Type.F16, Type.BF16, Type.Q8_0, Type.TQ1_0, Type.TQ2_0]:
        count = 256 if kind in TERNARY else 32
        if kind in TERNARY:
            values = (random.integers(-1, 2, size=count) * 0.375).astype(np.float32)
        else:
            values = random.normal(size=count).astype(np.float32)
        data, exact = stored(values.reshape(1, count), kind)
        blocks.append({"type": kind.name, "number": int(kind), "bytes": np.ascontiguousarray(data).tobytes().hex(),
                       "values": [float(v) for v in exact.ravel()]})
    with open(os.path.join(folder, "gguf.json"), "w") as file:
        json.dump({"origin": "Tests/Tools/gguf_vectors.py", "tensors": known, "blocks": blocks}, file, indent=None)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
