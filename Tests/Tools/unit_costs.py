"""Measures the unit costs of `layerfold plan` and prints them as Swift.

Usage: python3 unit_costs.py PROGRAM [FOLDER]   (needs: pip install numpy; Linux)
       python3 unit_costs.py FOLDER/measured.json   to fit again

Runs setup, prove and verify on random models of a few shapes, reads the processor time of every step (all threads) from
/proc while the program reports its progress, and fits the constants of Sources/LayerFold/Planning/UnitCosts.swift, none
negative, with equal weight for equal relative errors. Takes some minutes; run it on a machine that does nothing else.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy

# hidden, feed-forward, layers, vocabulary, tokens, log2 of the chunk (None: chosen)
SHAPES = [
    (64, 172, 2, 512, 64, None), (64, 172, 2, 512, 64, 15), (64, 172, 2, 512, 256, None), (256, 768, 2, 4096, 16, None),
    (512, 1536, 1, 8192, 16, None), (512, 1536, 1, 8192, 16, 18), (1024, 3072, 1, 16384, 8, None),
]
TICK = os.sysconf("SC_CLK_TCK")
LINE = re.compile(r"(prompt|step|compressing|done)(?: \d+/\d+  (\w+))?")
PROVE = ["proveRow", "proveChunk", "proveWeight", "proveValue", "foldNumber", "firstFoldNumber", "compressNumber",
         "openGenerator", "verifyRow", "verifyGenerator"]
SETUP = ["setUpWeight", "buildRow", "hashGenerator"]
MEMORY = ["stepWeight", "stepValue", "rowMemory", "generatorMemory", "floatWeight"]


def config(hidden, inner, layers, vocabulary):
    return {"model_type": "llama", "hidden_size": hidden, "intermediate_size": inner, "num_hidden_layers": layers,
            "num_attention_heads": hidden // 16, "num_key_value_heads": hidden // 32, "head_dim": 16,
            "vocab_size": vocabulary, "max_position_embeddings": 512, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
            "bos_token_id": 0, "eos_token_id": 1}


def processor_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def run(arguments):
    """Runs to the end: the JSON printed, processor seconds, and peak memory in bytes."""
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    assert status == 0, arguments
    return json.loads(output), usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def prove(arguments):
    """Processor seconds between the events of `prove`: [(event, kind of step, seconds)], and its peak memory."""
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    events, last = [], 0.0
    for line in process.stderr:
        event, kind = LINE.match(line).groups()
        now = processor_seconds(process.pid)
        events.append((event, kind, now - last))
        last = now
    peak = json.loads(process.stdout.read())["peak_rss_bytes"]
    assert process.wait() == 0, arguments
    return events, peak


def multiplications(program, name, vocabulary, tokens, products):
    """Processor seconds of one multiplication: of the integer model, generating and in one pass on average, and of the
    float model."""
    keys = ["--keys", name / "keys", "--json"]
    generate = [program, "generate", "--prompt-ids", "0"] + keys + ["--max-new-tokens"]
    (_, first, _), (output, all_tokens, _) = run(generate + ["1"]), run(generate + [str(tokens - 1)])
    generating = (all_tokens - first) / (products * max(1, len(output["output_ids"]) - 1))
    seconds = {}
    for count in [tokens, 20 * tokens]:
        text = name / "text.json"
        text.write_text(json.dumps([place * 7919 % vocabulary for place in range(count)]))
        for model in [[], ["--model", name / "model"]]:
            seconds[count, len(model)] = run([program, "evaluate", "--tokens", text] + keys + model)[1]
    work = 19 * tokens * products
    passing = (seconds[20 * tokens, 0] - seconds[tokens, 0]) / work
    both = (seconds[20 * tokens, 2] - seconds[tokens, 2]) / work
    return max(0.0, (generating + passing) / 2), max(0.0, both - passing)


def nonnegative_fit(rows, targets, tolerance):
    """Least squares with coefficients >= 0 by cyclic coordinate descent; errors are relative, but no target counts as
    smaller than `tolerance`."""
    targets = numpy.array(targets)
    scales = numpy.maximum(targets, tolerance)
    matrix = numpy.array(rows) / scales[:, None]
    scale = numpy.linalg.norm(matrix, axis=0)
    scale[scale == 0] = 1
    matrix /= scale
    gram, linear = matrix.T @ matrix, matrix.T @ (targets / scales)
    solution = numpy.zeros(matrix.shape[1])
    for _ in range(100_000):
        for index in range(len(solution)):
            rest = linear[index] - gram[index] @ solution + gram[index, index] * solution[index]
            solution[index] = max(0.0, rest / max(gram[index, index], 1e-300))
    errors = matrix @ solution - targets / scales
    return solution / scale, errors


def held(kind):
    """Bytes of a running instance: field elements, or, of a kind that is folded once, the integers of its step. Not fitted: in
    small models it cannot be told from a step's own numbers."""
    states_in, states_out, weights, values, trace = kind["entries"]
    integers = 8 * (states_in + states_out + values) + 2 * weights
    return 32 * trace + (integers if kind["steps"] == 1 else 32 * (states_in + states_out + weights + values))


