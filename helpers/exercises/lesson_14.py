"""Checkers for lesson 14, Store images in bits."""

import numpy as np


def bits_without_shares(given) -> str | None:
    """Σ over the places of log₂ of the length of the table: 124 bits; with the shares 89."""
    bits = float(given)
    low, high = EQUALLY_LIKELY
    if low <= bits <= high:
        return None
    if low <= bits * 32 <= high:
        return "that is one place of the code: add them up."
    if 88 <= bits <= 95:
        return "that is what it takes with the shares: forget them, all symbols are equally likely."
    if low <= bits * np.log2(np.e) <= high or low <= bits * np.log2(10) <= high:
        return "bits need the logarithm to the base 2."
    if low <= bits * 8 <= high:
        return "in bits, please, not in bytes."
    return "the sum over the places of the base-2 logarithm of the number of shares in its table."


EQUALLY_LIKELY = (108, 145)


def crossing(given) -> str | None:
    """Where PCA's curve crosses WebP's: 0.5 bits per pixel."""
    bits = float(given)
    if 0.43 <= bits <= 0.6:
        return None
    if 0.43 <= bits / 784 <= 0.6:
        return "that is bits an image; the axis has bits per pixel."
    if 0.3 <= bits < 0.43:
        return "there WebP begins, at its lowest quality: PCA is still well below it."
    return "the place on the x axis where the two curves cross."


def same_bits_for_all(given) -> str | None:
    """Steps in proportion to the spread over one step, the same bits: 1.36 times the error."""
    ratio = float(given)
    low, high = OWN_STEPS
    if low <= ratio <= high:
        return None
    if low <= 1 / max(ratio, 1e-9) <= high:
        return "wrong way round: own steps over one step."
    if 0.95 <= ratio < low:
        return "too little: the error of the code itself, not that of the picture, at equal bits."
    if ratio > high:
        return "too much: have both the same bits, to a per cent?"
    return "own steps make more error, not less: are the bits the same?"


OWN_STEPS = (1.2, 1.5)


def sheets_with_borders(given) -> str | None:
    """JPEG of quality 5 with a border of two pixels over without: bits 1.04, error 0.988."""
    bits, error = float(given[0]), float(given[1])
    if 1.01 <= bits <= 1.08 and 0.96 <= error <= 1.01:
        return None
    if 1.01 <= error <= 1.08 and 0.96 <= bits <= 1.01:
        return "the bits first, then the error; or the ratios are the wrong way round."
    if error > 1.2:
        return "cut the borders off before you compare, and put every image back in its place."
    if 0.75 <= bits <= 0.85:
        return "bits for an image, not for a pixel of the larger sheet."
    return (
        "two pixels on every side, 64 images a sheet, quality 5, optimize=True; with over without."
    )


def bill_in_view(given) -> str | None:
    """At a step of 0.85 and a price of 0.1 the bill falls by 5.1 %."""
    fall = float(given)
    low, high = FALL
    if low <= fall <= high:
        return None
    if low <= 100 * fall <= high:
        return "in per cent, please."
    if low <= -fall <= high:
        return "it falls: give a positive number."
    if low <= 100 * (1 - fall) <= high or low <= 100 - fall <= high:
        return "that is what is left of the bill; by how many per cent does it fall?"
    if 8.5 <= fall <= 10.5:
        return "clip the pictures to 0…1, before and after, and take the bill of their error."
    if fall > high:
        return "too much: the bill has the error as well as the bits, of all 392 places."
    return "keep the neighbour only where its own error + 0.1 · bits is the smaller one."


FALL = (4.0, 6.5)


def silent_places(given) -> str | None:
    """Places of priced(0.3) with one symbol for all held-out images: 26 of 64."""
    count = float(given)
    low, high = SILENT
    if low <= count <= high and count == int(count):
        return None
    if low <= 64 - count <= high:
        return "those are the places that still speak."
    if count != int(count):
        return "a whole number of places, from 0 to 64."
    if count < low:
        return "more than that: round the code, and ask each place for its spread over the images."
    return "fewer: a place is silent only if its rounded symbol is the same for every image."


SILENT = (17, 31)

CHECKERS = {
    "14.a": bits_without_shares,
    "14.b": crossing,
    "14.1": same_bits_for_all,
    "14.2": sheets_with_borders,
    "14.3": bill_in_view,
    "14.4": silent_places,
}
