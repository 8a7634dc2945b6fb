"""How notebooks become the website: read the outline, write Sphinx's sources, finish the pages."""

import sys
from pathlib import Path

sys.path.insert(1, str(Path(__file__).parent.parent.parent))  # the course, for its tools
