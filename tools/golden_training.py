"""A golden run's training in PyTorch: what it starts from, and its steps."""

import json
import pathlib
import struct

import numpy as np
import torch
import torch.nn.functional as F

from golden_networks import KINDS, Weights


class Start:
    """What `benchmark golden` wrote of a run."""

    def __init__(self, path):
        types = {"F32": np.float32, "I32": np.int32}
        data = pathlib.Path(path).read_bytes()
        begin = 8 + struct.unpack("<Q", data[:8])[0]
        header = json.loads(data[8:begin])
        metadata = header.pop("__metadata__")
        self.tensors = {}
        for name, entry in header.items():
            first, end = (begin + offset for offset in entry["data_offsets"])
            self.tensors[name] = np.frombuffer(data[first:end], types[entry["dtype"]]).reshape(entry["shape"])
        self.checksum = metadata["checksum"]
        self.space, self.recipe = json.loads(metadata["space"]), json.loads(metadata["recipe"])
        # Each step's subnets: the chosen option of each dimension by name.
        self.subnets = [
            [dict(word.split("=") for word in subnet.split()) for subnet in step]
            for step in json.loads(metadata["subnets"])]

    def parameters(self, dtype):
        """By name, in PyTorch's layouts: convolutions [out,in,y,x], linear layers [out,in]."""
        axes = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}
        return {
            name.removeprefix("parameters."):
                torch.tensor(values.transpose(axes[values.ndim]).copy(), dtype=dtype, requires_grad=True)
            for name, values in self.tensors.items() if name.startswith("parameters.")}


def optimizer(recipe, parameters):
    """Weight decay is for the weights of convolutions and linear layers."""
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
    """Linear warm-up, exponential decay, and the last tenth at the final rate."""
    decay = recipe["finalRateFraction"] ** min(1, step / (0.9 * steps))
    return recipe["learningRate"] * min(1, (step + 1) / recipe["warmupSteps"]) * decay


def train(start, dtype):
    """The mean loss of each subnet of each step."""
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
