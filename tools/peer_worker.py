"""One side of tools/peers: does a piece of work in PyTorch or ONNX Runtime whenever standard input says so.

It speaks as `benchmark serve` does: a line of JSON once it is warm; for `go N` the milliseconds of N iterations; for
`memory` the peak resident bytes.
"""

import argparse
import json
import sys
import time


def status(field):
    with open("/proc/self/status") as file:
        return next((int(line.split()[1]) * 1024 for line in file if line.startswith(field)), 0)


def parameter_groups(network):
    """As ours: weights decay, batch norm and biases do not."""
    parameters = list(network.parameters())
    return [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": 1e-5},
        {"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0.0},
    ]


def torch_work(description, layout, device, threads):
    import torch
    import torch.nn.functional as F

    from peer_networks import ElasticMobileNet, single_network

    torch.manual_seed(1)
    torch.set_num_threads(threads)
    if device == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
    shape = [description["batch"], description["network"]["input"]["channels"]] + 2 * [description["architectures"][0]["resolution"]]
    memory_format = torch.channels_last if layout == "channels_last" else torch.contiguous_format
    images = torch.rand(shape).to(device).contiguous(memory_format=memory_format)
    labels = torch.randint(description["network"]["classes"], shape[:1]).to(device)
    choices = description["architectures"]
    network = ElasticMobileNet(description) if len(choices) > 1 else single_network(description)
    parameters = sum(p.numel() for p in network.parameters())
    if parameters != description["parameters"]:
        sys.exit(f"{description['work']}: {parameters} parameters, ours has {description['parameters']}")
    network = network.to(device).to(memory_format=memory_format)
    optimizer = torch.optim.SGD(parameter_groups(network), lr=1e-3, momentum=0.9)

    def sandwich():
        optimizer.zero_grad()
        logits = network(images, choices[0])
        F.cross_entropy(logits, labels).backward()
        soft = logits.detach().softmax(1)
        for choice in choices[1:]:
            F.cross_entropy(network(images, choice), soft).backward()
        optimizer.step()

    def step():
        optimizer.zero_grad()
        F.cross_entropy(network(images), labels).backward()
        optimizer.step()

    def inference():
        with torch.inference_mode():
            network(images)

    if description["work"].endswith("step"):
        work = step
    elif len(choices) > 1:
        work = sandwich
    else:
        network.eval()
        work = inference

    def timed():
        if device == "cuda":
            torch.cuda.synchronize()
        start = time.perf_counter()
        work()
        if device == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter() - start

    return timed


def onnx_work(description, threads):
    import os
    import tempfile

    import numpy
    import onnxruntime
    import torch

    from peer_networks import single_network

    side = description["architectures"][0]["resolution"]
    images = torch.rand(description["batch"], description["network"]["input"]["channels"], side, side)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "network.onnx")
        torch.onnx.export(single_network(description).eval(), (images,), path, dynamo=False)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: numpy.ascontiguousarray(images.numpy())}

    def timed():
        start = time.perf_counter()
        session.run(None, feed)
        return time.perf_counter() - start

    return timed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["contiguous", "channels_last", "onnx"])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("description", help="what `benchmark serve` told of the work")
    given = parser.parse_args()
    description = json.loads(given.description)
    import torch  # noqa: F401  What PyTorch itself takes is not the work's.

    at_start = status("VmRSS")
    if given.kind == "onnx":
        timed = onnx_work(description, given.threads)
    else:
        timed = torch_work(description, given.kind, given.device, given.threads)
    timed()
    print(json.dumps({"work": description["work"], "resident_bytes_at_start": at_start}), flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "memory":
            print(status("VmHWM"), flush=True)
        else:
            print(*(f"{timed() * 1e3:.4f}" for _ in range(int(words[1]))), flush=True)


if __name__ == "__main__":
    main()
