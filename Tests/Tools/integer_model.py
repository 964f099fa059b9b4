"""The integer model of Docs/IntegerModel.md, recomputed independently of the Swift code.

Usage: python3 integer_model.py VECTORS_FOLDER

Reads VECTORS_FOLDER/constants.json, a list of {name, folder, constants, tokens}, runs every one, and writes
VECTORS_FOLDER/integer_model.json. Makes the random models in VECTORS_FOLDER/odd-llama and odd-ternary if they are not
there.
"""
import hashlib
import json
import math
import os
import struct
import sys
from fractions import Fraction

import numpy as np

I64 = np.int64


# --- Reading -----------------------------------------------------------------------------------------------------

def read_safetensors(path):
    with open(path, "rb") as file:
        blob = file.read()
    length = struct.unpack("<Q", blob[:8])[0]
    header = json.loads(blob[8:8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        data = blob[8 + length + begin:8 + length + end]
        if entry["dtype"] == "F32":
            values = np.frombuffer(data, "<f4").astype(np.float64)
        elif entry["dtype"] == "F16":
            values = np.frombuffer(data, "<f2").astype(np.float64)
        elif entry["dtype"] == "BF16":
            bits = np.frombuffer(data, "<u2").astype(np.uint32) << np.uint32(16)
            values = bits.view(np.float32).astype(np.float64)
        elif entry["dtype"] == "U8":
            values = np.frombuffer(data, np.uint8)
        else:
            raise ValueError(entry["dtype"])
        tensors[name] = values.reshape(entry["shape"])
    return tensors


# --- Integers ----------------------------------------------------------------------------------------------------

def rescale(acc, shift):
    shifted = acc + I64(1 << (shift - 1))
    value = shifted >> I64(shift)
    return value, shifted - (value << I64(shift))


def check(values, bits, name):
    low, high = int(values.min()), int(values.max())
    if low < -(1 << (bits - 1)) or high >= 1 << (bits - 1):
        raise OverflowError(f"{name}: {low} .. {high} does not fit {bits} bits")
    return values


def round_away(x):
    """Nearest integer of a double, halves away from zero."""
    fraction = abs(Fraction(x)) + Fraction(1, 2)
    return int(math.copysign(1, x)) * (fraction.numerator // fraction.denominator)


def rounded(x, distance=1e-9):
    magnitude = abs(x)
    if abs(magnitude - math.floor(magnitude) - 0.5) < distance:
        raise ValueError("too close to a tie")
    return round_away(x)


def stretched(frequency, scaling):
    """The rule llama3 of section 5."""
    low, high = scaling["lowFrequencyFactor"], scaling["highFrequencyFactor"]
    wavelength = 2 * math.pi / frequency
    if wavelength < scaling["originalPositions"] / high:
        return frequency
    if wavelength > scaling["originalPositions"] / low:
        return frequency / scaling["factor"]
    smooth = (scaling["originalPositions"] / wavelength - low) / (high - low)
    return (1 - smooth) * frequency / scaling["factor"] + smooth * frequency


def quantise(weights, exponent):
    values = np.array([round_away(float(w)) for w in (weights * 2.0 ** exponent).ravel()], dtype=I64)
    assert np.abs(values).max() <= 32767
    return values.reshape(weights.shape)


# --- The model ---------------------------------------------------------------------------------------------------

class IntegerModel:
    def __init__(self, config, tensors, constants):
        self.k = constants
        self.d = config["hidden_size"]
        heads = config["num_attention_heads"]
        self.G = config["num_key_value_heads"]
        self.M = heads // self.G
        self.head_dim = config.get("head_dim") or self.d // heads
        self.P = self.head_dim // 2
        self.layers = config["num_hidden_layers"]
        self.T = constants["positions"]
        theta = config["rope_theta"]
        scaling = constants.get("rotaryScaling")
        fW = constants["weights"]
        product = self.d * config["rms_norm_eps"] * 2.0 ** (2 * constants["residualExponent"])
        assert constants["normEpsilon"] == max(1, round_away(product))

        self.weights = {"embedding": quantise(tensors["model.embed_tokens.weight"], fW["embedding"])}
        head = tensors["model.embed_tokens.weight"] if config["tie_word_embeddings"] else tensors["lm_head.weight"]
        self.weights["head"] = quantise(head * tensors["model.norm.weight"], fW["head"])
        for n in range(self.layers):
            prefix = f"model.layers.{n}."
            before = tensors[prefix + "input_layernorm.weight"]
            after = tensors[prefix + "post_attention_layernorm.weight"]
            if config.get("quantization_config"):
                self.ternary_layer(n, tensors, config["quantization_config"])
                continue
            for name, key, gain in [
                    ("query", "self_attn.q_proj", before), ("key", "self_attn.k_proj", before),
                    ("value", "self_attn.v_proj", before), ("output", "self_attn.o_proj", 1.0),
                    ("gate", "mlp.gate_proj", after), ("up", "mlp.up_proj", after), ("down", "mlp.down_proj", 1.0)]:
                self.weights[f"layer{n}.{name}"] = quantise(tensors[prefix + key + ".weight"] * gain, fW[name])
            for name, fB in constants.get("biases", {}).items():
                bias = tensors[prefix + f"self_attn.{name[0]}_proj.bias"]
                self.weights[f"layer{n}.{name}Bias"] = quantise(bias, fB)

        self.cosine = np.zeros((self.T, self.P), I64)
        self.sine = np.zeros((self.T, self.P), I64)
        for p in range(self.P):
            frequency = math.pow(theta, -2 * p / self.head_dim)
            if scaling:
                frequency = stretched(frequency, scaling)
            for t in range(self.T):
                angle = t * frequency
                distance = 1e-9 + 2 ** 14 * (16 if scaling else 4) * math.ulp(angle)
                self.cosine[t, p] = rounded(2 ** 14 * math.cos(angle), distance)
                self.sine[t, p] = rounded(2 ** 14 * math.sin(angle), distance)
        unit = 2.0 ** -constants["scoreExponent"] / math.sqrt(self.head_dim)
        self.exp_low = np.array([rounded(2 ** 10 * math.exp(-n * unit)) for n in range(2 ** 10)], I64)
        self.exp_high = np.array([rounded(2 ** 12 * math.exp(-n * 2 ** 10 * unit)) for n in range(2 ** 12)], I64)
        self.half = 2 ** (constants["siluBits"] - 1)
        scale = 2.0 ** -constants["gateExponent"]

        def silu(n):
            return rounded(0.0 if -n * scale > 700 else n / (1 + math.exp(-n * scale)))
        self.silu = np.array([silu(n) for n in range(-self.half, self.half)], I64)

    def ternary_layer(self, n, tensors, quantization):
        """Section 14: weights of one layer."""
        prefix, exponents = f"model.layers.{n}.", self.k["ternary"]
        multipliers = []
        for name, key in [("query", "self_attn.q_proj"), ("key", "self_attn.k_proj"), ("value", "self_attn.v_proj"),
                          ("output", "self_attn.o_proj"), ("gate", "mlp.gate_proj"), ("up", "mlp.up_proj"),
                          ("down", "mlp.down_proj")]:
            packed = tensors[prefix + key + ".weight"].astype(I64)
            parts = [packed >> I64(2 * place) & I64(3) for place in range(4)]
            assert max(part.max() for part in parts) < 3
            self.weights[f"layer{n}.{name}"] = np.concatenate(parts) - 1
            scale = float(tensors[prefix + key + ".weight_scale"][0])
            unit = scale if quantization.get("linear_class") == "autobitlinear" else 1 / scale
            multiplier = round_away(unit / 254 * 2.0 ** self.k["weights"][name])
            assert 1 <= multiplier <= 32767
            multipliers.append(multiplier)
        before = quantise(tensors[prefix + "input_layernorm.weight"], exponents["attentionGain"])
        after = quantise(tensors[prefix + "post_attention_layernorm.weight"], exponents["feedForwardGain"])
        self.weights[f"layer{n}.attentionGain"], self.weights[f"layer{n}.feedForwardGain"] = before, after
        self.weights[f"layer{n}.multipliers"] = np.array(multipliers, I64)

    def quantised(self, a, name, out):
        """Section 14: rows of a, in 8 bits; returns (2 m + 1) q."""
        maximum = np.abs(a).max(axis=1)
        if maximum.max() >= 1 << 15:
            raise OverflowError(name)
        divisor = (2 * maximum + 1)[:, None]
        # The nearest integer: floor(254 a / divisor + 1/2), and never half-way.
        q = (2 * 254 * a + divisor) // (2 * divisor)
        out[name + ".maximum"], out[name + ".quantized"], out[name + ".rounding"] = maximum, q, 254 * a - divisor * q
        assert np.abs(out[name + ".rounding"]).max(axis=1).__le__(maximum).all() and np.abs(q).max() <= 127
        return divisor * q

    def tables(self):
        return {"cosine": self.cosine, "sine": self.sine, "exponentialLow": self.exp_low,
                "exponentialHigh": self.exp_high, "silu": self.silu}

    def norm(self, x, name, out):
        fN = self.k["normalizedExponent"]
        target = self.d << (2 * (32 + fN))
        sums, roots, low, high = [], [], [], []
        for row in x.tolist():
            total = sum(v * v for v in row) + self.k["normEpsilon"]
            root = math.isqrt(target // total)
            sums.append(total)
            roots.append(root)
            low.append(target - root * root * total)
            high.append((root + 1) ** 2 * total - 1 - target)
        for slack in low + high:
            assert 0 <= slack < 1 << 96
        out[name + ".squareSum"], out[name + ".inverseRoot"] = sums, np.array(roots, I64)
        out[name + ".slackLow"], out[name + ".slackHigh"] = low, high
        value, remainder = rescale(x * np.array(roots, I64)[:, None], 32)
        out[name + ".normalized"], out[name + ".normalizedRemainder"] = check(value, 16, name), remainder
        return value

    def project(self, x, weights, shift, bits, name, out, residual=0, bias=0):
        value, remainder = rescale(x @ weights.T + bias, shift)
        out[name], out[name + "Remainder"] = check(value + residual, bits, name), remainder
        return out[name]

    def rotate(self, x, name, out):
        """x is [t, head, s, p]."""
        cosine, sine = self.cosine[:, None, :], self.sine[:, None, :]
        first, second = x[:, :, 0, :], x[:, :, 1, :]
        acc = np.stack([cosine * first - sine * second, cosine * second + sine * first], axis=2)
        value, remainder = rescale(acc, 14)
        out[name], out[name + "Remainder"] = check(value, 16, name), remainder
        return value

    def layer(self, n, x):
        k, T, G, M, P = self.k, self.T, self.G, self.M, self.P
        w = {name: self.weights[f"layer{n}.{name}"] for name in ("query", "key", "value", "output", "gate", "up", "down")}
        fW, fN, fX = k["weights"], k["normalizedExponent"], k["residualExponent"]
        out = {}
        normal = self.norm(x, "attentionNorm", out)
        ternary = k.get("ternary")
        factor = dict.fromkeys(w, 1)
        fA = fF = fN
        if ternary:
            fA, fF = ternary["attentionInput"], ternary["feedForwardInput"]
            factor = dict(zip(w, self.weights[f"layer{n}.multipliers"].tolist()))
            gained, remainder = rescale(normal * self.weights[f"layer{n}.attentionGain"],
                                        fN + ternary["attentionGain"] - fA)
            out["attentionGained"], out["attentionGainedRemainder"] = check(gained, 16, "attentionGained"), remainder
            normal = self.quantised(gained, "attentionInput", out)
        w = {name: matrix * I64(factor[name]) for name, matrix in w.items()}
        bias = dict.fromkeys(w, 0)
        for name, fB in k.get("biases", {}).items():
            shift = (k["valueExponent"] if name == "output" else fN) + fW[name] - fB
            assert 0 <= shift <= 40
            bias[name] = self.weights[f"layer{n}.{name}Bias"] << I64(shift)
        query, key, value = (
            self.project(normal, w[name], fA + fW[name] - k[name + "Exponent"], 16, name, out, bias=bias[name])
            for name in ("query", "key", "value"))
        rotated_query = self.rotate(query.reshape(T, G * M, 2, P), "rotatedQuery", out).reshape(T, G, M, 2 * P)
        rotated_key = self.rotate(key.reshape(T, G, 2, P), "rotatedKey", out).reshape(T, G, 2 * P)

        acc = np.einsum("igmc,jgc->gmij", rotated_query, rotated_key)
        score, out["scoreRemainder"] = rescale(acc, k["queryExponent"] + k["keyExponent"] - k["scoreExponent"])
        visible = np.tril(np.ones((T, T), bool))
        maximum = check(np.where(visible, score, np.iinfo(I64).min).max(axis=3), 24, "maximum")
        difference = maximum[..., None] - score
        low, high = difference & I64(1023), difference >> I64(10)
        if np.where(visible, high, 0).max() >= 1 << 12:
            raise OverflowError("difference")
        exp_low = np.where(visible, self.exp_low[low], 0)
        exp_high = np.where(visible, self.exp_high[np.where(visible, high, 0)], 0)
        exponential = exp_low * exp_high
        total = exponential.sum(axis=3)
        reciprocal = I64(1 << 46) // total
        slack_low = I64(1 << 46) - reciprocal * total
        out.update({
            "maximum": maximum, "differenceLow": low, "differenceHigh": high, "exponentialLow": exp_low,
            "exponentialHigh": exp_high, "exponential": exponential, "total": total, "reciprocal": reciprocal,
            "slackLow": slack_low, "slackHigh": total - 1 - slack_low})

        weighted = np.einsum("gmij,jgc->igmc", exponential, value.reshape(T, G, 2 * P))
        out["weightedSum"] = weighted
        attended, remainder = rescale(weighted * reciprocal.transpose(2, 0, 1)[..., None], 46)
        out["attended"], out["attendedRemainder"] = check(attended, 16, "attended"), remainder
        attended = attended.reshape(T, -1)
        if ternary:
            attended = self.quantised(attended, "outputInput", out)
        middle = self.project(attended, w["output"], k["valueExponent"] + fW["output"] - fX, 32,
                              "attentionOutput", out, x, bias["output"])

        normal = self.norm(middle, "feedForwardNorm", out)
        if ternary:
            gained, remainder = rescale(normal * self.weights[f"layer{n}.feedForwardGain"],
                                        fN + ternary["feedForwardGain"] - fF)
            out["feedForwardGained"] = check(gained, 16, "feedForwardGained")
            out["feedForwardGainedRemainder"] = remainder
            normal = self.quantised(gained, "feedForwardInput", out)
        gate = self.project(normal, w["gate"], fF + fW["gate"] - k["gateExponent"], k["siluBits"], "gate", out)
        up = self.project(normal, w["up"], fF + fW["up"] - k["upExponent"], 16, "up", out)
        activated = self.silu[gate + self.half]
        out["activated"] = activated
        hidden, remainder = rescale(activated * up, k["gateExponent"] + k["upExponent"] - k["hiddenExponent"])
        out["hidden"], out["hiddenRemainder"] = check(hidden, 16, "hidden"), remainder
        if ternary:
            hidden = self.quantised(hidden, "downInput", out)
        output = self.project(hidden, w["down"], k["hiddenExponent"] + fW["down"] - fX, 32, "output", out, middle)
        return output, out

    def run(self, tokens):
        padded = np.array(tokens + [0] * (self.T - len(tokens)))
        x = check(self.weights["embedding"][padded] << I64(self.k["residualExponent"] - self.k["weights"]["embedding"]),
                  32, "embedding")
        result = {"embedding": x}
        for n in range(self.layers):
            x, out = self.layer(n, x)
            result.update({f"layer{n}.{name}": tensor for name, tensor in out.items()})
        out = {}
        normal = self.norm(x, "headNorm", out)
        logits = normal @ self.weights["head"].T
        winner = logits.argmax(axis=1)
        largest = logits.max(axis=1)
        below = np.arange(logits.shape[1])[None, :] < winner[:, None]
        gaps = largest[:, None] - logits - below
        assert gaps.min() >= 0 and gaps.max() < 1 << 48
        out.update({"winner": winner, "largest": largest, "gaps": gaps})
        result.update({f"head.{name}": tensor for name, tensor in out.items()})
        return result


# --- Vectors -----------------------------------------------------------------------------------------------------

def summary(name, tensor):
    if isinstance(tensor, list):
        data, values = b"".join(v.to_bytes(16, "little", signed=True) for v in tensor), [str(v) for v in tensor]
    else:
        flat = np.ascontiguousarray(tensor, dtype="<i8").ravel()
        data, values = flat.tobytes(), [str(v) for v in flat[:8].tolist()]
    return {"name": name, "count": len(tensor) if isinstance(tensor, list) else int(tensor.size),
            "first": values[:8], "sha256": hashlib.sha256(data).hexdigest()}


def write_odd_model(folder, ternary=False, biased=""):
    """A random tied model: d 12, 6 query and 2 key/value heads of 4 channels, F32, F16 and BF16 weights mixed; or with
    ternary projections whose scales divide, or with biases of the projections named."""
    os.makedirs(folder)
    config = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 37, "hidden_size": 12,
        "intermediate_size": 20, "num_hidden_layers": 2, "num_attention_heads": 6, "num_key_value_heads": 2,
        "head_dim": 4, "hidden_act": "silu", "max_position_embeddings": 32, "rms_norm_eps": 1e-6,
        "rope_theta": 500000.0, "tie_word_embeddings": True, "bos_token_id": None, "eos_token_id": [3, 5]}
    if ternary:
        config["quantization_config"] = {"quant_method": "bitnet"}
    if biased == "qkv":
        config.update({"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2"})
    if biased == "qkvo":
        config["attention_bias"] = True
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump(config, file, indent=1)
    generator = np.random.default_rng(20240612 if ternary else 20240611 + 10 * len(biased))
    shapes = {"model.embed_tokens.weight": (37, 12), "model.norm.weight": (12,)}
    for n in range(2):
        prefix = f"model.layers.{n}."
        shapes.update({
            prefix + "input_layernorm.weight": (12,), prefix + "post_attention_layernorm.weight": (12,),
            prefix + "self_attn.q_proj.weight": (24, 12), prefix + "self_attn.k_proj.weight": (8, 12),
            prefix + "self_attn.v_proj.weight": (8, 12), prefix + "self_attn.o_proj.weight": (12, 24),
            prefix + "mlp.gate_proj.weight": (20, 12), prefix + "mlp.up_proj.weight": (20, 12),
            prefix + "mlp.down_proj.weight": (12, 20)})
        for name in biased:
            shapes[prefix + f"self_attn.{name}_proj.bias"] = (24 if name == "q" else 12 if name == "o" else 8,)
    header, data = {}, b""
    for index, (name, shape) in enumerate(shapes.items()):
        if ternary and name.endswith("_proj.weight"):
            trits = generator.integers(0, 3, size=(4, shape[0] // 4, shape[1])).astype(np.uint8)
            scale = np.array([generator.uniform(2, 6)], "<f4")
            for entry, dtype, values in [(name, "U8", trits[0] | trits[1] << 2 | trits[2] << 4 | trits[3] << 6),
                                         (name + "_scale", "F32", scale)]:
                blob = values.tobytes()
                header[entry] = {"dtype": dtype, "shape": list(values.shape),
                                 "data_offsets": [len(data), len(data) + len(blob)]}
                data += blob
            continue
        values = generator.normal(size=shape) * 0.3 + (1.0 if name.endswith("norm.weight") else 0.0)
        if name.endswith(".bias"):
            values *= 5
        dtype = ["F32", "F16", "BF16"][index % 3]
        if dtype == "BF16":
            blob = (values.astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()
        else:
            blob = values.astype("<f4" if dtype == "F32" else "<f2").tobytes()
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [len(data), len(data) + len(blob)]}
        data += blob
    text = json.dumps(header).encode()
    with open(os.path.join(folder, "model.safetensors"), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def main(folder):
    if not os.path.exists(os.path.join(folder, "odd-llama")):
        write_odd_model(os.path.join(folder, "odd-llama"))
    if not os.path.exists(os.path.join(folder, "odd-ternary")):
        write_odd_model(os.path.join(folder, "odd-ternary"), ternary=True)
    for name, biased in [("odd-qwen2", "qkv"), ("odd-biased", "qkvo")]:
        if not os.path.exists(os.path.join(folder, name)):
            write_odd_model(os.path.join(folder, name), biased=biased)
    with open(os.path.join(folder, "constants.json")) as file:
        cases = json.load(file)
    results = []
    for case in cases:
        with open(os.path.join(folder, case["folder"], "config.json")) as file:
            config = json.load(file)
        tensors = read_safetensors(os.path.join(folder, case["folder"], "model.safetensors"))
        model = IntegerModel(config, tensors, case["constants"])
        everything = [(f"tables.{name}", table) for name, table in model.tables().items()]
        everything += [(f"weights.{name}", matrix) for name, matrix in model.weights.items()]
        everything += list(model.run(case["tokens"]).items())
        results.append({"name": case["name"], "tensors": [summary(name, tensor) for name, tensor in everything]})
    with open(os.path.join(folder, "integer_model.json"), "w") as file:
        json.dump({"origin": "Tests/Tools/integer_model.py", "cases": results}, file, separators=(",", ":"))


if __name__ == "__main__":
    main(sys.argv[1])
