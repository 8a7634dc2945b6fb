"""The parts of ``helpers.show``: a file each for the style, pictures, curves, maps and boxes."""
