"""Holds the event files of a training against TensorBoard's own reader.

A small supernet is trained, killed at random moments and resumed until it ends. Then TensorBoard (EventAccumulator) must
read of its folder what training.csv has: the same tags, each step once, the same numbers; a histogram of each parameter
and of its gradients for each epoch; images that decode. Cut anywhere in its last record, the last file must still be
read up to there.

With --picture, TensorBoard serves the folder and a headless Chromium (Debian's `chromium`) takes a picture of it.

Exits with 1 where something differs.
"""

import argparse
import contextlib
import csv
import io
import json
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

EPOCHS = 3
SPACE = """\
name: tiny
input: {channels: 1, resolution: [12, 16]}
classes: 10
stem: {width: [4, 8], stride: 2}
stages:
  - {depth: [1, 2], width: [8, 12], kernel: [3, 5], expansion: [1, 2], stride: 2}
head: {width: [16]}
"""
RUN = f"""\
name: tiny
space: space.yaml
device: cpu
data: {{dataset: drawn-shapes, validation: 500}}
training: {{epochs: {EPOCHS}, batch: 64, clip-grad: 1, model-ema-decay: 0.99, schedule: cosine}}
"""


def fail(problem):
    sys.exit(f"tools/verify-events: {problem}")


def train(supernet, folder, kills):
    """Trains to the end, killed on the way; how often it was resumed."""
    (folder / "space.yaml").write_text(SPACE)
    (folder / "run.yaml").write_text(RUN)
    command = [supernet, "train", "run.yaml", "--resume", "--checkpoint-seconds", "0.2"]
    checkpoint = folder / "runs/tiny/checkpoint.safetensors"
    for _ in range(kills):
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else None
        job = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
        # Some time after it has left something to go on from.
        while job.poll() is None and (not checkpoint.exists() or checkpoint.stat().st_mtime_ns == before):
            time.sleep(0.01)
        time.sleep(random.uniform(0, 1))
        job.send_signal(signal.SIGKILL)
        job.wait()
    outcome = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if outcome.returncode:
        fail(outcome.stderr.strip())
    resumed = len(list((folder / "runs/tiny/events").iterdir())) - 1
    if kills and not resumed:
        fail("training ended before it was killed: nothing was resumed")
    return resumed


