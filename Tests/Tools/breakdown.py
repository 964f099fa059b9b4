#!/usr/bin/env python3
"""Where the processor time of a command goes: a breakdown by phase and by function, and a flame graph.

usage: breakdown.py record OUT.perf COMMAND ARGUMENT...      (needs: Linux with perf, Swift's `swift demangle`)
       breakdown.py text IN.perf [--depth N] [--least PERCENT]
       breakdown.py draw IN.perf OUT.svg [--title TEXT] [--least PERCENT]

`record` runs a command under `perf record`. Functions are found by frame pointers, and their names demangled. A sample
taken on a helper thread of concurrent work belongs below the functions that started the work: it is put below the stack
that the thread with the phases had last, up to where concurrent work begins. Percentages are of processor time.
"""
import collections
import html
import pathlib
import re
import subprocess
import sys

# What a phase is called, by a function that is found in its stacks; the innermost one decides.
PHASES = [
    (r"StepArgumentProver\.prove|ProverState\.", "step argument"),
    (r"StepProver\.foldPrevious", "in-circuit verifier of the fold"),
    (r"StepProver\.commit|EarlySums\.", "commitment to states and values"),
    (r"AugmentedCircuit\.proveStep", "in-circuit verifier of the argument"),
    (r"StepProver\.finish", "commitment to the trace"),
    (r"CycleFoldKey\.fold", "CycleFold"),
    (r"CycleFoldKey\.randomRunning|RandomRunning\.|forgetStart|ScaledIntegers\.vector", "random accumulators"),
    (r"FoldProver\.fold|OpeningUpdate\.", "fold"),
    (r"InnerProductArgument\.prove", "final opening"),
    (r"^InnerProductArgument\.verify|Decider\.verify|^Verifier\.verify|^RecursionVerifier\.verify", "verification"),
    (r"Decider\.prove|BatchArgument", "compression apart from the opening"),
    (r"QuantizedModel\.|Calibration\.", "integer model, quantisation"),
    (r"WeightCommitments\.init|LayerBenchmark\.commit", "commitment to weights"),
    (r"Generators\.init|hashToCurve", "generators"),
    (r"FittedCircuits\.init|RecursionKey\.init|StepCircuit\.all", "circuits"),
    (r"VerifierKey\.init|ProverKey\.init", "reading keys"),
]
PHASES = [(re.compile(pattern), name) for pattern, name in PHASES]
CONCURRENT = re.compile(r"concurrentPerform|^Parallel\.|^concurrentMap|dispatch_apply")
PLUMBING = re.compile(
    r"^(_?dispatch|Parallel\.|start_thread|clone|__libc_start|_start$|main$|thunk for|_pthread|swift_task|Thread|partial apply for"
    r"|specialized thunk|__clone)|concurrentPerform|DispatchQueue|^Array\.(with|init\(_unsafe)|^Unsafe.*BufferPointer"
    r"|withUnsafe|^\[unknown\]$|static ParsableCommand|AsyncParsableCommand|async_Main|completeTask|^Task\.|swift_job")


def demangled(symbols):
    """Readable names of functions, by symbol: Type.method, without modules, labels' types, closures and generics."""
    ordered = sorted(symbols)
    text = subprocess.run(["swift", "demangle", "--simplified", "--compact"], input="\n".join(ordered),
                          capture_output=True, text=True, check=True).stdout.splitlines()
    return {symbol: short(name) for symbol, name in zip(ordered, text, strict=True)}


def short(name):
    name = re.sub(r"^(merged |outlined |generic specialization .*? of |\(\d+\) await resume partial function for "
                  r"|\(\d+\) suspend resume partial function for |function signature specialization .*? of )+", "", name)
    name = re.sub(r"^(specialized |partial apply for |reabstraction |static )+", "", name)
    while True:
        # A closure is its function; what an accessor or a default argument belongs to likewise.
        stripped = re.sub(r"^(implicit |specialized |static |merged )*(closure #\d+ .*?in |defer #\d+ .*?in |specialized |static )", "", name)
        if stripped == name:
            break
        name = stripped
    # Generic arguments may nest.
    while re.search(r"<[^<>]*>", name):
        name = re.sub(r"<[^<>]*>", "", name)
    name = re.sub(r"\).*$", ")", name)
    return name.strip() or "[unknown]"


def samples(path):
    """(thread, nanoseconds of processor time, functions outermost first) of every sample, in order of time."""
    script = subprocess.run(
        ["perf", "script", "-i", path, "-F", "tid,time,period,ip,sym", "--no-demangle"],
        capture_output=True, text=True, check=True).stdout
    found, symbols = [], set()
    for block in script.split("\n\n"):
        lines = [line for line in block.splitlines() if line.strip()]
        if not lines:
            continue
        head = re.match(r"\s*(\d+)\s+([\d.]+):\s+(\d+)", lines[0])
        if not head:
            continue
        stack = []
        for line in lines[1:]:
            symbol = line.split(None, 1)[1].strip() if len(line.split(None, 1)) > 1 else "[unknown]"
            stack.append(re.sub(r"\+0x[0-9a-f]+$", "", symbol))
        symbols.update(stack)
        found.append((int(head[1]), float(head[2]), int(head[3]), stack[::-1]))
    names = demangled(symbols)
    found.sort(key=lambda sample: sample[1])
    return [(tid, period, [names[symbol] for symbol in stack]) for tid, _, period, stack in found]


