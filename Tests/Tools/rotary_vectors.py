"""Writes rotary_frequencies.json: the frequencies of rotary embedding, plain and stretched by the rule `llama3`.

Usage: python3 rotary_vectors.py OUTPUT

The rule is written out from `_compute_llama3_parameters` of the transformers library, in 50 decimal digits.
"""
import json
import sys
from decimal import Decimal, getcontext

getcontext().prec = 50
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494")

MODELS = [
    ("LLaMA 2 7B", 10000, 128, None),
    ("LLaMA 3 8B", 500000, 128, None),
    ("LLaMA 3.1 8B", 500000, 128, (8, 1, 4, 8192)),
    ("LLaMA 3.2 1B", 500000, 64, (32, 1, 4, 8192)),
    ("Mistral 7B v0.3", 1000000, 128, None),
    ("all three branches in a short head", 100, 12, ("3.5", "0.75", "2.5", 40)),
]


def frequencies(theta, head_dim, scaling):
    plain = [1 / Decimal(theta) ** (Decimal(2 * p) / Decimal(head_dim)) for p in range(head_dim // 2)]
    if scaling is None:
        return plain
    factor, low_freq_factor, high_freq_factor = (Decimal(x) for x in scaling[:3])
    old_context_len = Decimal(scaling[3])
    low_freq_wavelen = old_context_len / low_freq_factor
    high_freq_wavelen = old_context_len / high_freq_factor
    result = []
    for freq in plain:
        wavelen = 2 * PI / freq
        if wavelen < high_freq_wavelen:
            result.append(freq)
        elif wavelen > low_freq_wavelen:
            result.append(freq / factor)
        else:
            smooth = (old_context_len / wavelen - low_freq_factor) / (high_freq_factor - low_freq_factor)
            result.append((1 - smooth) * freq / factor + smooth * freq)
    return result


def main(path):
    cases = []
    for name, theta, head_dim, scaling in MODELS:
        case = {"name": name, "theta": float(theta), "headDimension": head_dim,
                "frequencies": [float(f) for f in frequencies(theta, head_dim, scaling)]}
        if scaling:
            case["scaling"] = dict(zip(
                ["factor", "lowFrequencyFactor", "highFrequencyFactor"], (float(x) for x in scaling[:3])))
            case["scaling"]["originalPositions"] = scaling[3]
        cases.append(case)
    with open(path, "w") as file:
        json.dump({"origin": "Tests/Tools/rotary_vectors.py", "cases": cases}, file, indent=1)


if __name__ == "__main__":
    main(sys.argv[1])
