"""Answers to the exercises, one module a lesson, for ``tests/test_exercises.py``.

``RIGHT`` lists right ones for each exercise, written in different ways; ``WRONG`` plausible wrong
ones, each with a few words of the hint it must get.
"""
