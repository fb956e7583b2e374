"""The networks that tools/peers compares, in PyTorch: built from what `benchmark serve` tells of its own."""

import torch
from torch import nn

from golden_networks import AXES, KINDS, Weights, expands

MODULES = {"relu": nn.ReLU, "relu6": nn.ReLU6}


def network(description):
    """What takes images and one of the description's architectures."""
    is_plain = description["network"]["kind"] == "mobilenet" and len(description["architectures"]) == 1
    return single_network(description) if is_plain else SpaceNetwork(description)


class SpaceNetwork(nn.Module):
    """Every subnet of a space, over shared weights."""

    def __init__(self, description):
        super().__init__()
        self.space, self.first = description["network"], description["architectures"][0]
        self.shared = {}
        for name, shape in description["shared_parameters"].items():
            values = torch.empty([shape[axis] for axis in AXES[len(shape)]])
            if values.dim() > 1:
                nn.init.kaiming_normal_(values)
            else:
                nn.init.constant_(values, 1 if name.endswith("weight") else 0)
            self.shared[name] = nn.Parameter(values)
        self.kept = nn.ParameterList(self.shared.values())

    def forward(self, x, choice=None):
        return KINDS[self.space["kind"]](self.space, choice or self.first, x, Weights(self.shared))


def blocks(network, choice):
    """Each block of an elastic MobileNet: stage, inputs, hidden, outputs, kernel, stride."""
    inputs = choice["stem.width"]
    for i, stage in enumerate(network["stages"]):
        name = f"stage{i + 1}"
        for block in range(choice[name + ".depth"]):
            outputs = choice[name + ".width"]
            hidden = inputs * choice[name + ".expansion"]
            stride = stage["stride"] if block == 0 else 1
            yield stage, inputs, hidden, outputs, choice[name + ".kernel"], stride
            inputs = outputs


class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


def single_network(description):
    """The only architecture of a description as PyTorch's users write a network: modules in a row."""
    choice = {name: int(option) for name, option in description["architectures"][0].items()}
    network = description["network"]
    stem = network["stem"]

    def unit(inputs, outputs, kernel, stride, groups, activation):
        parts = [
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(outputs),
        ]
        return parts + ([MODULES[activation](inplace=True)] if activation in MODULES else [])

    parts = unit(
        network["input"]["channels"], choice["stem.width"], stem["kernel"], stem["stride"], 1,
        stem["activation"])
    outputs = choice["stem.width"]
    for stage, inputs, hidden, outputs, kernel, stride in blocks(network, choice):
        block = unit(inputs, hidden, 1, 1, 1, stage["activation"]) if expands(stage) else []
        block += unit(hidden, hidden, kernel, stride, hidden, stage["activation"])
        block += unit(hidden, outputs, 1, 1, 1, "identity")
        parts.append((Residual if stride == 1 and inputs == outputs else nn.Sequential)(*block))
    parts += unit(outputs, choice["head.width"], 1, 1, 1, network["head"]["activation"])
    parts += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(choice["head.width"], network["classes"])]
    whole = nn.Sequential(*parts)
    parameters = sum(p.numel() for p in whole.parameters())
    if parameters != description["parameters"]:
        raise SystemExit(f"{description['work']}: {parameters} parameters, ours has {description['parameters']}")
    return whole
