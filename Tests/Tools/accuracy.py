"""Measures the exact integer model against a float model in double precision: the tables of Docs/IntegerModel.md.

Usage: python3 accuracy.py FOLDER CASE [--windows N] [--key-biases X]      (needs: pip install numpy)

FOLDER has a checkpoint and val_tokens.json; CASE names constants of it in Tests/ModelTests/Vectors/constants.json. Both models
are computed here from the safetensors file, without the Swift program: the integers by integer_model.py, the float model
by this file, with every number in double precision or, in single precision, as other programs compute it.

With --key-biases the model gets random biases of query, key and value, those of the two key channels of every head that
rotate slowest being X and X / 2: trained Qwen2 models have such channels in the hundreds.
"""
import json
import math
import os
import sys

import numpy as np

from integer_model import IntegerModel, read_safetensors

PROJECTIONS = {"query": "self_attn.q_proj", "key": "self_attn.k_proj", "value": "self_attn.v_proj",
               "output": "self_attn.o_proj", "gate": "mlp.gate_proj", "up": "mlp.up_proj", "down": "mlp.down_proj"}


class FloatModel:
    """A LLaMA whose ternary projections, if it has any, read activations of 8 bits by the model's own rule: x becomes
    round(x s) / s with s = 127 / max |x| of its position, halves to even. `rule` may replace that rule."""

    def __init__(self, config, tensors, dtype=np.float64, rule=None):
        self.config, self.dtype = config, dtype
        self.heads, self.groups = config["num_attention_heads"], config["num_key_value_heads"]
        self.head_dim = config.get("head_dim") or config["hidden_size"] // self.heads
        ternary = config.get("quantization_config")
        self.rule = rule or (self.eight_bits if ternary else lambda x: x)

        def cast(x):
            return np.asarray(x, dtype=np.float64).astype(dtype)
        self.embedding = cast(tensors["model.embed_tokens.weight"])
        self.norm_gain = cast(tensors["model.norm.weight"])
        self.head = self.embedding if config["tie_word_embeddings"] else cast(tensors["lm_head.weight"])
        self.layers = []
        for n in range(config["num_hidden_layers"]):
            prefix = f"model.layers.{n}."
            layer = {"before": cast(tensors[prefix + "input_layernorm.weight"]),
                     "after": cast(tensors[prefix + "post_attention_layernorm.weight"])}
            for name, key in PROJECTIONS.items():
                weight = tensors[prefix + key + ".weight"]
                if ternary:
                    packed = weight.astype(np.int64)
                    scale = float(tensors[prefix + key + ".weight_scale"][0])
                    unit = scale if ternary.get("linear_class") == "autobitlinear" else 1 / scale
                    weight = (np.concatenate([packed >> 2 * place & 3 for place in range(4)]) - 1) * unit
                layer[name] = cast(weight)
                bias = tensors.get(prefix + key + ".bias")
                layer[name + "Bias"] = None if bias is None else cast(bias)
            self.layers.append(layer)

    @staticmethod
    def eight_bits(x):
        scale = x.dtype.type(127) / np.maximum(np.abs(x).max(axis=-1, keepdims=True), x.dtype.type(1e-5))
        return np.clip(np.round(x * scale), -128, 127) / scale

    def norm(self, x, gain):
        return x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + self.dtype(self.config["rms_norm_eps"])) * gain

    def project(self, x, layer, name):
        y = x @ layer[name].T
        return y if layer[name + "Bias"] is None else y + layer[name + "Bias"]

    def rotate(self, x):
        """x is [t, head, channel]; the halves of a head rotate against each other."""
        half = self.head_dim // 2
        frequencies = self.config["rope_theta"] ** (-2 * np.arange(half) / self.head_dim)
        angles = np.arange(x.shape[0])[:, None] * frequencies
        cosine, sine = np.cos(angles).astype(self.dtype)[:, None, :], np.sin(angles).astype(self.dtype)[:, None, :]
        first, second = x[..., :half], x[..., half:]
        return np.concatenate([cosine * first - sine * second, cosine * second + sine * first], axis=-1)

    def logits(self, tokens):
        assert not self.config.get("rope_scaling")
        count = len(tokens)
        hidden = np.tril(np.ones((count, count), bool))
        x = self.embedding[np.array(tokens)]
        for layer in self.layers:
            y = self.rule(self.norm(x, layer["before"]))
            query = self.rotate(self.project(y, layer, "query").reshape(count, self.heads, self.head_dim))
            key = self.rotate(self.project(y, layer, "key").reshape(count, self.groups, self.head_dim))
            value = self.project(y, layer, "value").reshape(count, self.groups, self.head_dim)
            key, value = (np.repeat(z, self.heads // self.groups, axis=1) for z in (key, value))
            scores = np.einsum("ihc,jhc->hij", query, key) / self.dtype(math.sqrt(self.head_dim))
            scores = np.where(hidden, scores, -np.inf)
            weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
            weights = weights / weights.sum(axis=-1, keepdims=True)
            attended = np.einsum("hij,jhc->ihc", weights, value).reshape(count, -1)
            x = x + self.project(self.rule(attended), layer, "output")
            y = self.rule(self.norm(x, layer["after"]))
            gate = self.project(y, layer, "gate")
            inner = gate / (1 + np.exp(-gate)) * self.project(y, layer, "up")
            x = x + self.project(self.rule(inner), layer, "down")
        return (self.norm(x, self.norm_gain) @ self.head.T).astype(np.float64)


def integer_logits(model, tokens):
    """The exact logits of the integer model, as real numbers."""
    result = model.run(tokens)
    below = np.arange(model.weights["head"].shape[0])[None, :] < result["head.winner"][:, None]
    logits = result["head.largest"][:, None] - result["head.gaps"] - below
    return logits[:len(tokens)] * 2.0 ** -(model.k["normalizedExponent"] + model.k["weights"]["head"])


def perplexity(windows, logits):
    losses, correct = [], []
    for tokens, rows in zip(windows, logits):
        rows, targets = rows[:-1], np.array(tokens[1:])
        largest = rows.max(axis=1)
        losses.append(largest + np.log(np.exp(rows - largest[:, None]).sum(axis=1)) - rows[np.arange(len(targets)), targets])
        correct.append(rows.argmax(axis=1) == targets)
    return math.exp(np.concatenate(losses).mean()), np.concatenate(correct).mean()


def compare(logits, reference):
    ours, theirs = np.concatenate(logits), np.concatenate(reference)
    same = (ours.argmax(axis=1) == theirs.argmax(axis=1)).mean()
    error = np.abs(ours - theirs)
    top = np.sort(theirs, axis=1)
    margin = (top[:, -1] - top[:, -2])[ours.argmax(axis=1) != theirs.argmax(axis=1)]
    return same, error.mean(), error.max(), margin.max() if margin.size else 0.0


def add_biases(config, tensors, constants, size):
    """Biases in every layer, and constants that hold them by the rules of sections 3 and 4."""
    generator = np.random.default_rng(5)
    groups, heads = config["num_key_value_heads"], config["num_attention_heads"]
    channels = config["hidden_size"] // heads
    for n in range(config["num_hidden_layers"]):
        prefix = f"model.layers.{n}.self_attn."
        key = generator.normal(size=(groups, channels)) / 2
        key[:, channels // 2 - 1] = size * generator.choice([-1, 1], groups)
        key[:, channels - 1] = size / 2 * generator.choice([-1, 1], groups)
        tensors[prefix + "q_proj.bias"] = generator.normal(size=heads * channels) / 2
        tensors[prefix + "k_proj.bias"] = key.ravel()
        tensors[prefix + "v_proj.bias"] = generator.normal(size=groups * channels) / 10
    # Rotation mixes the two channels; what the projection had before comes on top.
    before = 2.0 ** (14 - constants["keyExponent"])
    constants["keyExponent"] = 14 - math.ceil(math.log2(math.hypot(size, size / 2) + before))
    constants["biases"] = {
        name: min(20, math.floor(math.log2(32767 / max(np.abs(tensors[key]).max() for key in tensors if key.endswith(end)))))
        for name, end in [("query", "q_proj.bias"), ("key", "k_proj.bias"), ("value", "v_proj.bias")]}


def main(folder, case, windows=None, key_biases=None):
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "../ModelTests/Vectors/constants.json")) as file:
        constants = next(entry["constants"] for entry in json.load(file) if entry["name"] == case)
    with open(os.path.join(folder, "config.json")) as file:
        config = json.load(file)
    with open(os.path.join(folder, "val_tokens.json")) as file:
        text = json.load(file)
    tensors = read_safetensors(os.path.join(folder, "model.safetensors"))
    if key_biases is not None:
        add_biases(config, tensors, constants, key_biases)
        print(f"keyExponent {constants['keyExponent']}, biases {constants['biases']}")
    context = min(text.get("context", constants["positions"]), constants["positions"])
    tokens = text["tokens"]
    texts = [tokens[start:start + context] for start in range(0, len(tokens) - 1, context)][:windows]

    generator = np.random.default_rng(1)

    def noisy(x):
        """The 8-bit rule, of activations that were rounded to 16 bits as wide as the largest of all."""
        unit = 2.0 ** (math.ceil(math.log2(np.abs(x).max())) - 14)
        return FloatModel.eight_bits(x + generator.uniform(-unit / 2, unit / 2, x.shape))

    integers = IntegerModel(config, tensors, constants)
    runs = {"double": [FloatModel(config, tensors).logits(window) for window in texts],
            "integer": [integer_logits(integers, window) for window in texts],
            "single": [FloatModel(config, tensors, np.float32).logits(window) for window in texts]}
    if config.get("quantization_config"):
        runs["double, 16-bit noise before the 8-bit rule"] = [
            FloatModel(config, tensors, rule=noisy).logits(window) for window in texts]
        runs["double, no 8-bit rule"] = [FloatModel(config, tensors, rule=lambda x: x).logits(window) for window in texts]
    print(f"{len(texts)} windows, {sum(map(len, texts))} positions; the last four columns compare with double precision")
    print(f"{'':42} perplexity  next token  same greedy  mean error  largest  margin lost")
    for name, logits in runs.items():
        value, accuracy = perplexity(texts, logits)
        same, mean, largest, margin = compare(logits, runs["double"])
        print(f"{name:42} {value:10.4f} {100 * accuracy:9.2f} % {100 * same:10.2f} %  {mean:10.4f} {largest:8.3f} {margin:12.3f}")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    options = {name: float(arguments[arguments.index(name) + 1])
               for name in ("--windows", "--key-biases") if name in arguments}
    main(arguments[0], arguments[1], int(options.get("--windows", 1 << 30)), options.get("--key-biases"))
