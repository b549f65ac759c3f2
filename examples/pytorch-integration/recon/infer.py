"""Load a checkpoint and reconstruct the objects of a data set.

    python3 -m recon.infer --checkpoint outputs/checkpoint.pt --data data.npz --out outputs

writes ``OUT/recon_amp.npz`` (array ``amp``) and ``OUT/recon_phase.npz`` (array
``phase``, in radians), both float32 of shape (count, SIZE, SIZE).
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch

from recon.data import read_dataset
from recon.model import load_checkpoint, make_deterministic


def infer(model, patterns):
    """Return amplitude and phase as float32 arrays of the patterns' shape."""
    make_deterministic(seed=0)
    with torch.no_grad():
        amp, phase = model(torch.from_numpy(patterns)[:, None])
    return amp[:, 0].numpy(), phase[:, 0].numpy()


def main(argv=None):
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(prog="recon.infer", description="Reconstruct amplitude and phase.")
    parser.add_argument("--checkpoint", type=Path, required=True, help="checkpoint.pt of recon.train")
    parser.add_argument("--data", type=Path, required=True, help="data set, NPZ")
    parser.add_argument("--out", type=Path, required=True, help="directory for recon_amp.npz and recon_phase.npz")
    args = parser.parse_args(argv)
    try:
        model, _ = load_checkpoint(args.checkpoint)
    except (OSError, ValueError) as err:
        parser.error(f"--checkpoint: {err}")
    try:
        arrays = read_dataset(args.data)
    except (OSError, ValueError) as err:
        parser.error(f"--data: {err}")
    amp, phase = infer(model, arrays["diffraction"])
    args.out.mkdir(parents=True, exist_ok=True)
    for name, array in (("amp", amp), ("phase", phase)):
        path = args.out / f"recon_{name}.npz"
        np.savez(path, **{name: array})
        print(f"wrote {path}: {name} {array.dtype} {array.shape}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
