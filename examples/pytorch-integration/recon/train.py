"""Train the network on a data set and save a checkpoint.

    python3 -m recon.train --data data.npz --out outputs --epochs 4

writes ``OUT/checkpoint.pt`` and prints the loss of each epoch.
"""

import argparse
import sys
from pathlib import Path

import torch
from torch import nn

from recon.data import read_dataset
from recon.model import TwoHeads, make_deterministic, save_checkpoint

BATCH = 8


def train(arrays, epochs, seed):
    """Return a trained model and the mean loss of each epoch."""
    make_deterministic(seed)
    model = TwoHeads()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    loss_of = nn.MSELoss()
    patterns, amp, phase = (torch.from_numpy(arrays[name])[:, None] for name in ("diffraction", "amp", "phase"))
    history = []
    for _ in range(epochs):
        total = 0.0
        for batch in torch.randperm(len(patterns)).split(BATCH):
            optimizer.zero_grad()
            got_amp, got_phase = model(patterns[batch])
            loss = loss_of(got_amp, amp[batch]) + loss_of(got_phase, phase[batch])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        history.append(total / len(patterns))
    return model, history


def main(argv=None):
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(prog="recon.train", description="Train and save a checkpoint.")
    parser.add_argument("--data", type=Path, required=True, help="data set, NPZ")
    parser.add_argument("--out", type=Path, required=True, help="directory for checkpoint.pt")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    if args.epochs < 1:
        parser.error("--epochs: want at least 1")
    try:
        arrays = read_dataset(args.data)
    except (OSError, ValueError) as err:
        parser.error(f"--data: {err}")
    model, history = train(arrays, args.epochs, args.seed)
    for epoch, loss in enumerate(history, start=1):
        print(f"epoch {epoch}: loss {loss:.6f}")
    args.out.mkdir(parents=True, exist_ok=True)
    path = args.out / "checkpoint.pt"
    save_checkpoint(path, model, history)
    print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
