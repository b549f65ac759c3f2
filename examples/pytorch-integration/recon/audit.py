"""Audit what inference wrote, as a Markdown table.

    python3 -m recon.audit outputs

Exits with 1, and says why, where an array is missing, is not float32, or holds
values that no amplitude or phase can have.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

BOUNDS = {"amp": (0.0, 1.0), "phase": (-np.pi, np.pi)}


def audit(path, name):
    """Return the table's row for array ``name`` of ``path`` and a list of complaints."""
    low, high = BOUNDS[name]
    with np.load(path, allow_pickle=False) as stored:
        if name not in stored:
            return f"| {path} | - | - | - | - |", [f"{path}: no array named {name}"]
        array = stored[name]
    complaints = []
    if array.dtype != np.float32:
        complaints.append(f"{path}: dtype {array.dtype}, want float32")
    if not np.isfinite(array).all():
        complaints.append(f"{path}: values that are not finite")
    elif array.min() < low or array.max() > high:
        complaints.append(f"{path}: values outside [{low:.4f}, {high:.4f}]")
    shape = " x ".join(str(n) for n in array.shape)
    values = f"{array.min():.4f} to {array.max():.4f}"
    return f"| {path} | {path.stat().st_size} | {array.dtype} | {shape} | {values} |", complaints


def main(argv=None):
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(prog="recon.audit", description="Audit the outputs of recon.infer.")
    parser.add_argument("outputs", type=Path, help="directory that recon.infer wrote to")
    args = parser.parse_args(argv)
    print("# Artifact audit\n\n| file | bytes | dtype | shape | values |\n| --- | --- | --- | --- | --- |")
    complaints = []
    for name in BOUNDS:
        try:
            row, found = audit(args.outputs / f"recon_{name}.npz", name)
        except (OSError, ValueError) as err:
            complaints.append(str(err))
            continue
        print(row)
        complaints += found
    print(f"\n{len(BOUNDS)} files, {len(complaints)} complaints")
    for complaint in complaints:
        print(f"- {complaint}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
