#!/usr/bin/env python3
"""Measures how the cost of a proof grows with tokens, width and layers, and draws Docs/scaling.svg.

usage: scaling.py measure LAYERFOLD OUT.json [--quick] [--repetitions N]
       scaling.py draw IN.json OUT.svg        (needs: pip install matplotlib)

`measure` runs `layerfold bench layer` over tokens and over widths and `layerfold bench proof` over layers, every time in
a process of its own, keeps the median of the repetitions, and writes one JSON file after every setting, so that a run
that was stopped goes on where it was; --quick takes tiny settings, to try the script. Nothing else should be running.
`draw` needs nothing but that file.
"""
import json
import os
import pathlib
import subprocess
import sys

TOKENS = {"hidden": 256, "intermediate": 704, "heads": 8, "kv_heads": 4, "tokens": [16, 32, 64, 128, 256, 512]}
WIDTHS = {"tokens": 32, "hidden": [64, 128, 256, 512, 1024, 2048]}
LAYERS = {"hidden": 64, "intermediate": 176, "heads": 4, "kv_heads": 2, "tokens": 32, "layers": [1, 2, 4, 8, 16, 32]}
QUICK_TOKENS = {"hidden": 16, "intermediate": 44, "heads": 2, "kv_heads": 1, "tokens": [4, 8]}
QUICK_WIDTHS = {"tokens": 4, "hidden": [16, 32]}
QUICK_LAYERS = {"hidden": 16, "intermediate": 44, "heads": 2, "kv_heads": 1, "tokens": 4, "layers": [1, 2]}


def options(settings):
    return [part for name, value in settings.items() for part in ("--" + name.replace("_", "-"), str(value))]


