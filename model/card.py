"""A model folder's README: what it is, how it was made, what was measured, for people."""

from __future__ import annotations

from model.artifact import Manifest

CARD = "README.md"


def card(manifest: Manifest) -> str:
    """Say in Markdown what a manifest says."""
    seen = ", ".join(f"{count:,} of {origin}" for origin, count in manifest.trained_on.items())
    base = f", going on from {manifest.base}" if manifest.base else ""
    base += f", taught by {manifest.teacher}" if manifest.teacher else ""
    libraries = ", ".join(f"{name} {number}" for name, number in manifest.versions.items())
    cpu = "" if manifest.cpu_seconds is None else f" ({manifest.cpu_seconds / 60:.1f} of CPU time)"
    lines = [
        f"# {manifest.recipe}, version {manifest.version}",
        "",
        "Made by",
        "",
        *(f"    {line}" for line in manifest.command.splitlines()),
        "",
        f"on {manifest.created[:10]}{base}, with {libraries}.",
        "",
        "| | |",
        "|---|---|",
        f"| MNIST test images right | {manifest.test_accuracy:.2%} |",
        f"| cross-entropy on them | {manifest.test_loss:.4f} |",
    ]
    if manifest.val_accuracy is not None:
        lines.append(f"| right of {manifest.held_out:,} held out | {manifest.val_accuracy:.2%} |")
    lines += [
        f"| parameters | {manifest.parameters:,} |",
        f"| glyphs an epoch | {seen} |",
        f"| epochs | {manifest.epochs} |",
        f"| minutes of training | {manifest.seconds / 60:.1f}{cpu} |",
        f"| peak memory | {manifest.peak_memory_mb:,.0f} MB |",
        f"| temperature | {manifest.temperature:.3f} |",
        f"| refused below a digit likeness of | {manifest.refusal_threshold:.3f} |",
        "",
        *(f"![{name}]({name}.png)" for name in ("confusion", "accuracy", "loss")),
        "",
    ]
    return "\n".join(lines)
