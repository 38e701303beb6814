"""Seeded generator of 云溪县 (Yunxi), an entirely fictional sample county.

Run from the repository root, either way::

    python data/geo/yunxi_generator
    python data/geo/yunxi_generator --picture overview.png

It writes into ``data/geo/yunxi/``. Then check what was written::

    python data/geo/yunxi_generator/check.py

All work is done in metres on EPSG:4549 (CGCS2000, 3-degree Gauss-Krueger, central meridian
120 E); what is written is in CGCS2000 degrees (EPSG:4490).
"""
