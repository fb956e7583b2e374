"""Holds exported subnets against ONNX Runtime and PyTorch.

Answers: subnets of a supernet trained natively, of one trained on each OpenCL device that is found, and of a space of
every other kind, exported as ONNX (batch norm folded, and kept) and as a PyTorch module. All test images go through
each; logits must equal Supernet's within 1e-4 of the largest, and every image must get the same class.

Latencies: random subnets of spaces, timed by turns by Supernet's native device and by ONNX Runtime with as many
threads; Kendall's tau-b says how alike they rank them. With a latency table of a space the subnets are ones that its
predictor never saw, and its predictions are ranked too. Taus are told beside what is asked; they never fail the check.

Exits with 1 where an answer differs.
"""

import argparse
import csv
import importlib.util
import io
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import time

TOLERANCE = 1e-4
ASKED = {"measured": 0.9, "predicted": 0.85}

# A small space of every kind: what trains in seconds and still has every operator.
SPACES = {
    "elastic": """
name: small-elastic
input: {channels: 1, resolution: [20, 28]}
classes: 10
stem: {width: [8, 16], stride: 2, activation: hard-swish}
stages:
  - {depth: [1, 2], width: [12, 16], kernel: [3, 5], expansion: [1, 3], stride: 1, squeeze-excitation: true, activation: swish}
  - {depth: [1, 2], width: [24, 32], kernel: [3, 5, 7], expansion: [2, 3], stride: 2, activation: relu6}
head: {width: [48, 64]}
""",
    "nasbench201": """
name: small-nasbench201
kind: cell
input: {channels: 1, resolution: 28}
classes: 10
cell: nasbench201
skeleton: {width: 8, cells: 1, reductions: 2}
""",
    "darts": """
name: small-darts
kind: cell
input: {channels: 1, resolution: 28}
classes: 10
cell: darts
skeleton: {width: 8, cells: 1, reductions: 2}
""",
    "chain": """
name: small-chain
kind: chain
input: {channels: 1, resolution: 28}
classes: 10
stages:
  - {depth: [1, 2, 3], operations: [conv-3x3, depthwise-separable-5x5, inverted-residual-3x3, residual-bottleneck, squeeze-excitation, max-pool-3x3, average-pool-3x3], width: [8, 16], activation: [relu, swish], skip: [false, true]}
  - {depth: [1, 2], stride: 2, operations: [conv-1x1, conv-5x5, identity], width: [16, 24], activation: [relu, hard-swish], skip: [false, true]}
head: {depth: [0, 1], width: 32, activation: tanh}
""",
    "recurrent": """
name: small-recurrent
kind: recurrent
input: {channels: 1, resolution: 28}
classes: 10
cells: [rnn, gru, lstm]
hidden: [16, 24]
layers: [1, 2]
steps: [1, 3]
activation: [relu, tanh, swish]
""",
    "either": """
name: small-either
kind: either
members:
  - {name: cnn, kind: chain, input: {channels: 1, resolution: 28}, classes: 10, stages: [{depth: [1, 2], operations: [conv-1x1, conv-3x3], width: [4, 6]}]}
  - {name: lstm, kind: recurrent, input: {channels: 1, resolution: 28}, classes: 10, cells: lstm, hidden: [8, 16]}
""",
}


