"""Two trainings from one seed give the same weights, to the last bit."""

import torch

from recon.data import make_dataset
from recon.model import load_checkpoint, save_checkpoint
from recon.train import train


def test_two_trainings_agree():
    arrays = make_dataset(8, seed=5)
    first, losses = train(arrays, epochs=2, seed=7)
    again, losses_again = train(arrays, epochs=2, seed=7)
    other, _ = train(arrays, epochs=2, seed=8)
    assert losses == losses_again
    for name, weight in first.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name]), name
    assert any(not torch.equal(weight, other.state_dict()[name]) for name, weight in first.state_dict().items())


def test_checkpoint_keeps_every_weight(tmp_path):
    model, losses = train(make_dataset(8, seed=5), epochs=1, seed=7)
    save_checkpoint(tmp_path / "c.pt", model, losses)
    loaded, stored = load_checkpoint(tmp_path / "c.pt")
    assert stored == losses
    for name, weight in model.state_dict().items():
        assert torch.equal(weight, loaded.state_dict()[name]), name
