"""How far colours are apart for an eye of any kind of colour vision."""

import itertools

import numpy as np

# Machado, Oliveira & Fernandes (2009), full severity.
VISION = {
    "normal": np.eye(3),
    "deutan": np.array(
        [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    ),
    "protan": np.array(
        [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    ),
    "tritan": np.array(
        [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
    ),
}


def lab(colour: str, ground: str, cover: float, vision: np.ndarray) -> np.ndarray:
    """CIE Lab of a colour that lets some of the ground through, as an eye of a vision sees it."""
    top, below = (
        np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)]) / 255 for code in (colour, ground)
    )
    mixed = cover * top + (1 - cover) * below
    linear = np.where(mixed <= 0.04045, mixed / 12.92, ((mixed + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ np.clip(vision @ linear, 0, 1) / np.array([0.9505, 1, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def least_distance(colours: list[str], ground: str, cover: float, vision: np.ndarray) -> float:
    """Distance in Lab between the two nearest of some colours."""
    seen = [lab(colour, ground, cover, vision) for colour in colours]
    return float(min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)))
