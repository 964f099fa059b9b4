#!/usr/bin/env python3
"""Measures LayerFold on the bundled tiny-llama and prints the table of Docs/Performance.md.

usage: measure.py LAYERFOLD MODEL REFERENCE [--batch]

LAYERFOLD is the program (.build/release/layerfold), MODEL the folder of tiny-llama, REFERENCE its reference.json with the
eight prompts. Every command runs in a process of its own; --batch also proves the eight prompts in one proof.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time


def run(*arguments):
    """The JSON object a command prints, and its wall seconds."""
    start = time.monotonic()
    done = subprocess.run([*map(str, arguments), "--json"], capture_output=True, text=True, check=False)
    seconds = time.monotonic() - start
    answer = json.loads(done.stdout)
    if done.returncode != 0:
        sys.exit(f"{arguments[1]}: {answer['error']}")
    return answer, seconds


def row(name, values, unit="s"):
    values = sorted(values)
    text = ", ".join(f"{v:.2f}" if unit == "s" else f"{v:,.0f}" for v in (values[0], statistics.median(values), values[-1]))
    print(f"| {name} | {text} {unit} |")


def main():
    program, model, reference = sys.argv[1:4]
    prompts = json.load(open(reference))["prompts"]
    with tempfile.TemporaryDirectory() as folder:
        keys, proof = os.path.join(folder, "keys"), os.path.join(folder, "proof")
        _, setup = run(program, "setup", "--model", model, "--max-tokens", 64, "--out", keys)
        identifier = open(os.path.join(keys, "model-id.txt")).read().strip()
        verifier = [program, "verify", "--verifier-key", os.path.join(keys, "verifier.key"), "--proof", proof]
        columns = {name: [] for name in ("prove", "inference", "fold", "compress", "verify", "bytes", "memory")}
        agreeing = 0
        for prompt in prompts:
            ids = ",".join(map(str, prompt["prompt_ids"]))
            made, seconds = run(
                program, "prove", "--keys", keys, "--prompt-ids", ids, "--max-new-tokens", 16, "--proof", proof)
            checked, verification = run(
                *verifier, "--model-id", identifier, "--prompt-ids", ids, "--max-new-tokens", 16)
            assert checked["valid"] and checked["output_ids"] == made["output_ids"]
            agreeing += made["output_ids"] == prompt["greedy_ids"]
            columns["prove"].append(seconds)
            columns["verify"].append(verification)
            columns["bytes"].append(made["proof_bytes"])
            columns["memory"].append(made["peak_rss_bytes"] / 1e6)
            for part in ("inference", "fold", "compress"):
                columns[part].append(made["seconds"][part])
        print("| what | minimum, median, maximum |\n|---|---|")
        row("prove, all of it", columns["prove"])
        row("of this: folding", columns["fold"])
        row("of this: compression", columns["compress"])
        row("of this: the integer model", columns["inference"])
        row("verify, all of it", columns["verify"])
        row("proof", columns["bytes"], "bytes")
        row("peak memory of prove", columns["memory"], "MB")
        print(f"| setup | {setup:.2f} s |")
        for name in ("verifier.key", "prover.key"):
            print(f"| {name} | {os.path.getsize(os.path.join(keys, name)) / 1e6:.1f} MB |")
        print(f"\nzero_knowledge: {made['zero_knowledge']}; outputs equal to the reference: {agreeing} of {len(prompts)}")
        if "--batch" in sys.argv:
            lines = os.path.join(folder, "batch.jsonl")
            with open(lines, "w") as file:
                for prompt in prompts:
                    file.write(json.dumps({"prompt_ids": prompt["prompt_ids"], "max_new_tokens": 16}) + "\n")
            made, seconds = run(program, "prove", "--keys", keys, "--batch", lines, "--proof", proof)
            expected = [o for p in prompts for o in ("--prompt-ids", ",".join(map(str, p["prompt_ids"])))]
            _, verification = run(*verifier, "--model-id", identifier, *expected)
            print(
                f"batch of {len(prompts)}: {made['steps']} steps, {seconds:.1f} s, {made['proof_bytes']} bytes,"
                f" verified in {verification:.2f} s, {made['peak_rss_bytes'] / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
