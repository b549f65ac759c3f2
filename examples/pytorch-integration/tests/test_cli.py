"""The command lines refuse what they cannot use, and say what it is."""

import numpy as np
import pytest

from recon import audit, infer, train


def test_train_refuses_a_missing_data_set(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        train.main(["--data", str(tmp_path / "none.npz"), "--out", str(tmp_path)])
    assert stop.value.code == 2
    assert "none.npz" in capsys.readouterr().err


def test_train_refuses_zero_epochs(data_file, tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        train.main(["--data", str(data_file), "--out", str(tmp_path), "--epochs", "0"])
    assert stop.value.code == 2
    assert "at least 1" in capsys.readouterr().err


def test_infer_refuses_what_is_no_checkpoint(data_file, tmp_path, capsys):
    broken = tmp_path / "checkpoint.pt"
    broken.write_bytes(b"not a checkpoint")
    with pytest.raises(SystemExit) as stop:
        infer.main(["--checkpoint", str(broken), "--data", str(data_file), "--out", str(tmp_path / "out")])
    assert stop.value.code == 2
    assert "not a checkpoint" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_audit_names_what_is_wrong(tmp_path, capsys):
    np.savez(tmp_path / "recon_amp.npz", amp=np.full((1, 2, 2), 7, np.float32))
    assert audit.main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "values outside [0.0000, 1.0000]" in printed
    assert "recon_phase.npz" in printed
