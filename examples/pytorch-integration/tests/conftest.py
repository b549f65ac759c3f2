"""Fixtures that every test shares."""

import os
from pathlib import Path

import pytest

from recon.data import write_dataset

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture
def cuda_cpu_env(monkeypatch):
    """Make subprocesses run on the CPU, and repeatably; the environment is put back after the test."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))


@pytest.fixture
def data_file(tmp_path):
    """A data set of 16 objects, the same in every run."""
    return write_dataset(tmp_path / "data" / "objects.npz", count=16, seed=20251103)


@pytest.fixture
def output_dir(tmp_path):
    """Where a workflow writes: $RECON_OUTPUT_DIR, so that a run can keep it, else a temporary directory."""
    kept = os.environ.get("RECON_OUTPUT_DIR")
    return PROJECT / kept if kept else tmp_path / "outputs"