def phase_of(stack):
    for function in reversed(stack):
        for pattern, name in PHASES:
            if pattern.search(function):
                return name
    return None


def grafted(path):
    """(nanoseconds, phase, functions) with helpers' stacks below those that started the work."""
    threads = collections.Counter()
    everything = samples(path)
    for tid, period, stack in everything:
        if phase_of(stack):
            threads[tid] += period
    leader = max(threads, key=threads.get) if threads else None
    last = []
    result = []
    for tid, period, stack in everything:
        if tid == leader:
            last = stack
        elif last and (phase_of(stack) is None or any("dispatch" in function for function in stack[:8])):
            places = [place for place, function in enumerate(last) if CONCURRENT.search(function)]
            stack = last[:places[0]] + stack if places else last[:0] + stack
            if not places and phase_of(last) and phase_of(stack) is None:
                stack = last + stack
        phase = phase_of(stack) or "everything else"
        functions = [function for function in stack if not PLUMBING.search(function)]
        # What calls itself, and closures of one function, are one frame.
        merged = [function for place, function in enumerate(functions) if place == 0 or functions[place - 1] != function]
        result.append((period, phase, below_phase(merged, phase)))
    return result


def below_phase(functions, phase):
    """The functions from the phase's own on."""
    for place in range(len(functions) - 1, -1, -1):
        if any(name == phase and pattern.search(functions[place]) for pattern, name in PHASES):
            while place > 0 and any(
                    name == phase and pattern.search(functions[place - 1]) for pattern, name in PHASES):
                place -= 1
            return functions[place:]
    return functions


def tree(path):
    """Nested counters: node = [nanoseconds, {name: node}]."""
    root = [0, {}]
    for period, phase, functions in grafted(path):
        root[0] += period
        node = root
        for name in [phase] + functions:
            node = node[1].setdefault(name, [0, {}])
            node[0] += period
    return root


def option(name, default):
    return type(default)(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


def text(path):
    root, depth, least = tree(path), option("--depth", 4), option("--least", 1.0)
    print(f"{root[0] / 1e9:.2f} s of processor time")

    def show(node, level):
        if level >= depth:
            return
        for name, child in sorted(node[1].items(), key=lambda item: -item[1][0]):
            share = 100 * child[0] / root[0]
            if share >= least:
                print(f"{share:6.1f} %  {'  ' * level}{name}")
                show(child, level + 1)

    show(root, 0)


def draw(path, target):
    root, least, width, row = tree(path), option("--least", 0.2), 1200, 17
    shapes, deepest = [], 0

    def colour(name):
        value = sum(ord(letter) * (place + 1) for place, letter in enumerate(name))
        return f"hsl({20 + value % 35}, {70 + value % 20}%, {62 + value // 7 % 14}%)"

    def place(node, name, left, level):
        nonlocal deepest
        share = node[0] / root[0]
        if 100 * share < least:
            return
        deepest = max(deepest, level)
        shapes.append((left, level, share, name))
        for child_name, child in sorted(node[1].items(), key=lambda item: -item[1][0]):
            place(child, child_name, left, level + 1)
            left += child[0] / root[0]

    place(root, f"{root[0] / 1e9:.2f} s of processor time", 0, 0)
    height = (deepest + 1) * row + 30
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
             f'font-size="11">', f'<text x="4" y="16" font-size="13">{html.escape(option("--title", "Processor time"))}</text>']
    for left, level, share, name in shapes:
        x, y, w = left * width, 26 + level * row, share * width
        label = f"{name} ({100 * share:.1f} %)"
        lines.append(f'<g><title>{html.escape(label)}</title><rect x="{x:.1f}" y="{y}" width="{max(w - 0.5, 0.2):.1f}" '
                     f'height="{row - 1}" fill="{colour(name)}"/>')
        letters = int(w / 6.1)
        if letters >= 4:
            shown = label if len(label) <= letters else name if len(name) <= letters else name[:letters - 1] + "…"
            lines.append(f'<text x="{x + 3:.1f}" y="{y + 12}">{html.escape(shown)}</text>')
        lines.append("</g>")
    pathlib.Path(target).write_text("\n".join(lines + ["</svg>"]) + "\n")


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("record", "text", "draw"):
        sys.exit(__doc__)
    if sys.argv[1] == "record":
        sys.exit(subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "999", "--call-graph", "fp", "-o",
                                 sys.argv[2], "--", *sys.argv[3:]], check=False).returncode)
    elif sys.argv[1] == "text":
        text(sys.argv[2])
    else:
        draw(sys.argv[2], sys.argv[3])
