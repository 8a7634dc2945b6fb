"""Print a sentence wherever the course runs, also where the console lacks its characters."""

import sys

PLAIN = str.maketrans({"✓": "ok", "✗": "x", "–": "-", "−": "-", "×": "x", "●": "#", "○": "."})


def say(text: str) -> None:
    """``print(text)``; what the output's encoding lacks is written in plain characters instead."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(PLAIN).encode(encoding, "replace").decode(encoding)
    print(text)
