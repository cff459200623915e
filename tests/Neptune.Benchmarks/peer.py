"""The benchmark's workloads in PyTorch: one thread, fused optimizers where this build has them."""

import json
import statistics
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
name, rows, steps, blocks = sys.argv[1], *map(int, sys.argv[2:5])
if name.startswith("cnn"):
    shape = (1, 28, 28)
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, 10),
    )
    kind, settings = torch.optim.Adam, {"lr": 0.001, "eps": 1e-7}
else:
    features, units = (784, 64) if "784" in name else (4096, 4096)
    shape = (features,)
    model = nn.Sequential(
        nn.Linear(features, units), nn.ReLU(), nn.Linear(units, units), nn.ReLU(), nn.Linear(units, 10)
    )
    kind, settings = (torch.optim.Adam, {"lr": 0.001, "eps": 1e-7}) if units == 64 else (torch.optim.SGD, {"lr": 0.01})
try:
    optimizer = kind(model.parameters(), fused=True, **settings)
    optimizer_name = "fused"
except (RuntimeError, TypeError):
    try:
        optimizer = kind(model.parameters(), foreach=True, **settings)
        optimizer_name = "foreach"
    except TypeError:
        optimizer = kind(model.parameters(), **settings)
        optimizer_name = "plain"
batches = [(torch.rand(rows, *shape), torch.randint(0, 10, (rows,))) for _ in range(8)]


def block():
    loss = None
    for step in range(steps):
        x, y = batches[step % len(batches)]
        optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        value = loss.item()
    return value


block()
block()
times = []
for _ in range(blocks):
    start = time.perf_counter()
    last = block()
    times.append(time.perf_counter() - start)
print(json.dumps({
    "version": f"{torch.__version__} ({optimizer_name} optimizer)",
    "median": rows * steps / statistics.median(times),
    "best": rows * steps / min(times),
    "loss": last,
}))
