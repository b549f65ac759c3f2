"""Regression: train, save, load, infer, each step in a process of its own.

The steps run as a user runs them, through the command line, so that nothing
but the checkpoint on disk passes from training to inference.
"""

import numpy as np


def _run_workflow(data_file, output_dir):
    """Train, then infer; return the losses and the paths of what was written."""
    raise NotImplementedError("train-infer harness not implemented (Phase C1 stub)")


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
