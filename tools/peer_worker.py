"""One side of tools/peers: does a piece of work in PyTorch or ONNX Runtime whenever standard input says so.

It reads what `benchmark serve` told of the work, then speaks as that does: a line of JSON once it is warm; for `go N`
the milliseconds of N iterations; for `memory` the peak resident bytes.
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


def input_shape(description):
    told = description["network"]["input"]
    side = int(description["architectures"][0].get("resolution", told["resolution"]))
    return [description["batch"], told["channels"], side, side]


def torch_work(description, layout, device, threads):
    import torch
    import torch.nn.functional as F

    from peer_networks import network as network_of

    torch.manual_seed(1)
    torch.set_num_threads(threads)
    if device == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
    shape = input_shape(description)
    memory_format = torch.channels_last if layout == "channels_last" else torch.contiguous_format
    images = torch.rand(shape).to(device).contiguous(memory_format=memory_format)
    labels = torch.randint(description["network"]["classes"], shape[:1]).to(device)
    choices = description["architectures"]
    network = network_of(description).to(device).to(memory_format=memory_format)
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

    return timer(work, device)


def convolution_work(told, layout, device, threads):
    import torch

    torch.manual_seed(1)
    torch.set_num_threads(threads)
    if device == "cuda":
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
    memory_format = torch.channels_last if layout == "channels_last" else torch.contiguous_format

    def laid_out(shape):
        return torch.rand(shape).to(device).contiguous(memory_format=memory_format)

    (n, height, width, inputs), (ky, kx, part, outputs) = told["x"], told["w"]
    x, w = laid_out([n, inputs, height, width]), laid_out([outputs, part, ky, kx])
    # Stride, padding, dilation, and of a convolution that is not transposed its groups.
    along = [2 * [told[name]] for name in ["stride", "padding", "dilation"]]
    rest = [*along, False, [0, 0], told["groups"]]
    gradient = laid_out(torch.ops.aten.convolution(x, w, None, *rest).shape)
    wanted = [0 in told["gradients"], 1 in told["gradients"], False]

    def work():
        with torch.inference_mode():
            if told["gradients"]:
                torch.ops.aten.convolution_backward(gradient, x, w, None, *rest, wanted)
            else:
                torch.ops.aten.convolution(x, w, None, *rest)

    return timer(work, device)


def timer(work, device):
    """Runs the work and tells the seconds."""
    import torch

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

    images = torch.rand(input_shape(description))
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
    given = parser.parse_args()
    description = json.loads(sys.stdin.readline())
    import torch  # noqa: F401  What PyTorch itself takes is not the work's.

    at_start = status("VmRSS")
    if given.kind == "onnx":
        timed = onnx_work(description, given.threads)
    elif "network" not in description:
        if "convolution" not in description:
            sys.exit(f"{description['work']}: no convolution, the only rows that are compared")
        timed = convolution_work(description["convolution"], given.kind, given.device, given.threads)
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
