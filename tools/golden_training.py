"""A golden run's training in PyTorch: what it starts from, and its steps."""

import json
import pathlib
import struct

import numpy as np
import torch
import torch.nn.functional as F

from golden_networks import AXES, KINDS, Weights


class Recipe(dict):
    """A run's `training`: key and value, as in a configuration."""

    def number(self, key):
        return float(self[key])


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
        self.space, self.recipe = json.loads(metadata["space"]), Recipe(json.loads(metadata["recipe"]))
        # Each step's subnets: the chosen option of each dimension by name.
        self.subnets = [
            [dict(word.split("=") for word in subnet.split()) for subnet in step]
            for step in json.loads(metadata["subnets"])]

    def parameters(self, dtype):
        """By name, in PyTorch's layouts: convolutions [out,in,y,x], linear layers [out,in]."""
        return {
            name.removeprefix("parameters."):
                torch.tensor(values.transpose(AXES[values.ndim]).copy(), dtype=dtype, requires_grad=True)
            for name, values in self.tensors.items() if name.startswith("parameters.")}


def optimizer(recipe, parameters):
    """Weight decay is for the weights of convolutions and linear layers."""
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": recipe.number("weight-decay")},
        {"params": [p for p in parameters if p.ndim == 1], "weight_decay": 0.0}]
    momentum = recipe.number("momentum")
    match recipe["optimizer"]:
        case "sgd":
            return torch.optim.SGD(groups, lr=1.0, momentum=momentum, nesterov=recipe["nesterov"] == "true")
        case "rmsprop":
            return torch.optim.RMSprop(groups, lr=1.0, alpha=0.9, eps=1e-3, momentum=momentum)
        case "adam":
            return torch.optim.Adam(groups, lr=1.0, betas=(0.9, 0.999), eps=1e-8)


def rates(recipe, steps):
    """The learning rate of each step: PyTorch's schedulers, times a linear warm-up."""
    peak, last = recipe.number("learning-rate"), recipe.number("final-rate-fraction")
    update = torch.optim.SGD([torch.zeros(1)], lr=peak)
    schedulers = torch.optim.lr_scheduler
    match recipe["schedule"]:
        case "exponential":  # The last tenth at the final rate.
            schedule = schedulers.LambdaLR(update, lambda step: last ** min(1, step / (0.9 * steps)))
        case "cosine":
            schedule = schedulers.CosineAnnealingLR(update, T_max=steps, eta_min=peak * last)
        case "step":
            epoch = steps // int(recipe["epochs"])
            schedule = schedulers.StepLR(update, int(recipe["decay-epochs"]) * epoch, recipe.number("decay-rate"))
    told = []
    for step in range(steps):
        told.append(schedule.get_last_lr()[0] * min(1, (step + 1) / recipe.number("warmup-steps")))
        update.step()
        schedule.step()
    return told


def train(start, dtype):
    """The mean loss of each subnet of each step."""
    recipe, network = start.recipe, KINDS[start.space["kind"]]
    parameters = start.parameters(dtype)
    weights, update = Weights(parameters), optimizer(recipe, parameters.values())
    # What no subnet of a step takes has a gradient of zero, not none: its moments go on, and it decays.
    for parameter in parameters.values():
        parameter.grad = torch.zeros_like(parameter)
    losses, rate, parts = [], rates(recipe, len(start.subnets)), int(recipe["grad-accum-steps"])
    for step, subnets in enumerate(start.subnets):
        images = torch.tensor(start.tensors["images"][step], dtype=dtype).permute(0, 3, 1, 2)
        labels = torch.tensor(start.tensors["labels"][step], dtype=torch.long)
        update.zero_grad(set_to_none=False)
        told = [0.0] * len(subnets)
        for part, right in zip(images.chunk(parts), labels.chunk(parts)):
            taught = None
            for index, choice in enumerate(subnets):
                logits = network(start.space, choice, part, weights)
                if taught is None:
                    loss = F.cross_entropy(logits, right, label_smoothing=recipe.number("label-smoothing"))
                else:
                    loss = -(taught * F.log_softmax(logits, 1)).sum(1).mean()
                if recipe["sampling"] == "sandwich" and taught is None:
                    taught = F.softmax(logits.detach(), 1)
                (loss / parts).backward()
                told[index] += loss.item() / parts
        if "clip-grad" in recipe:
            torch.nn.utils.clip_grad_norm_(parameters.values(), recipe.number("clip-grad"))
        for group in update.param_groups:
            group["lr"] = rate[step]
        update.step()
        losses.append(told)
    return losses