class Supernet:
    def __init__(self, path):
        self.path = path

    def __call__(self, *arguments):
        outcome = subprocess.run([self.path, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if outcome.returncode:
            sys.exit(f"supernet {' '.join(map(str, arguments))}: {outcome.stderr.strip()}")
        return outcome.stdout


def tensors(path):
    """All tensors of a .safetensors file by name."""
    import numpy as np

    types = {"F32": np.float32, "U8": np.uint8, "I32": np.int32}
    data = pathlib.Path(path).read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    found = {}
    for name, entry in header.items():
        start, end = (8 + size + offset for offset in entry["data_offsets"])
        found[name] = np.frombuffer(data[start:end], types[entry["dtype"]]).reshape(entry["shape"])
    return found


def session(path, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def onnx_logits(path, images, threads):
    import numpy as np
    import onnx

    onnx.checker.check_model(str(path), full_check=True)
    run = session(path, threads).run
    parts = [images[at : at + 250].astype(np.float32) for at in range(0, len(images), 250)]
    return np.concatenate([run(None, {"images": part})[0] for part in parts])


def torch_logits(path, images):
    import numpy as np
    import torch

    spec = importlib.util.spec_from_file_location("subnet", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = module.load()
    with torch.inference_mode():
        parts = [torch.from_numpy(images[at : at + 250].astype(np.float32)) for at in range(0, len(images), 250)]
        return np.concatenate([network(part).numpy() for part in parts])


def compare(rows, what, name, ours, theirs, labels):
    import numpy as np

    difference = float(np.abs(ours - theirs).max() / np.abs(ours).max())
    classes = int((ours.argmax(1) != theirs.argmax(1)).sum())
    top1 = float((theirs.argmax(1) == labels).mean())
    holds = difference <= TOLERANCE and classes == 0
    rows.append((what, name, f"{difference:.1e}", str(classes), f"{100 * top1:.2f} %", "ok" if holds else "DIFFERS"))
    print("  ".join(rows[-1]), file=sys.stderr)
    return holds


def check_answers(supernet, folder, options):
    """A table of how far the runtimes' answers lie from ours; whether all are equal."""
    rows, holds = [], True
    listed = json.loads(supernet("devices", "--json"))
    devices = ["cpu"] + [d["identifier"] for d in listed if d["identifier"].startswith("opencl")]
    subjects = []
    for kind, text in SPACES.items():
        space = folder / f"{kind}.yaml"
        space.write_text(text)
        if kind != "elastic":
            subjects.append((kind, "untrained", str(space), ["--sample", "2", "--seed", "2"]))
            continue
        for device in devices:
            name = f"on-{device.replace(':', '-')}"
            run = folder / f"{name}.yaml"
            run.write_text(f"name: {name}\nspace: {space}\ndevice: {device}\ntraining: {{epochs: {options.epochs}, learning-rate: 0.2}}\n")
            print(f"Training {kind} on {device}", file=sys.stderr)
            supernet("train", run, "--folder", folder / "runs")
            choice = ["--architecture", "largest", "--architecture", "smallest", "--sample", "2"]
            subjects.append((kind, device, str(folder / "runs" / name), choice))
    for kind, device, subject, choice in subjects:
        stem = folder / f"{kind}-{device.replace(':', '-')}"
        supernet("export", subject, *choice, "--output", f"{stem}.safetensors")
        for weights in sorted(folder.glob(f"{stem.name}-?.safetensors")):
            answers = weights.with_suffix(".answers.safetensors")
            report = json.loads(supernet("evaluate", weights, "--device", "cpu", "--answers", answers, "--json"))
            ours = tensors(answers)
            (images, labels, logits) = (ours[name] for name in ("images", "labels", "logits"))
            what = f"{weights.stem}, {len(images)} images"
            if int((logits.argmax(1) == labels).sum()) != report["correct"]:
                holds = False
                rows.append((what, "evaluate", "", "", "", "DIFFERS"))
            for batch_norm in ("fold", "keep"):
                model = weights.with_suffix(f".{batch_norm}.onnx")
                supernet("export", weights, "--batch-norm", batch_norm, "--output", model)
                theirs = onnx_logits(model, images, options.threads)
                holds &= compare(rows, what, f"ONNX Runtime, {batch_norm}", logits, theirs, labels)
            holds &= compare(rows, what, "PyTorch", logits, torch_logits(weights.with_suffix(".py"), images), labels)
            answers.unlink()
    show(("subnet", "runtime", "largest difference", "other classes", "top-1", ""), rows)
    return holds


def kendall(a, b):
    """Kendall's tau-b."""
    import numpy as np

    a, b = np.asarray(a), np.asarray(b)
    (i, j) = np.triu_indices(len(a), 1)
    (x, y) = np.sign(a[i] - a[j]), np.sign(b[i] - b[j])
    return float((x * y).sum() / np.sqrt((x != 0).sum() * (y != 0).sum()))


def timed(run, images, seconds):
    """Milliseconds of single runs within a time."""
    samples, end = [], time.perf_counter() + seconds
    while not samples or time.perf_counter() < end:
        start = time.perf_counter()
        run(None, {"images": images})
        samples.append(1e3 * (time.perf_counter() - start))
    return samples


def check_latencies(supernet, folder, options):
    import numpy as np

    tables = {}
    for path in options.table:
        table = json.loads(pathlib.Path(path).read_text())
        name = table["origin"]["space"].splitlines()[0].split('"')[1]
        tables[name] = {entry["architecture"]: entry["predicted_seconds"] for entry in table["held_out"]}
    details = []
    for space in options.spaces:
        foretold = tables.get(space)
        names = folder / f"{space}.txt"
        if foretold is None:
            drawn = supernet("time", space, "--sample", options.subnets, "--seed", options.seed, "--devices", "cpu", "--batch", 1, "--seconds", 0.001, "--csv")
            architectures = [row["architecture"] for row in csv.DictReader(io.StringIO(drawn))]
        else:
            architectures = list(foretold)[: options.subnets]
        names.write_text("".join(f"{line}\n" for line in architectures))
        supernet("export", space, "--architectures", names, "--output", folder / f"{space}.onnx")
        sessions = [session(folder / f"{space}-{n + 1}.onnx", options.threads) for n in range(len(architectures))]
        for batch in options.batch:
            ours, theirs = ([[] for _ in architectures] for _ in range(2))
            inputs = [np.random.default_rng(1).integers(0, 256, [batch] + s.get_inputs()[0].shape[1:]).astype(np.float32) for s in sessions]
            for one, images in zip(sessions, inputs):
                timed(one.run, images, 0.02)
            for number in range(options.rounds):
                print(f"{space}, batch {batch}: round {number + 1} of {options.rounds}", file=sys.stderr)
                text = supernet(
                    "time", space, "--architectures", names, "--devices", "cpu", "--threads", options.threads, "--batch", batch,
                    "--seconds", options.seconds, "--csv",
                )
                for samples, row in zip(ours, csv.DictReader(io.StringIO(text))):
                    samples.append(1e3 * float(row["median_seconds"]))
                for samples, one, images in zip(theirs, sessions, inputs):
                    samples.append(float(np.median(timed(one.run, images, options.seconds))))
            ours, theirs = ([float(np.median(samples)) for samples in side] for side in (ours, theirs))
            span = f"{min(ours):.3f}-{max(ours):.3f} | {min(theirs):.3f}-{max(theirs):.3f}"
            ratio = float(np.median(np.array(theirs) / np.array(ours)))
            row = [space, str(batch), str(len(architectures)), span, f"{ratio:.2f}", f"{kendall(ours, theirs):.3f} ({ASKED['measured']})"]
            if foretold is None or batch != 1:
                row.append("-")
            else:
                row.append(f"{kendall([foretold[a] for a in architectures], theirs):.3f} ({ASKED['predicted']})")
            header = ("space", "batch", "subnets", "ms: ours | ONNX Runtime", "ratio", "tau measured (asked)", "tau predicted (asked)")
            show(header, [row])
            details += [{"space": space, "batch": batch, "architecture": a, "ours_ms": o, "onnx_runtime_ms": t} for a, o, t in zip(architectures, ours, theirs)]
            if options.details:
                with open(options.details, "w", newline="") as file:
                    writer = csv.DictWriter(file, details[0].keys())
                    writer.writeheader()
                    writer.writerows(details)


def show(header, rows):
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    for row in [header, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    print(flush=True)


def main():
    parser = argparse.ArgumentParser(prog="tools/verify-export", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--supernet", help="the binary; built unless given")
    parser.add_argument("--threads", type=int, default=1, help="of both sides (default 1)")
    parser.add_argument("--epochs", type=int, default=1, help="of the supernets that are trained (default 1)")
    parser.add_argument("--spaces", nargs="*", default=["mobilenet-28", "mobilenet-32"], help="whose subnets are timed")
    parser.add_argument("--subnets", type=int, default=60, help="of each space (default 60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 16], help="batch sizes (default 1 16)")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each side (default 5)")
    parser.add_argument("--seconds", type=float, default=0.05, help="of a subnet in a turn (default 0.05)")
    parser.add_argument("--table", action="append", default=[], help="a latency table of one of the spaces, native, of as many threads; may be repeated")
    parser.add_argument("--details", help="a CSV file for every subnet's latencies")
    parser.add_argument("--only", choices=["answers", "latencies"], help="one half of the check")
    options = parser.parse_args()
    supernet = Supernet(options.supernet)
    holds = True
    with tempfile.TemporaryDirectory(prefix="verify-export-") as name:
        folder = pathlib.Path(name)
        if options.only != "latencies":
            holds = check_answers(supernet, folder, options)
        if options.only != "answers":
            check_latencies(supernet, folder, options)
    print("tools/verify-export: " + ("passed" if holds else "FAILED: an answer differs"))
    sys.exit(0 if holds else 1)


main()
