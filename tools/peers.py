"""Compares Supernet with PyTorch and ONNX Runtime: the same work, by turns, in one run. Started by tools/peers."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# Each piece of work of `benchmark serve`: iterations of a turn, and what our time and memory may be of a peer's.
WORK = {
    "sandwich": {"turn": 1, "target": {"cpu": 1 / 3, "opencl": 1 / 2.5, "gpu": 1}, "memory": 0.6},
    "nasbench201-step": {"turn": 1, "target": {"cpu": 1 / 2, "opencl": 1 / 2, "gpu": 1}, "memory": 0.6},
    "darts-step": {"turn": 1, "target": {"cpu": 1 / 2, "opencl": 1 / 2, "gpu": 1}, "memory": 0.6},
    "mobilenet-v2-step": {"turn": 2, "target": {"cpu": 1 / 2, "opencl": 1 / 2, "gpu": 1}, "memory": 0.6},
    "mobilenet-v2-1": {"turn": 20, "target": {"cpu": 1 / 2, "opencl": 1 / 2, "gpu": 1}, "onnx": 1},
    "mobilenet-v2-8": {"turn": 4, "target": {"cpu": 1 / 2, "opencl": 1 / 2, "gpu": 1}, "onnx": 1},
}
# A row of a group, for which no target is set.
ROW = {"turn": 10, "target": {}}


def tell(text):
    print(text, file=sys.stderr, flush=True)


class Failure(Exception):
    pass


def wanted(work):
    return WORK.get(work, ROW)


def named(texts, benchmark):
    """The work that texts mean: a name, or all rows of a group that begin so."""
    for text in texts:
        group = text.split(":")[0]
        if text in WORK:
            yield text
        elif ":" in text:
            told = subprocess.run([benchmark, group, "--list"], capture_output=True, text=True)
            rows = [line for line in told.stdout.splitlines() if line.startswith(text)]
            if not rows:
                raise Failure(f"no row {text}: {benchmark} {group} --list names them")
            yield from rows
        else:
            raise Failure(f"no work {text}: choose {', '.join(WORK)}, or a row of `benchmark operators --list`")


class Side:
    """A process that works only when it is told to."""

    def __init__(self, name, command, environment, given=None):
        self.name = name
        self.rounds = []
        # A file: warnings that nobody reads must not fill a pipe.
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
            env={**os.environ, **environment})
        if given:
            self.say(json.dumps(given))
        self.description = json.loads(self.answer())

    def answer(self):
        line = self.process.stdout.readline()
        if line:
            return line
        self.process.wait()
        self.errors.seek(0)
        lines = self.errors.read().strip().splitlines()
        raise Failure(f"{self.name}: {lines[-1] if lines else 'ended without a word'}")

    def say(self, line):
        try:
            print(line, file=self.process.stdin, flush=True)
        except BrokenPipeError:
            pass  # What it said last is told by the answer.

    def ask(self, line):
        self.say(line)
        return [float(word) for word in self.answer().split()]

    def turn(self, count):
        # Threads of the one before still spin for a moment.
        time.sleep(0.1)
        return statistics.median(self.ask(f"go {count}"))

    def memory(self):
        """Peak resident bytes, and those above what the program took before it began."""
        peak = int(self.ask("memory")[0])
        return peak, peak - (self.description.get("resident_bytes_at_start") or 0)

    def end(self):
        # It may be in the middle of its work.
        self.process.kill()
        self.process.wait()


def our_side(work, device, given):
    command = [given.benchmark, "serve", work, "--device", device]
    if device == "cpu":
        command += ["--threads", str(given.threads)]
    # PoCL's number of threads; the name changed with version 5.
    environment = {"POCL_MAX_PTHREAD_COUNT": str(given.threads), "POCL_CPU_MAX_CU_COUNT": str(given.threads)}
    return Side(device, command, environment)


def peer_side(kind, description, given):
    command = [sys.executable, os.path.join(HERE, "peer_worker.py"), kind, "--threads", str(given.threads)]
    command += ["--device", "cuda" if given.cuda else "cpu"]
    return Side(kind, command, {"OMP_NUM_THREADS": str(given.threads)}, description)


def start(work, given, sides):
    """Ours, one for each device that is there, then the peers."""
    for device in ["opencl"] if given.cuda else given.devices:
        tell(f"{work}: starting ours on {device}")
        try:
            sides.append(our_side(work, device, given))
        except Failure as failure:
            if device != "opencl" or given.cuda:
                raise
            tell(f"left out: {failure}")
    if given.cuda and sides[0].description["device"]["kind"] != "gpu":
        raise Failure("--cuda: OpenCL shows no GPU (is the vendor's OpenCL driver installed?)")
    ours = len(sides)
    kinds = ["channels_last"] if given.cuda else ["contiguous", "channels_last"]
    for kind in kinds + (["onnx"] if "onnx" in wanted(work) and not given.cuda else []):
        tell(f"{work}: starting {kind}")
        sides.append(peer_side(kind, sides[0].description, given))
    return sides[:ours], sides[ours:]


def compare(work, given):
    """Rows of one piece of work: each of ours beside the better PyTorch, and beside ONNX Runtime."""
    sides = []
    try:
        ours, peers = start(work, given, sides)
        turn = wanted(work)["turn"] * (5 if given.cuda else 1)
        for number in range(given.rounds + 1):
            for side in sides:
                time_taken = side.turn(turn)
                if number > 0:  # The first round warms up.
                    side.rounds.append(time_taken)
            told = ", ".join(f"{side.name} {side.rounds[-1]:.2f}" for side in sides if side.rounds)
            tell(f"{work}: round {number} of {given.rounds}: {told or 'warm'}")
        pytorch = min(
            (side for side in peers if side.name != "onnx"), key=lambda side: statistics.median(side.rounds))
        rows = []
        for own in ours:
            kind = own.description["device"]["kind"]
            place = "gpu" if kind == "gpu" else "cpu" if own.name == "cpu" else "opencl"
            rows.append(time_row(work, own, pytorch, wanted(work)["target"].get(place)))
            if "memory" in wanted(work) and place != "gpu":
                rows.append(memory_row(work, own, pytorch, wanted(work)["memory"]))
            rows += [time_row(work, own, side, wanted(work)["onnx"]) for side in peers if side.name == "onnx"]
        return rows, {side.name: side.rounds for side in sides}
    finally:
        for side in sides:
            side.end()


def time_row(work, own, peer, target):
    ratios = [a / b for a, b in zip(own.rounds, peer.rounds)]
    return {
        "work": work, "measure": "ms", "ours": statistics.median(own.rounds), "device": own.name,
        "peer": peer_name(peer), "theirs": statistics.median(peer.rounds), "ratio": statistics.median(ratios),
        "least_ratio": min(ratios), "most_ratio": max(ratios), "target": target,
    }


def memory_row(work, own, peer, target):
    (ours, ours_above), (theirs, theirs_above) = own.memory(), peer.memory()
    return {
        "work": work, "measure": "peak MiB", "ours": ours / 2**20, "device": own.name, "peer": peer_name(peer),
        "theirs": theirs / 2**20, "ratio": ours / theirs, "above_start_ratio": ours_above / max(theirs_above, 1),
        "ours_above_start": ours_above / 2**20, "theirs_above_start": theirs_above / 2**20, "target": target,
    }


def peer_name(peer):
    return "ONNX Runtime" if peer.name == "onnx" else f"PyTorch {peer.name}"


def verdict(row):
    if row["target"] is None:
        return "", ""
    return f"{row['target']:.2f}", "met" if row["ratio"] <= row["target"] else "missed"


def table(rows):
    lines = [["work", "", "device", "ours", "peer", "theirs", "ratio", "", "target", ""]]
    for row in rows:
        if row["measure"] == "ms":
            spread = f"{row['least_ratio']:.2f} to {row['most_ratio']:.2f}"
        else:
            spread = f"{row['above_start_ratio']:.2f} above start"
        lines.append([
            row["work"], row["measure"], row["device"], f"{row['ours']:.2f}", row["peer"], f"{row['theirs']:.2f}",
            f"{row['ratio']:.2f}", spread, *verdict(row)])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def main():
    parser = argparse.ArgumentParser(prog="tools/peers", description=__doc__, epilog=(
        "The ratio is our time over the peer's, round by round: its median, least and most. Of PyTorch's two layouts "
        "the faster is the peer. Our steps prepare and upload their images; the peers' have them ready. All sides "
        "of one piece of work are in memory at once."))
    parser.add_argument("work", nargs="*", help=(
        f"{', '.join(WORK)}; all of these unless given. Or convolutions by themselves, in PyTorch alone: rows of "
        "`benchmark operators --list` by how they begin, as 'operators: 1x1'"))
    parser.add_argument("--benchmark", default=".build/release/benchmark", help="our program")
    parser.add_argument("--devices", nargs="+", default=["cpu", "opencl"], help="ours; opencl only if it is there")
    parser.add_argument("--cuda", action="store_true", help="our OpenCL on a GPU beside PyTorch's CUDA, channels last, TF32")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="of each side")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", metavar="FILE", help="writes all rounds too")
    given = parser.parse_args()
    if given.rounds < 1 or given.threads < 1:
        parser.error("--rounds and --threads: give 1 or more")
    rows, rounds = [], {}
    try:
        for work in list(named(given.work or WORK, given.benchmark)):
            own, rounds[work] = compare(work, given)
            rows += own
    except (Failure, OSError) as failure:
        sys.exit(f"tools/peers: {failure}")
    print(table(rows))
    if given.json:
        with open(given.json, "w") as file:
            json.dump({"threads": given.threads, "rows": rows, "milliseconds_by_round": rounds}, file, indent=2)


if __name__ == "__main__":
    main()
