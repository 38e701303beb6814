"""Entry: ``python data/geo/yunxi_generator`` or ``python -m yunxi_generator``."""

import sys
from pathlib import Path

# Run as a folder, Python knows no package: its parent has to be on the path.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from yunxi_generator.build import main

if __name__ == "__main__":
    main()
