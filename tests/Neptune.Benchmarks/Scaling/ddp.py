"""The scaling workloads in PyTorch: rank, world size and port come as arguments, steps as lines."""

import json
import os
import sys
import time

import torch
import torch.distributed as dist
from torch import nn

torch.set_num_threads(1)
name, rows, rank, world, port = sys.argv[1], *map(int, sys.argv[2:6])
if name.startswith("cnn"):
    shape = (1, 28, 28)
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, 10),
    )
else:
    features, units = (784, 64) if "784" in name else (4096, 4096)
    shape = (features,)
    model = nn.Sequential(
        nn.Linear(features, units), nn.ReLU(), nn.Linear(units, units), nn.ReLU(), nn.Linear(units, 10)
    )
if world > 1:
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    dist.init_process_group("gloo", rank=rank, world_size=world)
    model = nn.parallel.DistributedDataParallel(model, gradient_as_bucket_view=True)
if "4096" in name:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
else:
    try:
        optimizer = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7, foreach=True)
    except TypeError:
        optimizer = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7)
batches = [(torch.rand(rows, *shape), torch.randint(0, 10, (rows,))) for _ in range(8)]
print(json.dumps("ready"), flush=True)
step = 0
for line in sys.stdin:
    start, loss = time.perf_counter(), None
    for _ in range(int(line)):
        x, y = batches[step % len(batches)]
        step += 1
        optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        value = loss.item()
    print(json.dumps({"Seconds": time.perf_counter() - start, "Loss": value, "WeightsSha256": ""}), flush=True)
