"""The networks of golden runs in PyTorch, over shared weights, as README.md and the literature have them.

What a space leaves open, and a PyTorch user might expect otherwise: an operation on nothing (`none`, or what only
`none` leads to) is nothing, and not the shift of its batch norm.
"""

import torch
import torch.nn.functional as F

ACTIVATIONS = {
    "identity": lambda x: x,
    # What lies before a layer's activation, nobody else reads.
    "relu": lambda x: F.relu(x, inplace=True),
    "relu6": lambda x: F.relu6(x, inplace=True),
    "hard-swish": F.hardswish,
    "swish": F.silu,
    "sigmoid": torch.sigmoid,
    "hard-sigmoid": F.hardsigmoid,
    "tanh": torch.tanh,
}


# Where PyTorch has each axis of ours: convolutions [out, in, y, x], linear layers [out, in].
AXES = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}


class Weights:
    """Shared weights by name, in PyTorch's layouts; layers take the first channels and a kernel's centre."""

    def __init__(self, parameters):
        self.parameters = parameters

    def convolution(self, name, x, outputs, kernel, stride=1, dilation=1, depthwise=False):
        shared = self.parameters[name + ".weight"]
        edge = (shared.shape[2] - kernel) // 2
        centre = slice(edge, edge + kernel)
        weight = shared[:outputs, : 1 if depthwise else x.shape[1], centre, centre]
        padding = dilation * (kernel - 1) // 2
        return F.conv2d(x, weight, None, stride, padding, dilation, outputs if depthwise else 1)

    def batch_norm(self, name, x):
        channels = x.shape[1]
        gamma, beta = self.parameters[name + ".weight"], self.parameters[name + ".bias"]
        return F.batch_norm(x, None, None, gamma[:channels], beta[:channels], training=True, eps=1e-5)

    def layer(self, name, x, outputs, kernel, activation="identity", **convolution):
        """Convolution, batch norm, activation."""
        x = self.convolution(name + ".conv", x, outputs, kernel, **convolution)
        return ACTIVATIONS[activation](self.batch_norm(name + ".bn", x))

    def linear(self, name, x, outputs):
        weight, bias = self.parameters[name + ".weight"], self.parameters[name + ".bias"]
        return F.linear(x, weight[:outputs, : x.shape[1]], bias[:outputs])

    def squeeze_excitation(self, name, x):
        channels = x.shape[1]
        squeezed = F.relu(self.linear(name + ".reduce", x.mean((2, 3)), max(4, channels // 4)))
        return x * F.hardsigmoid(self.linear(name + ".expand", squeezed, channels))[:, :, None, None]

    def classifier(self, x, classes):
        return self.linear("classifier", x, classes)


def resized(x, side):
    return x if x.shape[2] == side else F.interpolate(x, (side, side), mode="bilinear", align_corners=False)


def expands(stage):
    """Whether a stage's blocks have their expanding convolution; a space file says so where it is not plain."""
    return stage.get("expands", stage["expansion"] != [1])


def elastic(space, choice, x, weights):
    """MobileNetV2's inverted residuals, with choices per stage (Once-for-all, BigNAS)."""
    number = lambda name: int(choice[name])
    stem = space["stem"]
    x = resized(x, number("resolution"))
    x = weights.layer("stem", x, number("stem.width"), stem["kernel"], stem["activation"], stride=stem["stride"])
    for index, stage in enumerate(space["stages"]):
        place, activation = f"stage{index + 1}", stage["activation"]
        width, kernel = number(place + ".width"), number(place + ".kernel")
        for block in range(number(place + ".depth")):
            name, inputs, stride = f"stages.{index}.blocks.{block}", x.shape[1], stage["stride"] if block == 0 else 1
            hidden, y = inputs * number(place + ".expansion"), x
            if expands(stage):
                y = weights.layer(name + ".expand", y, hidden, 1, activation)
            y = weights.layer(name + ".depthwise", y, hidden, kernel, activation, stride=stride, depthwise=True)
            if stage["squeeze-excitation"]:
                y = weights.squeeze_excitation(name + ".se", y)
            y = weights.layer(name + ".project", y, width, 1)
            x = x + y if stride == 1 and inputs == width else y
    x = weights.layer("head", x, number("head.width"), 1, space["head"]["activation"])
    return weights.classifier(x.mean((2, 3)), space["classes"])


def chain(space, choice, x, weights):
    """Layers one after the other, each with an operation, width, activation and perhaps a skip connection."""
    x = resized(x, int(choice["resolution"]))
    for index, stage in enumerate(space["stages"]):
        for layer in range(int(choice[f"stage{index + 1}.depth"])):
            place = f"stage{index + 1}.layer{layer + 1}."
            operation = choice[place + "operation"]
            y = chain_operation(
                operation, f"stages.{index}.layers.{layer}.{operation}", x, int(choice.get(place + "width", 0)),
                choice.get(place + "activation"), stage["stride"] if layer == 0 else 1, weights)
            x = x + y if choice.get(place + "skip") == "yes" and x.shape == y.shape else y
    x = x.mean((2, 3))
    for layer in range(int(choice.get("head.depth", 0))):
        place = f"head.layer{layer + 1}."
        x = weights.linear(f"head.{layer}", x, int(choice[place + "width"]))
        x = ACTIVATIONS[choice[place + "activation"]](x)
    return weights.classifier(x, space["classes"])


def chain_operation(operation, name, x, width, activation, stride, weights):
    inputs, act = x.shape[1], {"activation": activation}
    kernel = int(operation[-1]) if operation[-1].isdigit() else None
    if operation == "identity":
        return x[:, :, ::stride, ::stride]
    if operation == "squeeze-excitation":
        return weights.squeeze_excitation(name, x[:, :, ::stride, ::stride])
    if operation.startswith("max-pool"):
        return F.max_pool2d(x, kernel, stride, kernel // 2)
    if operation.startswith("average-pool"):
        return F.avg_pool2d(x, kernel, stride, kernel // 2, count_include_pad=False)
    if operation.startswith("conv"):
        return weights.layer(name, x, width, kernel, stride=stride, **act)
    if operation.startswith("depthwise-separable"):
        x = weights.layer(name + ".depthwise", x, inputs, kernel, stride=stride, depthwise=True, **act)
        return weights.layer(name + ".pointwise", x, width, 1, **act)
    if operation.startswith("inverted-residual"):
        y = weights.layer(name + ".expand", x, 4 * inputs, 1, **act)
        y = weights.layer(name + ".depthwise", y, 4 * inputs, kernel, stride=stride, depthwise=True, **act)
        y = weights.layer(name + ".project", y, width, 1)
        return x + y if stride == 1 and inputs == width else y
    if operation == "residual-bottleneck":
        narrow = max(1, width // 4)
        y = weights.layer(name + ".reduce", x, narrow, 1, **act)
        y = weights.layer(name + ".spread", y, narrow, 3, stride=stride, **act)
        y = weights.layer(name + ".restore", y, width, 1)
        if stride != 1 or inputs != width:
            x = weights.layer(name + ".shortcut", x, width, 1, stride=stride)
        return ACTIVATIONS[activation](x + y)
    raise ValueError(f"no operation {operation}")


def cells(space, choice, x, weights):
    """A searched cell, stacked (NAS-Bench-201, DARTS)."""
    skeleton = space["skeleton"]
    searches_reductions, adds = skeleton["reduction"] == "cell", space["cell"]["join"] == "add"
    x = weights.layer("stem", resized(x, space["input"]["resolution"]), skeleton["stem"], 3)
    previous, width, number = x, skeleton["width"], 0

    def stacked(kind):
        nonlocal previous, x, number
        prefix = f"{kind}." if searches_reductions else ""
        inputs = [previous, x][-space["cell"]["inputs"] :]
        output = cell(space, f"cells.{number}", choice, prefix, inputs, width, 2 if kind == "reduce" else 1, weights)
        previous, x, number = x, output, number + 1

    for stage in range(skeleton["reductions"] + 1):
        if stage > 0:
            width *= 2
            if searches_reductions:
                stacked("reduce")
            else:
                previous = x = residual_reduction(f"reductions.{stage - 1}", x, width, weights)
        for _ in range(skeleton["cells"]):
            stacked("normal")
    if adds:
        x = F.relu(weights.batch_norm("last.bn", x))
    return weights.classifier(x.mean((2, 3)), space["classes"])


def cell(space, name, choice, prefix, inputs, width, stride, weights):
    """The output of a cell; states that are nothing are None."""
    shape, size = space["cell"], inputs[-1].shape[2]
    states = [
        cell_input(f"{name}.inputs.{index}", x, width, size, len(inputs) == 1, weights)
        for index, x in enumerate(inputs)]
    for node in range(len(inputs), len(inputs) + shape["nodes"]):
        place = f"{prefix}node{node}"
        if shape["edges"] == "all":
            edges = [(source, choice[f"{prefix}edge{node}-{source}"]) for source in range(node)]
        else:
            sources = map(int, choice[place + ".inputs"].split("+"))
            edges = [(source, choice[f"{place}.operation{at + 1}"]) for at, source in enumerate(sources)]
        values = [
            cell_operation(
                operation, f"{name}.{node}-{source}.{operation}", states[source], width,
                stride if source < len(inputs) else 1, weights)
            for source, operation in edges]
        values = [value for value in values if value is not None]
        states.append(sum(values[1:], values[0]) if values else None)
    side = size // stride
    outputs = [
        inputs[-1].new_zeros(inputs[-1].shape[0], width, side, side) if state is None else state
        for state in states[len(inputs) :]]
    return outputs[-1] if shape["join"] == "add" else torch.cat(outputs, 1)


def cell_input(name, x, width, size, is_alone, weights):
    if is_alone and x.shape[1] == width:
        return x
    if x.shape[2] != size:
        return factorized_reduction(name, F.relu(x), width, weights)
    return weights.layer(name, F.relu(x), width, 1)


def cell_operation(operation, name, x, width, stride, weights):
    if x is None or operation == "none":
        return None
    kernel = int(operation[-1]) if operation[-1].isdigit() else None
    if operation == "skip_connect":
        return x if stride == 1 else factorized_reduction(name, F.relu(x), width, weights)
    if operation == "max_pool_3x3":
        return F.max_pool2d(x, 3, stride, 1)
    if operation == "avg_pool_3x3":
        return F.avg_pool2d(x, 3, stride, 1, count_include_pad=False)
    x, inputs = F.relu(x), x.shape[1]
    if operation.startswith("nor_conv"):
        return weights.layer(name, x, width, kernel, stride=stride)
    if operation.startswith("dil_conv"):
        x = weights.convolution(name + ".depthwise", x, inputs, kernel, stride=stride, dilation=2, depthwise=True)
        return weights.layer(name + ".pointwise", x, width, 1)
    if operation.startswith("sep_conv"):
        x = weights.convolution(name + ".0.depthwise", x, inputs, kernel, stride=stride, depthwise=True)
        x = weights.layer(name + ".0.pointwise", x, inputs, 1, "relu")
        x = weights.convolution(name + ".1.depthwise", x, inputs, kernel, depthwise=True)
        return weights.layer(name + ".1.pointwise", x, width, 1)
    raise ValueError(f"no operation {operation}")


def factorized_reduction(name, x, width, weights):
    even = weights.convolution(name + ".even", x, width // 2, 1, stride=2)
    odd = weights.convolution(name + ".odd", x[:, :, 1:, 1:], width - width // 2, 1, stride=2)
    return weights.batch_norm(name + ".bn", torch.cat([even, odd], 1))


def residual_reduction(name, x, width, weights):
    y = weights.layer(name + ".a", F.relu(x), width, 3, stride=2)
    y = weights.layer(name + ".b", F.relu(y), width, 3)
    return weights.convolution(name + ".downsample", F.avg_pool2d(x, 2), width, 1) + y


KINDS = {"mobilenet": elastic, "chain": chain, "cell": cells}
