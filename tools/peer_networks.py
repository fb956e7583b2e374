"""The networks that tools/peers compares, in PyTorch: built from what `benchmark serve` tells of its own."""

import torch
import torch.nn.functional as F
from torch import nn

ACTIVATIONS = {
    "identity": lambda x: x,
    "relu": lambda x: F.relu(x, inplace=True),
    "relu6": lambda x: F.relu6(x, inplace=True),
}
MODULES = {"relu": nn.ReLU, "relu6": nn.ReLU6}


def expands(stage):
    """Whether a stage's blocks have their expanding convolution; a space file says so where it is not plain."""
    return stage.get("expands", stage["expansion"] != [1])


def blocks(description, choice):
    """Each block of an architecture: name, stage, inputs, hidden, outputs, kernel, stride."""
    inputs = choice["stem.width"]
    for i, stage in enumerate(description["network"]["stages"]):
        name = f"stage{i + 1}"
        for block in range(choice[name + ".depth"]):
            outputs = choice[name + ".width"]
            hidden = inputs * choice[name + ".expansion"]
            stride = stage["stride"] if block == 0 else 1
            yield f"{name}_{block}", stage, inputs, hidden, outputs, choice[name + ".kernel"], stride
            inputs = outputs


class Layer(nn.Module):
    """Shared weights of a convolution and its batch norm; a subnet takes the first channels and the kernel's centre."""

    def __init__(self, inputs, outputs, kernel, depthwise=False):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, 1 if depthwise else inputs, kernel, kernel))
        nn.init.kaiming_normal_(self.weight)
        self.gamma = nn.Parameter(torch.ones(outputs))
        self.beta = nn.Parameter(torch.zeros(outputs))
        self.depthwise = depthwise

    def forward(self, x, outputs, kernel, stride, activation):
        inputs = 1 if self.depthwise else x.shape[1]
        first = (self.weight.shape[2] - kernel) // 2
        weight = self.weight[:outputs, :inputs, first : first + kernel, first : first + kernel]
        groups = outputs if self.depthwise else 1
        x = F.conv2d(x, weight, None, stride, kernel // 2, 1, groups)
        # The batch's own statistics; running ones belong to a subnet, not to the supernet.
        x = F.batch_norm(x, None, None, self.gamma[:outputs], self.beta[:outputs], training=True)
        return ACTIVATIONS[activation](x)


class ElasticMobileNet(nn.Module):
    """Every subnet of a space, over the shared weights of the largest."""

    def __init__(self, description):
        super().__init__()
        self.description = description
        largest, network = description["architectures"][0], description["network"]
        self.layers = nn.ModuleDict()
        self.layers["stem"] = Layer(
            network["input"]["channels"], largest["stem.width"], network["stem"]["kernel"])
        inputs = largest["stem.width"]
        for name, stage, inputs, hidden, outputs, kernel, _ in blocks(description, largest):
            if expands(stage):
                self.layers[name + "_expand"] = Layer(inputs, hidden, 1)
            self.layers[name + "_depthwise"] = Layer(hidden, hidden, kernel, depthwise=True)
            self.layers[name + "_project"] = Layer(hidden, outputs, 1)
            inputs = outputs
        self.layers["head"] = Layer(inputs, largest["head.width"], 1)
        self.classifier = nn.Linear(largest["head.width"], network["classes"])

    def forward(self, x, choice):
        told, layers, stem = self.description, self.layers, self.description["network"]["stem"]
        x = layers["stem"](
            x, choice["stem.width"], stem["kernel"], stem["stride"], stem["activation"])
        for name, stage, inputs, hidden, outputs, kernel, stride in blocks(told, choice):
            y = x
            if expands(stage):
                y = layers[name + "_expand"](y, hidden, 1, 1, stage["activation"])
            y = layers[name + "_depthwise"](y, hidden, kernel, stride, stage["activation"])
            y = layers[name + "_project"](y, outputs, 1, 1, "identity")
            x = x + y if stride == 1 and inputs == outputs else y
        x = layers["head"](x, choice["head.width"], 1, 1, told["network"]["head"]["activation"])
        x = x.mean((2, 3))
        return F.linear(x, self.classifier.weight[:, : x.shape[1]], self.classifier.bias)


class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


def single_network(description):
    """The only architecture of a description as PyTorch's users write a network: modules in a row."""
    choice, network = description["architectures"][0], description["network"]
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
    for _, stage, inputs, hidden, outputs, kernel, stride in blocks(description, choice):
        block = unit(inputs, hidden, 1, 1, 1, stage["activation"]) if expands(stage) else []
        block += unit(hidden, hidden, kernel, stride, hidden, stage["activation"])
        block += unit(hidden, outputs, 1, 1, 1, "identity")
        parts.append((Residual if stride == 1 and inputs == outputs else nn.Sequential)(*block))
    parts += unit(outputs, choice["head.width"], 1, 1, 1, network["head"]["activation"])
    parts += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(choice["head.width"], network["classes"])]
    return nn.Sequential(*parts)