def read(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    accumulator = EventAccumulator(
        str(folder), size_guidance={"scalars": 0, "histograms": 0, "images": 0, "tensors": 0, "compressedHistograms": 0})
    return accumulator.Reload()


def curve(path):
    """Of each tag, the numbers by step."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    curves = {}
    for column in rows[0]:
        if column in ("step", "epoch"):
            continue
        tag = column if column in ("learning_rate", "images_per_second") else column.replace("_", "/", 1)
        numbers = {int(row["step"]): float(row[column]) for row in rows if row[column]}
        if numbers:
            curves[tag] = numbers
    return curves


def check(run, parameters):
    """Compares events with the curve; tells what was found."""
    from PIL import Image

    events, curves = read(run / "events"), curve(run / "training.csv")
    tags = events.Tags()
    if set(tags["scalars"]) != set(curves) | {"gradient_norm"}:
        fail(f"scalars are {sorted(tags['scalars'])}, not {sorted(curves)} and gradient_norm")
    for tag, numbers in curves.items():
        told = [(event.step, event.value) for event in events.Scalars(tag)]
        if [step for step, _ in told] != sorted(numbers):
            fail(f"{tag}: steps {[step for step, _ in told]}, not {sorted(numbers)}")
        for step, value in told:
            if value != struct.unpack("f", struct.pack("f", numbers[step]))[0]:
                fail(f"{tag}: {value} at step {step}, not {numbers[step]}")
    histograms = {f"{kind}/{name}" for kind in ("weights", "gradients") for name in parameters}
    if set(tags["histograms"]) != histograms:
        fail(f"histograms are {sorted(set(tags['histograms']) ^ histograms)} too many or too few")
    for tag in histograms:
        told = events.Histograms(tag)
        if len({event.step for event in told}) != len(told) or len(told) != EPOCHS:
            fail(f"{tag}: at steps {[event.step for event in told]}, not {EPOCHS} of them")
        for event in told:
            if sum(event.histogram_value.bucket) != event.histogram_value.num:
                fail(f"{tag}: buckets do not add up at step {event.step}")
    (image,) = events.Images("training images")
    picture = Image.open(io.BytesIO(image.encoded_image_string))
    picture.load()
    if picture.size != (image.width, image.height) or picture.getextrema()[0] == picture.getextrema()[1]:
        fail(f"the images are {picture.size}, with pixels {picture.getextrema()}")
    count = sum(len(numbers) for numbers in curves.values())
    print(
        f"TensorBoard reads {len(tags['scalars'])} scalars ({count} numbers, each once, as training.csv has them), "
        f"{len(histograms)} histograms at {EPOCHS} epochs, and images of {picture.size[0]}x{picture.size[1]}.")


def check_torn(run, folder):
    """A last record that is cut is passed by, and all before it read."""
    shutil.copytree(run / "events", folder)
    last = max(folder.iterdir())
    whole = last.read_bytes()
    at = ends = 0
    while at < len(whole):
        ends, at = at, at + 16 + struct.unpack("<Q", whole[at:at + 8])[0]
    expected = None
    for cut in sorted({ends, ends + 5, ends + 13, len(whole) - 1}):
        last.write_bytes(whole[:cut])
        events = read(folder)
        told = {tag: [event.step for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
        expected = expected or told
        if told != expected:
            fail(f"cut at byte {cut} of {len(whole)}, other steps are read")
    print("A torn last record is passed by.")


def photograph(folder, picture):
    """TensorBoard itself, as a browser shows it."""
    browser = shutil.which("chromium") or shutil.which("google-chrome") or fail(
        "--picture needs Chromium: apt-get install chromium")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "tensorboard.main", "--logdir", folder, "--host", "localhost", "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        place = f"http://localhost:{port}/"
        for _ in range(120):
            with contextlib.suppress(OSError):
                if json.load(urllib.request.urlopen(place + "data/runs")):
                    break
            time.sleep(0.5)
        else:
            fail("TensorBoard shows no run after a minute")
        subprocess.run(
            [
                browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1600,2600",
                "--virtual-time-budget=30000", f"--screenshot={picture}", 
                place + "?darkMode=false&tagFilter=loss%7Ctop1%7Cimages%7Cstem.conv#timeseries"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180)
        print(f"{picture}: TensorBoard as Chromium shows it")
    finally:
        server.terminate()
        server.wait()


def main():
    parser = argparse.ArgumentParser(
        prog="tools/verify-events", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--supernet", metavar="FILE", required=True, help="the program, if it is built already")
    parser.add_argument("--kills", metavar="N", type=int, default=3, help="how often training is killed (3)")
    parser.add_argument("--picture", metavar="FILE", type=pathlib.Path, help="where to leave a picture of TensorBoard")
    options = parser.parse_args()
    supernet = str(pathlib.Path(options.supernet).resolve())
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        print(f"Trained, and resumed {train(supernet, folder, options.kills)} times.")
        exported = [supernet, "export", "runs/tiny", "--architecture", "largest", "--output", "largest.safetensors"]
        subprocess.run(exported, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        header = (folder / "largest.safetensors").read_bytes()
        names = json.loads(header[8:8 + struct.unpack("<Q", header[:8])[0]])
        # Running statistics are a subnet's, not the supernet's.
        check(folder / "runs/tiny", {n for n in names if n != "__metadata__" and ".running_" not in n})
        check_torn(folder / "runs/tiny", folder / "torn")
        if options.picture:
            photograph(folder / "runs", options.picture)


main()
