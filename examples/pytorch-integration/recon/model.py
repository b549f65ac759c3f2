"""A small convolutional network with one trunk and two heads."""

import torch
from torch import nn


class TwoHeads(nn.Module):
    """Map patterns of shape (N, 1, H, W) to amplitude and phase of that shape.

    The heads end in bounded functions, so that the amplitude is in (0, 1) and
    the phase in (-pi, pi) whatever the weights are.
    """

    def __init__(self, width=8):
        super().__init__()
        self.width = width
        self.trunk = nn.Sequential(
            nn.Conv2d(1, width, 5, padding=2),
            nn.ReLU(),
            nn.Conv2d(width, width, 5, padding=2),
            nn.ReLU(),
        )
        self.amp_head = nn.Conv2d(width, 1, 3, padding=1)
        self.phase_head = nn.Conv2d(width, 1, 3, padding=1)

    def forward(self, patterns):
        """Return (amplitude, phase in radians)."""
        features = self.trunk(patterns)
        return torch.sigmoid(self.amp_head(features)), torch.pi * torch.tanh(self.phase_head(features))


def make_deterministic(seed):
    """Make what follows give the same numbers each time, on any number of cores.

    One thread, because sums over several threads differ in their last bits
    between machines with different numbers of cores.
    """
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)


def save_checkpoint(path, model, history):
    """Write the weights, the width needed to build the model again, and the losses."""
    torch.save({"width": model.width, "weights": model.state_dict(), "history": history}, path)


def load_checkpoint(path):
    """Return the model at ``path``, ready to infer, and its losses.

    A file that is no checkpoint of this program raises ValueError.
    """
    try:
        stored = torch.load(path, map_location="cpu")
        model = TwoHeads(stored["width"])
        model.load_state_dict(stored["weights"])
        history = stored["history"]
    except OSError:
        raise
    except Exception as err:  # torch.load raises whatever the bytes lead it to
        raise ValueError(f"{path}: not a checkpoint: {err}") from err
    return model.eval(), history