def layer_settings():
    """Settings of `bench layer`, by sweep."""
    quick = "--quick" in sys.argv
    tokens, widths = (QUICK_TOKENS, QUICK_WIDTHS) if quick else (TOKENS, WIDTHS)
    for count in tokens["tokens"]:
        yield "tokens", {**tokens, "tokens": count}
    for hidden in widths["hidden"]:
        # Feed-forward channels and heads in the proportions of published models.
        heads = max(2, hidden // 32)
        yield "width", {"hidden": hidden, "intermediate": hidden * 11 // 4, "heads": heads, "kv_heads": heads // 2,
                        "tokens": widths["tokens"]}


def proof_settings():
    """Settings of `bench proof`."""
    layers = QUICK_LAYERS if "--quick" in sys.argv else LAYERS
    for count in layers["layers"]:
        yield "layers", {**layers, "layers": count, "vocab": 512, "new_tokens": 2}


def run(program, command, settings, flags):
    """What a benchmark prints."""
    done = subprocess.run(
        [program, "bench", command, *options(settings), *flags, "--json"], capture_output=True, text=True, check=False)
    answer = json.loads(done.stdout)
    if done.returncode != 0:
        sys.exit(f"bench {command} {settings}: {answer['error']}")
    return answer


def median(runs, key):
    """The run whose value is the median."""
    return sorted(runs, key=key)[len(runs) // 2]


def measure(program, path):
    repetitions = int(sys.argv[sys.argv.index("--repetitions") + 1]) if "--repetitions" in sys.argv else 3
    results = json.loads(path.read_text()) if path.exists() else {"runs": []}
    known = [(entry["sweep"], entry["settings"]) for entry in results["runs"]]
    for command, settings_list in (("layer", layer_settings()), ("proof", proof_settings())):
        for sweep, settings in settings_list:
            if (sweep, settings) in known:
                continue
            # The first folded layer is checked, outside the time measured; so is every proof.
            runs = [run(program, command, settings, ["--unchecked"] if command == "layer" and index else [])
                    for index in range(repetitions)]
            if command == "layer":
                chosen = median(runs, lambda answer: answer["layer"]["seconds"])
                result = {**chosen["layer"], "peak_rss_bytes": chosen["peak_rss_bytes"]}
                seconds = [answer["layer"]["seconds"] for answer in runs]
            else:
                chosen = median(runs, lambda answer: answer["seconds"]["prove"])
                result = {name: chosen[name] for name in ("seconds", "rows", "chunks", "chunk_log", "proof_bytes",
                                                          "peak_rss_bytes")}
                seconds = [answer["seconds"]["prove"] for answer in runs]
            results["machine"] = chosen["machine"]
            results["runs"].append({"sweep": sweep, "settings": settings, "seconds_of_all": seconds, "result": result})
            path.write_text(json.dumps(results, indent=1) + "\n")
            print(sweep, settings, ", ".join(f"{value:.3f}" for value in seconds), "s", flush=True)


GROUPS = [  # what is drawn, and the phases of `bench layer` in it
    ("step argument", ["step argument"]),
    ("in-circuit verifiers, commitment to their trace", ["in-circuit"]),
    ("commitment to states and values", ["commitment to states"]),
    ("fold", ["fold,"]),
    ("integer model, arranging", ["integer model", "arranging"]),
]


def group_seconds(layer, prefixes):
    return sum(phase["seconds"] for phase in layer["step"]
               if any(phase["name"].startswith(prefix) for prefix in prefixes))


def draw(source, target):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "layerfold", "svg.fonttype": "none", "font.size": 9,
                                "axes.grid": True, "grid.alpha": 0.3, "axes.spines.top": False,
                                "axes.spines.right": False})
    import matplotlib.pyplot as plot

    data = json.loads(source.read_text())
    sweeps = {name: [entry for entry in data["runs"] if entry["sweep"] == name] for name in ("tokens", "width", "layers")}
    figure, axes = plot.subplots(2, 2, figsize=(11, 8))

    def layer_panel(panel, entries, horizontal, label, title):
        xs = [horizontal(entry) for entry in entries]
        panel.plot(xs, [entry["result"]["seconds"] for entry in entries], "k-o", label="one layer, all of it", markersize=4)
        for name, prefixes in GROUPS:
            panel.plot(xs, [group_seconds(entry["result"], prefixes) for entry in entries], "-o", label=name, markersize=3)
        panel.set(xscale="log", yscale="log", xlabel=label, ylabel="wall seconds", title=title)
        panel.legend(fontsize=7, framealpha=0.5)

    def ticks(panel, xs):
        panel.set_xticks(xs, [f"{x:,}" for x in xs])
        panel.minorticks_off()

    def shape(entry):
        settings = entry["settings"]
        return f"{settings['hidden']} channels, {settings['heads']} heads"

    entries = sweeps["tokens"]
    xs = [entry["settings"]["tokens"] for entry in entries]
    layer_panel(axes[0][0], entries, lambda entry: entry["settings"]["tokens"], "tokens",
                f"One layer against tokens ({shape(entries[0])})")
    ticks(axes[0][0], xs)

    panel = axes[0][1]
    values = [entry["result"]["entries"][3] for entry in entries]
    panel.plot(xs, values, "k-o", label="committed values of a layer", markersize=4)
    for power, style, name in ((1, ":", "linear"), (2, "--", "quadratic")):
        panel.plot(xs, [values[-1] * (x / xs[-1]) ** power for x in xs], style, color="grey", label=name)
    panel.set(xscale="log", yscale="log", xlabel="tokens", ylabel="entries", title="Committed values: attention is quadratic")
    ticks(panel, xs)
    panel.legend(fontsize=7, framealpha=0.5)

    entries = sweeps["width"]
    layer_panel(axes[1][0], entries, lambda entry: entry["result"]["weights"], "weights of the layer",
                f"One layer against width ({entries[0]['settings']['tokens']} tokens; "
                f"{entries[0]['settings']['hidden']} to {entries[-1]['settings']['hidden']} channels)")

    panel = axes[1][1]
    entries = sweeps["layers"]
    xs = [entry["settings"]["layers"] for entry in entries]
    for name in ("prove", "fold", "compress", "verify"):
        panel.plot(xs, [entry["result"]["seconds"][name] for entry in entries], "k-o" if name == "prove" else "-o", label={
            "prove": "prove, all of it", "fold": "of this: steps and their folds", "compress": "of this: compression",
            "verify": "verify"}[name], markersize=4)
    panel.set(xlabel="layers", ylabel="wall seconds", title=f"A whole proof against layers ({shape(entries[0])}, "
                                                           f"{entries[0]['settings']['tokens']} tokens)")
    panel.set_ylim(bottom=0)
    panel.legend(fontsize=7, framealpha=0.5)

    machine = data["machine"]
    figure.text(0.01, 0.005, f"{machine['processor']}, {machine['threads']} threads, {machine['kernels']} kernels; medians",
                fontsize=7)
    figure.tight_layout(rect=(0, 0.02, 1, 1))
    figure.savefig(target, metadata={"Date": None})


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in ("measure", "draw"):
        sys.exit(__doc__)
    if sys.argv[1] == "measure":
        measure(os.path.abspath(sys.argv[2]), pathlib.Path(sys.argv[3]))
    else:
        draw(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
