"""Regression: train, save, load, infer, each step in a process of its own.

The steps run as a user runs them, through the command line, so that nothing
but the checkpoint on disk passes from training to inference.
"""

import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np


def _run_step(*argv):
    """Run one step of the workflow and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", *map(str, argv)], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, f"{argv[0]} exited with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _run_workflow(data_file, output_dir):
    """Train, then infer; return the losses and the paths of what was written."""
    made = SimpleNamespace(
        checkpoint=output_dir / "checkpoint.pt",
        recon_amp=output_dir / "recon_amp.npz",
        recon_phase=output_dir / "recon_phase.npz",
    )
    for path in vars(made).values():  # an earlier run's files must not pass for this one's
        path.unlink(missing_ok=True)
    printed = _run_step("recon.train", "--data", data_file, "--out", output_dir, "--epochs", 4)
    made.losses = [float(loss) for loss in re.findall(r"^epoch \d+: loss ([0-9.]+)$", printed, re.MULTILINE)]
    _run_step("recon.infer", "--checkpoint", made.checkpoint, "--data", data_file, "--out", output_dir)
    return made


def test_train_save_load_infer(cuda_cpu_env, data_file, output_dir):
    """A checkpoint made by one process lets another reconstruct both heads."""
    result = _run_workflow(data_file, output_dir)

    assert result.checkpoint.stat().st_size > 1024
    assert result.losses[-1] < result.losses[0], f"training did not learn: {result.losses}"
    for path, name in ((result.recon_amp, "amp"), (result.recon_phase, "phase")):
        assert path.stat().st_size > 1024
        with np.load(path) as stored:
            array = stored[name]
        assert array.dtype == np.float32
        assert array.shape == (16, 24, 24)
        assert np.isfinite(array).all()
        assert array.std() > 0, f"{name} is constant"
