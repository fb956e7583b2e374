"""Trains the golden runs in PyTorch and writes their losses for the tests to read.

Supernet tells a run's space and recipe, its first weights, and the images, labels and subnets of its 200 steps. Networks
(golden_networks.py), losses, gradients, optimisers and learning rates (golden_training.py) are PyTorch's. Each run is
trained twice, in single and in double precision: how far the two part is what rounding alone does, and is printed.

The losses go to Tests/SupernetsTests/Golden, where the tests compare those of every device with them. Make them anew
when a test says that a run starts from something else.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def largest_difference(one, other, steps):
    """Relative, of the losses of the first steps."""
    return max(abs(a - b) / b for left, right in zip(one[:steps], other[:steps]) for a, b in zip(left, right))


def reference(checksum, version, single, double):
    """The text of the file that the tests read: a line for each step."""

    def rows(losses):
        return ",\n".join("    " + json.dumps([float(f"{loss:.8g}") for loss in step]) for step in losses)

    return (
        f'{{\n  "start": "{checksum}",\n  "pytorch": "{version}",\n'
        f'  "single": [\n{rows(single)}\n  ],\n  "double": [\n{rows(double)}\n  ]\n}}\n')


def main():
    parser = argparse.ArgumentParser(
        prog="tools/golden", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="*", metavar="RUN", help="all unless given")
    parser.add_argument("--benchmark", metavar="FILE", required=True, help="the program, if it is built already")
    parser.add_argument("--output", metavar="FOLDER", type=pathlib.Path, default=ROOT / "Tests/SupernetsTests/Golden")
    options = parser.parse_args()

    import torch

    from golden_training import Start, train

    with tempfile.TemporaryDirectory() as folder:
        try:
            outcome = subprocess.run([options.benchmark, "golden", folder], stderr=subprocess.PIPE, text=True)
        except OSError as error:
            sys.exit(f"tools/golden: {options.benchmark}: {error.strerror}; give the built program with --benchmark")
        if outcome.returncode:
            sys.exit(f"tools/golden: {outcome.stderr.strip()}")
        starts = {path.stem: Start(path) for path in sorted(pathlib.Path(folder).iterdir())}
    for unknown in set(options.runs) - set(starts):
        sys.exit(f"tools/golden: no run {unknown}: there are {', '.join(starts)}")
    options.output.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    print("| run | loss, first 20 and last 20 | single from double precision, steps 1-20 | 1-200 | seconds |")
    print("|---|---|---|---|---|")
    for run in options.runs or starts:
        begin, start = time.monotonic(), starts[run]
        single, double = (train(start, dtype) for dtype in (torch.float32, torch.float64))
        (options.output / f"{run}.json").write_text(reference(start.checksum, torch.__version__, single, double))
        first, last = (sum(step[0] for step in steps) / 20 for steps in (double[:20], double[-20:]))
        print(
            f"| {run} | {first:.2f}, {last:.2f} | {largest_difference(single, double, 20):.1e} "
            f"| {largest_difference(single, double, 200):.1e} | {time.monotonic() - begin:.0f} |", flush=True)


main()
