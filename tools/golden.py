"""Trains the golden runs in PyTorch and writes their losses for the tests to read.

Supernet tells a run's space and recipe, its first weights, and the images, labels and subnets of its 200 steps. Networks
(golden_networks.py), losses, gradients, optimisers and learning rates are PyTorch's. Each run is trained twice, in single
and in double precision: how far these two part is what rounding alone does to a loss, and is printed.

The losses go to Tests/SupernetsTests/Golden, where the tests compare those of every device with them. Make them anew when
a test says that a run starts from something else.
"""

import argparse
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RUNS = ["tiny", "tiny-chain", "tiny-darts", "tiny-nasbench201"]


class Start:
    """What `benchmark golden` wrote."""

    def __init__(self, path):
        import numpy as np

        types = {"F32": np.float32, "I32": np.int32}
        data = pathlib.Path(path).read_bytes()
        begin = 8 + struct.unpack("<Q", data[:8])[0]
        header = json.loads(data[8:begin])
        self.metadata = header.pop("__metadata__")
        self.tensors = {}
        for name, entry in header.items():
            first, end = (begin + offset for offset in entry["data_offsets"])
            self.tensors[name] = np.frombuffer(data[first:end], types[entry["dtype"]]).reshape(entry["shape"])
        self.space, self.recipe = json.loads(self.metadata["space"]), json.loads(self.metadata["recipe"])
        # Each step's subnets: the chosen option of each dimension by name.
        self.subnets = [
            [dict(word.split("=") for word in subnet.split()) for subnet in step]
            for step in json.loads(self.metadata["subnets"])]

    def parameters(self, dtype):
        """By name, in PyTorch's layouts: convolutions [out,in,y,x], linear layers [out,in]."""
        import torch

        layouts = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}
        return {
            name.removeprefix("parameters."): torch.tensor(values.transpose(layouts[values.ndim]).copy(), dtype=dtype, requires_grad=True)
            for name, values in self.tensors.items() if name.startswith("parameters.")}


def optimizer(recipe, parameters):
    """Weight decay is for the weights of convolutions and linear layers."""
    import torch

    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": recipe["weightDecay"]},
        {"params": [p for p in parameters if p.ndim == 1], "weight_decay": 0.0}]
    match recipe["optimizer"]:
        case "sgd":
            return torch.optim.SGD(groups, lr=1.0, momentum=recipe["momentum"], nesterov=recipe["nesterov"])
        case "rmsprop":
            return torch.optim.RMSprop(groups, lr=1.0, alpha=0.9, eps=1e-3, momentum=recipe["momentum"])
        case "adam":
            return torch.optim.Adam(groups, lr=1.0, betas=(0.9, 0.999), eps=1e-8)


def rate(recipe, step, steps):
    """Linear warm-up, exponential decay, and a tenth at the final rate."""
    decay = recipe["finalRateFraction"] ** min(1, step / (0.9 * steps))
    return recipe["learningRate"] * min(1, (step + 1) / recipe["warmupSteps"]) * decay


def train(start, dtype):
    """The mean loss of each subnet of each step."""
    import torch
    import torch.nn.functional as F

    from golden_networks import KINDS, Weights

    recipe, network = start.recipe, KINDS[start.space["kind"]]
    parameters = start.parameters(dtype)
    weights, update = Weights(parameters), optimizer(recipe, parameters.values())
    # What no subnet of a step takes has a gradient of zero, not none: its moments go on, and it decays.
    for parameter in parameters.values():
        parameter.grad = torch.zeros_like(parameter)
    losses = []
    for step, subnets in enumerate(start.subnets):
        images = torch.tensor(start.tensors["images"][step], dtype=dtype).permute(0, 3, 1, 2)
        labels = torch.tensor(start.tensors["labels"][step], dtype=torch.long)
        update.zero_grad(set_to_none=False)
        taught, told = None, []
        for choice in subnets:
            logits = network(start.space, choice, images, weights)
            if taught is None:
                loss = F.cross_entropy(logits, labels, label_smoothing=recipe["labelSmoothing"])
            else:
                loss = -(taught * F.log_softmax(logits, 1)).sum(1).mean()
            if recipe["sampling"] == "sandwich" and taught is None:
                taught = F.softmax(logits.detach(), 1)
            loss.backward()
            told.append(loss.item())
        for group in update.param_groups:
            group["lr"] = rate(recipe, step, len(start.subnets))
        update.step()
        losses.append(told)
    return losses


def largest_difference(one, other, steps):
    """Relative, of the losses of the first steps."""
    return max(abs(a - b) / abs(b) for left, right in zip(one[:steps], other[:steps]) for a, b in zip(left, right))


def rows(losses):
    return ",\n".join("    " + json.dumps([float(f"{loss:.8g}") for loss in step]) for step in losses)


def main():
    parser = argparse.ArgumentParser(prog="tools/golden", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="*", metavar="RUN", help=f"{', '.join(RUNS)}; all unless given")
    parser.add_argument("--benchmark", type=pathlib.Path, metavar="FILE", help="the benchmark program, if it is built already")
    parser.add_argument("--output", type=pathlib.Path, metavar="FOLDER", default=ROOT / "Tests/SupernetsTests/Golden")
    options = parser.parse_args()

    import torch

    torch.set_num_threads(1)
    print("| run | loss, first and last | single against double precision, steps 1-20 | 1-200 | seconds |\n|---|---|---|---|---|")
    for run in options.runs or RUNS:
        begin = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "start.safetensors"
            outcome = subprocess.run([options.benchmark, "golden", run, "--output", path], stderr=subprocess.PIPE, text=True)
            if outcome.returncode:
                sys.exit(f"tools/golden: {outcome.stderr.strip()}")
            start = Start(path)
        single, double = (train(start, dtype) for dtype in (torch.float32, torch.float64))
        options.output.mkdir(parents=True, exist_ok=True)
        (options.output / f"{run}.json").write_text(
            f'{{\n  "start": "{start.metadata["checksum"]}",\n  "pytorch": "{torch.__version__}",\n'
            f'  "single": [\n{rows(single)}\n  ],\n  "double": [\n{rows(double)}\n  ]\n}}\n')
        first, last = (sum(step[0] for step in steps) / 20 for steps in (double[:20], double[-20:]))
        print(
            f"| {run} | {first:.2f}, {last:.2f} | {largest_difference(single, double, 20):.1e} "
            f"| {largest_difference(single, double, 200):.1e} | {time.monotonic() - begin:.0f} |", flush=True)


main()