def main(program, folder):
    proving, setting, remembering, products_seconds = [], [], [], (0.0, 0.0)
    for number, (hidden, inner, layers, vocabulary, tokens, chunk_log) in enumerate(SHAPES):
        name = pathlib.Path(folder) / str(number)
        name.mkdir(parents=True)
        shape = name / "config.json"
        shape.write_text(json.dumps(config(hidden, inner, layers, vocabulary)))
        options = ["--max-tokens", str(tokens)] + (["--chunk-log", str(chunk_log)] if chunk_log else [])
        plan, _, _ = run([program, "plan", "--config", shape, "--json"] + options)
        run([program, "synthesize", "--config", shape, "--seed", "1", "--out", name / "model", "--json"])
        _, seconds, peak = run([program, "setup", "--model", name / "model", "--out", name / "keys", "--json"] + options)
        kinds = {kind["name"]: kind for kind in plan["kinds"]}
        rows = sum(kind["rows"] for kind in plan["kinds"])
        weights = sum(kind["steps"] * kind["weights"] for kind in plan["kinds"])
        products = weights - kinds["embedding"]["weights"]
        generators, chunks, positions = 1 << plan["chunk_log"], sum(plan["chunks"]), plan["positions"]
        running = sum(sum(kind["entries"]) for kind in plan["kinds"])
        largest = max((kind["entries"] for kind in plan["kinds"]), key=sum)
        calibrated = products * 10 * min(positions, 64)
        setup_seconds = seconds
        remembering.append(([0, 0, rows, generators, weights], peak))

        events, peak = prove([program, "prove", "--keys", name / "keys", "--prompt-ids", "0", "--max-new-tokens",
                              str(tokens - 1), "--proof", name / "proof", "--json"])
        others = sum(largest) - largest[2]
        remembering.append(([largest[2], others, rows, generators, 0], peak - sum(held(kind) for kind in plan["kinds"])))
        # The largest model's multiplications take the longest: the last shape decides.
        products_seconds = multiplications(program, name, vocabulary, tokens, products)
        integer, floating = products_seconds
        setting.append(([weights, rows, generators], setup_seconds - calibrated * floating))
        # The numbers of the step before, and whether it is the first of its kind, whose accumulator is nearly all zeros.
        folded, before, seen = [0, 0], None, set()
        for event, kind, seconds in events:
            if event == "prompt":
                row = [0] * 8 + [rows, generators]
                seconds -= (tokens - 1) * products * integer
            elif event == "step":
                # A step's event comes when the step before it has been folded.
                step = kinds[kind if kind in kinds else "layer"]
                states_in, states_out, padded, values, trace = step["entries"]
                once = 0 if kind == "embedding" else positions * step["weights"]
                row = ([step["rows"], chunks if before else 0, padded, states_in + states_out + values] + folded
                       + [0] * 4)
                seconds -= once * integer
                before, numbers = step["name"], sum(step["entries"])
                folded = [numbers, 0] if before in seen else [0, numbers]
                seen.add(before)
            elif event == "done":
                row = [0] * 4 + folded + [running, generators, rows, generators]
            else:
                continue
            proving.append((row, seconds))
        _, seconds, peak = run([program, "verify", "--verifier-key", name / "keys/verifier.key", "--proof",
                                name / "proof", "--json"])
        proving.append(([0] * 8 + [rows, generators], seconds))
        remembering.append(([0, 0, rows, generators, 0], peak))
        print(f"// {SHAPES[number]}: setup {setting[-1][1]:.1f} s, prove {sum(s for _, _, s in events):.1f} s, "
              f"verify {seconds:.2f} s of processor time", flush=True)
        (pathlib.Path(folder) / "measured.json").write_text(json.dumps([setting, proving, remembering, products_seconds]))
    fit(setting, proving, remembering, products_seconds)


def fit(setting, proving, remembering, products_seconds):
    """Prints the constants."""
    for label, seconds in zip(["integerProduct", "floatProduct"], products_seconds):
        print(f"static let {label} = {seconds * 1e9:.4g}")
    for names, data, unit, tolerance in [(SETUP, setting, 1e9, 1), (PROVE, proving, 1e9, 0.3),
                                         (MEMORY, remembering, 1, 1 << 26)]:
        solution, errors = nonnegative_fit([row for row, _ in data], [target for _, target in data], tolerance)
        for label, value in zip(names, solution * unit):
            print(f"static let {label} = {value:.4g}")
        print(f"// relative errors: mean {numpy.abs(errors).mean():.2f}, largest {numpy.abs(errors).max():.2f}")


if __name__ == "__main__":
    if sys.argv[1].endswith(".json"):
        fit(*json.loads(pathlib.Path(sys.argv[1]).read_text()))
    elif len(sys.argv) > 2:
        main(sys.argv[1], sys.argv[2])
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(sys.argv[1], temporary)
