"""The synthetic data set is what its docstring says, and the same each time."""

import numpy as np
import pytest

from recon.data import ARRAYS, SIZE, make_dataset, read_dataset, write_dataset


def test_same_seed_same_arrays():
    first, again, other = make_dataset(4, seed=1), make_dataset(4, seed=1), make_dataset(4, seed=2)
    for name in ARRAYS:
        assert np.array_equal(first[name], again[name])
        assert not np.array_equal(first[name], other[name])


def test_ranges_and_shapes():
    arrays = make_dataset(6, seed=3)
    for name, (low, high) in {"diffraction": (0, 1), "amp": (0.5, 1), "phase": (-1, 1)}.items():
        assert arrays[name].dtype == np.float32
        assert arrays[name].shape == (6, SIZE, SIZE)
        assert low <= arrays[name].min() and arrays[name].max() <= high


def test_round_trip(tmp_path):
    stored = read_dataset(write_dataset(tmp_path / "d.npz", count=2, seed=4))
    for name, array in make_dataset(2, seed=4).items():
        assert np.array_equal(stored[name], array)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"amp": np.zeros((1, SIZE, SIZE))}, "no array named diffraction, phase"),
        ({name: np.zeros((1, 5, 5)) for name in ARRAYS}, r"diffraction has shape \(1, 5, 5\)"),
    ],
)
def test_bad_file_is_refused(tmp_path, arrays, message):
    path = tmp_path / "bad.npz"
    np.savez(path, **arrays)
    with pytest.raises(ValueError, match=message):
        read_dataset(path)
