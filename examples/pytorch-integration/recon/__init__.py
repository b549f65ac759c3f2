"""Reconstruct amplitude and phase of small objects from their diffraction patterns."""
