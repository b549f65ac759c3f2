"""A synthetic data set: smooth complex objects and their diffraction patterns.

The file is an uncompressed NPZ with three float32 arrays of shape
(count, SIZE, SIZE): ``diffraction``, the square root of the far-field
intensity scaled to [0, 1]; ``amp``, the amplitude, in [0.5, 1]; and ``phase``,
in radians, in [-1, 1]. The same seed gives the same arrays.
"""

from pathlib import Path

import numpy as np

SIZE = 24
"""Width and height of a pattern, in pixels."""

ARRAYS = ("diffraction", "amp", "phase")


def _smooth_field(rng, count):
    """Return ``count`` random fields scaled to [0, 1], without fine structure."""
    noise = np.fft.fft2(rng.standard_normal((count, SIZE, SIZE)))
    k = np.fft.fftfreq(SIZE)
    low_pass = np.exp(-(k[:, None] ** 2 + k[None, :] ** 2) / (2 * 0.06**2))
    field = np.fft.ifft2(noise * low_pass).real
    field -= field.min(axis=(1, 2), keepdims=True)
    return field / field.max(axis=(1, 2), keepdims=True)


def make_dataset(count, seed):
    """Return a dict of the three arrays for ``count`` objects."""
    rng = np.random.default_rng(seed)
    amp = 0.5 + 0.5 * _smooth_field(rng, count)
    phase = 2.0 * _smooth_field(rng, count) - 1.0
    axis = np.linspace(-1.0, 1.0, SIZE)
    probe = np.exp(-(axis[:, None] ** 2 + axis[None, :] ** 2) / (2 * 0.4**2))
    far_field = np.fft.fftshift(np.fft.fft2(probe * amp * np.exp(1j * phase)), axes=(1, 2))
    magnitude = np.abs(far_field)
    diffraction = np.sqrt(magnitude / magnitude.max(axis=(1, 2), keepdims=True))
    return {
        "diffraction": diffraction.astype(np.float32),
        "amp": amp.astype(np.float32),
        "phase": phase.astype(np.float32),
    }


def write_dataset(path, count, seed):
    """Write a data set of ``count`` objects to ``path`` and return the path."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **make_dataset(count, seed))
    return path


def read_dataset(path):
    """Return the arrays of the file at ``path``; a ValueError says what it lacks."""
    with np.load(path, allow_pickle=False) as stored:
        missing = [name for name in ARRAYS if name not in stored]
        if missing:
            raise ValueError(f"{path}: no array named {', '.join(missing)}")
        arrays = {name: stored[name] for name in ARRAYS}
    for name, array in arrays.items():
        if array.ndim != 3 or array.shape[1:] != (SIZE, SIZE):
            raise ValueError(f"{path}: {name} has shape {array.shape}, want (count, {SIZE}, {SIZE})")
    return arrays
