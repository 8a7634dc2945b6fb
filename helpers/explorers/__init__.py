"""Interactive pieces that need no kernel, in JavaScript; ``document.py`` puts them into pages."""
